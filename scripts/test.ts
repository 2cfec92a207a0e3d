/** Everything CI runs, in CI's order. Ends with one line: `N passed, N failed`. */
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "./chromium.ts";
import { ensureRedis } from "./redis.ts";
import { run } from "./run.ts";

const work = await mkdtemp(join(tmpdir(), "alga-test-"));
// The Postgres of the contract tests runs as another user and has to get through.
await chmod(work, 0o755);
/** For every step: temporary files that go at the end, and plain text unless somebody watches. */
const isPlain = !process.stdout.isTTY && process.env["FORCE_COLOR"] === undefined;
const env = { TMPDIR: work, ...(isPlain ? { NO_COLOR: "1" } : {}) };
let passed = 0;
let failed = 0;

/** Run one check; a failed lint, build or package check counts as one failed. */
async function check(name: string, script: string): Promise<void> {
  const started = performance.now();
  process.stdout.write(`\n== ${name}\n`);
  const { code } = await run("node", [script], { env });
  if (code === 0) passed++;
  else failed++;
  process.stdout.write(
    `== ${name}: ${code === 0 ? "ok" : "FAILED"} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`,
  );
}

/** Run vitest projects and add up its own counts; a quiet one shows its output when it is over. */
async function suite(
  name: string,
  projects: readonly string[],
  { quiet = false }: { quiet?: boolean } = {},
): Promise<void> {
  const report = join(work, `${name}.json`);
  const started = performance.now();
  if (!quiet) process.stdout.write(`\n== ${name}\n`);
  const { code, stdout } = await run(
    "vitest",
    [
      "run",
      ...projects.flatMap((project) => ["--project", project]),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    { env, quiet },
  );
  if (quiet) process.stdout.write(`\n== ${name}\n${stdout}`);
  process.stdout.write(`== ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  const counts = JSON.parse(await readFile(report, "utf8").catch(() => "{}")) as Record<string, number>;
  passed += counts["numPassedTests"] ?? 0;
  const failures = counts["numFailedTests"] ?? 0;
  // A suite that breaks before its tests run (or runs none) is a failure too.
  failed += code !== 0 && failures === 0 ? 1 : failures;
  if (code === 0 && (counts["numPassedTests"] ?? 0) === 0) failed++;
}

try {
  ensureChromium();
  ensureRedis();
  await check("build", "scripts/build.ts");
  await check("lint", "scripts/lint.ts");
  await check("types of tests and examples", "scripts/typecheck.ts");
  await suite("unit, contract, pins", ["unit", "contract", "pins"]);
  await check("packages", "scripts/check-packages.ts");
  await Promise.all([suite("e2e", ["e2e"]), suite("e2e of processes", ["e2e-processes"], { quiet: true })]);
} catch (error) {
  failed++;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  await rm(work, { recursive: true, force: true });
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
