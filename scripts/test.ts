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
async function suite(name: string, projects: readonly string[], workers?: number): Promise<void> {
  const report = join(work, `${name}.json`);
  const started = performance.now();
  const { code, stdout } = await run(
    "vitest",
    [
      "run",
      ...projects.flatMap((project) => ["--project", project]),
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

/** Run steps in their order, as many at once as there are lanes. */
async function lanes(count: number, steps: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...steps];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await step();
  };
  await Promise.all(Array.from({ length: count }, lane));
}

try {
  ensureChromium();
  ensureRedis();
  await check("build", "scripts/build.ts");
  await check("lint", "scripts/lint.ts");
  await check("types of tests and examples", "scripts/typecheck.ts");
  // Two at once, the longest first: each has processes of its own, and a third lane saves a minute but starves tests that
  // measure time.
  const half = Math.max(1, Math.floor(availableParallelism() / 2));
  process.stdout.write("\ntests: each suite is shown when it is over\n");
  await lanes(2, [
    () => suite("contract", ["contract"], half),
    () => suite("e2e", ["e2e"]),
    () => suite("unit, pins", ["alone", "unit", "pins"], half),
    () => suite("e2e of processes", ["e2e-processes"]),
    () => check("packages", "scripts/check-packages.ts", { quiet: true }),
  ]);
} catch (error) {
  failed++;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  await rm(work, { recursive: true, force: true });
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
