/**
 * `node bench/runner-limits.ts`: how late a spinning guest is stopped, how long its neighbours wait meanwhile, what a
 * memory bomb gets, how long an install takes to its first answer, and what a cell weighs.
 */
import { generateKeyPairSync } from "node:crypto";
import { appendFile, cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, packProject } from "@alga-ext/cli";
import type { ExecuteRequest } from "@alga-ext/protocol";
import { createRunner } from "@alga-ext/runner";
import { createMemoryBundles } from "@alga-ext/runner/testing";
import { descendants } from "../test/e2e/deployment.ts";

const COLD = 12;
const LOOPS = 40;
const DEADLINE_MS = 100;
const pem = {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;
const dir = await mkdtemp(join(tmpdir(), "alga-bench-"));
const projectDir = join(dir, "guest");
await cp(fileURLToPath(new URL("./guest-w", import.meta.url)), projectDir, { recursive: true });
const makeBundle = async (name: string) => {
  await build({ projectDir, outDir: join(dir, name) });
  const outFile = join(dir, `${name}.tar.zst`);
  const { contentHash } = await packProject({ projectDir, distDir: join(dir, name), outFile });
  return [contentHash, { archive: await readFile(outFile), signatures: null }] as const;
};
const bundle = await makeBundle("bundle");
const [contentHash] = bundle;
// Another extension, made with the same engine.
await appendFile(
  join(projectDir, "src/w.ts"),
  "\nexport const other = 1;\n(globalThis as { other?: number }).other = other;\n",
);
const otherBundle = await makeBundle("other");
const open = (spareCells: number) =>
  createRunner({
    bundles: createMemoryBundles(new Map([bundle, otherBundle])),
    trust: null,
    allowUnsigned: true,
    gatewayPublicKeyPem: generateKeyPairSync("ed25519", pem).publicKey,
    runnerPrivateKeyPem: generateKeyPairSync("x25519", pem).privateKey,
    allowNoWall: true,
    cacheDir: join(dir, "cache"),
    limits: { memoryBytes: 64 * 1024 * 1024, spareCells },
  });
const runner = await open(1);
const requestOf = (install: string, path: string, timeoutMs: number, hash = contentHash): ExecuteRequest => ({
  context: { tenant_id: install, extension_id: "bench", install_id: install, content_hash: hash },
  http: {
    method: "POST",
    path,
    headers: {},
    body_b64: Buffer.from('{"min":0,"items":[]}').toString("base64"),
  },
  limits: { timeout_ms: timeoutMs },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const at = (times: number[], share: number) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
const spread = (times: number[]) =>
  `p50 ${at(times, 0.5).toFixed(1)}, p99 ${at(times, 0.99).toFixed(1)}, worst ${Math.max(...times).toFixed(1)} ms`;

/** Ask over and over, about every 2 ms, while it is true; answers the longest waits. */
async function poll(install: string, isWanted: () => boolean): Promise<number[]> {
  const waits: number[] = [];
  while (isWanted()) {
    const started = performance.now();
    const { status } = await runner.execute(requestOf(install, "/w", 10_000));
    if (status !== 200) throw new Error(`a neighbour got ${status}`);
    waits.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return waits;
}

/** Bytes of every cell there is. */
async function weigh(what: string): Promise<void> {
  const sizes: string[] = [];
  for (const { pid, command } of await descendants(process.pid)) {
    if (!command.includes("--permission")) continue;
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(rollup)?.[1] ?? 0);
    const unique = kib("Private_Dirty") + kib("Private_Clean");
    if (unique > 5_000) sizes.push(`${(kib("Pss") / 1024).toFixed(1)} (${(unique / 1024).toFixed(1)})`);
  }
  say(`${what}, MiB PSS (private): ${sizes.join(", ")}`);
}

/** From the call to its answer, for an install that has no cell. */
async function coldInstalls(): Promise<void> {
  const first = async (one: typeof runner, install: string, hash = contentHash) => {
    const started = performance.now();
    const { status, error } = await one.execute(requestOf(install, "/w", 10_000, hash));
    if (status !== 200) throw new Error(`a first call got ${error}`);
    return performance.now() - started;
  };
  // Spares with an engine are started half a second after the last cold start, and rehearse.
  const settle = () => new Promise((resolve) => setTimeout(resolve, 1_200));
  const withoutSpare: number[] = [];
  const fromDisk: number[] = [];
  for (let round = 0; round < COLD; round++) {
    const bare = await open(0);
    withoutSpare.push(await first(bare, "cold"));
    await bare.close({ graceMs: 0 });
    // A spare is ready once another extension of the same engine was called: nothing of this one is in memory.
    const fresh = await open(1);
    await first(fresh, "other", otherBundle[0]);
    await settle();
    fromDisk.push(await first(fresh, "cold"));
    await fresh.close({ graceMs: 0 });
  }
  const warm = await open(1);
  try {
    await settle();
    await first(warm, "first");
    const fromSpare: number[] = [];
    for (let round = 0; round < COLD; round++) {
      await settle();
      fromSpare.push(await first(warm, `cold-${round}`));
    }
    say("cold install, from the call to its answer:");
    say(`  prepared, on disk, no spare:       ${spread(withoutSpare)}`);
    say(`  prepared, on disk, spare ready:    ${spread(fromDisk)}`);
    say(`  prepared, in memory, spare ready:  ${spread(fromSpare)}`);
    await settle();
    await weigh("cells after one call, and the spare");
  } finally {
    await warm.close({ graceMs: 0 });
  }
}

try {
  for (const install of ["noisy", "quiet"])
    for (let call = 0; call < 500; call++) await runner.execute(requestOf(install, "/w", 10_000));
  const alone: number[] = await poll(
    "quiet",
    (
      (until) => () =>
        performance.now() < until
    )(performance.now() + 2_000),
  );
  const overruns: number[] = [];
  const same: number[] = [];
  const other: number[] = [];
  for (let loop = 0; loop < LOOPS; loop++) {
    const state = { isLooping: true };
    const started = performance.now();
    const looping = runner.execute(requestOf("noisy", "/loop", DEADLINE_MS)).then((answer) => {
      state.isLooping = false;
      overruns.push(performance.now() - started - DEADLINE_MS);
      return answer;
    });
    const isLooping = () => state.isLooping;
    const [answer, inCell, elsewhere] = await Promise.all([
      looping,
      poll("noisy", isLooping),
      poll("quiet", isLooping),
    ]);
    if (answer.error !== "deadline_exceeded") throw new Error(`a loop ended with ${answer.error}`);
    same.push(...inCell);
    other.push(...elsewhere);
  }
  say(`${LOOPS} loops with a deadline of ${DEADLINE_MS} ms: overrun ${spread(overruns)}`);
  say(`calls of the same install in the same cell meanwhile: ${same.length} answered, ${spread(same)}`);
  say(
    `calls of another install meanwhile: ${other.length} answered, ${spread(other)}; alone: ${spread(alone)}`,
  );
  const bomb = await runner.execute(requestOf("noisy", "/mem", 20_000));
  say(
    `memory bomb of 3 GB under 64 MiB: status ${bomb.status} ${bomb.error ?? "from the guest itself"} after ${bomb.usage?.duration_ms} ms`,
  );
  await weigh("a cell after 500 calls and more, and the spare");
  await runner.close({ graceMs: 100 });
  await coldInstalls();
} finally {
  await runner.close({ graceMs: 100 });
  await rm(dir, { recursive: true, force: true });
}
