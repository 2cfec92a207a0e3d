/** Everything CI runs, in CI's order. Ends with one line: `N passed, N failed`. */
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "./chromium.ts";
import { ensureRedis } from "./redis.ts";
import { run } from "./run.ts";

const work = await mkdtemp(join(tmpdir(), "alga-test-"));
// The Postgres of the contract tests runs as another user and has to get through.
await chmod(work, 0o755);
/** For every step: temporary files that go at the end, and plain text unless somebody watches. */
const isPlain = !process.stdout.isTTY && process.env["FORCE_COLOR"] === undefined;
const env = {
  TMPDIR: work,
  // What many test files need and one can make for all: a migrated Postgres, an empty PGlite.
  ALGA_TEST_SHARED: join(work, "shared"),
  ...(isPlain ? { NO_COLOR: "1" } : {}),
};
await mkdir(env.ALGA_TEST_SHARED, { mode: 0o755 });
let passed = 0;
let failed = 0;

/** How a step is run; one that others run beside is quiet, and shows its output when it is over. */
interface StepOptions {
  readonly quiet?: boolean;
}

/** How a suite is run. */
interface SuiteOptions {
  /** @default as many as there are cores, for projects that run files side by side */
  readonly workers?: number;
  /** More arguments of vitest, such as which files. */
  readonly only?: readonly string[];
  /** Leave the cores to whoever else wants them. */
  readonly isPatient?: boolean;
}

/** Below the runner's preparing of components, which other suites wait for. */
const PATIENT = ["nice", "-n", "10"] as const;

/** Contract tests that measure time, or have to be through in a certain time. */
const PUNCTUAL = [
  "packages/gateway",
  "packages/registry/src/adapters",
  "packages/registry/src/db",
  "packages/registry/src/testing/delivery-crash.contract.test.ts",
];

/** What takes longest of the other contract tests. */
const LONG = [
  "packages/registry/src/testing/query-plans.contract.test.ts",
  "packages/registry/src/testing/postgres.contract.test.ts",
  "packages/registry/src/publish/crash.contract.test.ts",
];

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Run one check; a failed lint, build or package check counts as one failed. */
async function check(name: string, script: string, { quiet = false }: StepOptions = {}): Promise<void> {
  const started = performance.now();
  if (!quiet) process.stdout.write(`\n== ${name}\n`);
  const { code, stdout } = await run("node", [script], { env, quiet });
  if (quiet) process.stdout.write(`\n== ${name}\n${stdout}`);
  if (code === 0) passed++;
  else failed++;
  process.stdout.write(`== ${name}: ${code === 0 ? "ok" : "FAILED"} (${seconds(started)})\n`);
}

/** Run vitest projects, quietly, and add up its own counts. */
async function suite(
  name: string,
  projects: readonly string[],
  { workers, only = [], isPatient = false }: SuiteOptions = {},
): Promise<void> {
  const report = join(work, `${name}.json`);
  const started = performance.now();
  const [command, ...args] = [...(isPatient ? PATIENT : []), "vitest", "run"] as const;
  const { code, stdout } = await run(
    command,
    [
      ...args,
      ...projects.flatMap((project) => ["--project", project]),
      ...only,
      ...(workers === undefined ? [] : [`--maxWorkers=${workers}`]),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    { env, quiet: true },
  );
  process.stdout.write(`\n== ${name}\n${stdout}== ${name}: ${seconds(started)}\n`);
  const counts = JSON.parse(await readFile(report, "utf8").catch(() => "{}")) as Record<string, number>;
  passed += counts["numPassedTests"] ?? 0;
  const failures = counts["numFailedTests"] ?? 0;
  // A suite that breaks before its tests run (or runs none) is a failure too.
  failed += code !== 0 && failures === 0 ? 1 : failures;
  if (code === 0 && (counts["numPassedTests"] ?? 0) === 0) failed++;
}

/** Take the first of the steps that wait, and the next when it is over, until none is left. */
async function lane(waiting: (() => Promise<void>)[]): Promise<void> {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await step();
}

try {
  ensureChromium();
  ensureRedis();
  await check("build", "scripts/build.ts");
  await check("lint", "scripts/lint.ts");
  await check("types of tests and examples", "scripts/typecheck.ts");
  // Two lanes, the longest first; each step has processes of its own. A third of the cores stays idle, which most of the
  // registry's contract gets: a third lane as greedy as these would starve tests that measure time. Who has no step of its
  // own left helps with those.
  const workers = Math.max(1, Math.floor(availableParallelism() / 2));
  const others = [...PUNCTUAL, ...LONG].flatMap((path) => [`--exclude=${path}`, `--exclude=${path}/**`]);
  const patient = [LONG, ["--shard=1/2", ...others], ["--shard=2/2", ...others]].map(
    (only, index) => () =>
      suite(`contract, ${index + 1} of 3`, ["contract"], { workers, only, isPatient: true }),
  );
  const steps = [
    () => suite("unit, pins", ["alone", "unit", "pins"], { workers }),
    () => suite("e2e", ["e2e"]),
    () => suite("contract, on time", ["contract"], { workers, only: PUNCTUAL }),
    () => suite("e2e of processes, 1 of 2", ["e2e-processes"], { only: ["--shard=1/2"] }),
    () => suite("e2e of processes, 2 of 2", ["e2e-processes"], { only: ["--shard=2/2"] }),
    () => check("packages", "scripts/check-packages.ts", { quiet: true }),
  ];
  process.stdout.write("\ntests: each suite is shown when it is over\n");
  const laneOfSteps = async (): Promise<void> => {
    await lane(steps);
    await lane(patient);
  };
  await Promise.all([lane(patient), laneOfSteps(), laneOfSteps()]);
} catch (error) {
  failed++;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  await rm(work, { recursive: true, force: true });
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
