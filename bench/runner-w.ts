/**
 * `node bench/runner-w.ts [rounds]`: W through `POST /v1/execute` with token check and fresh state for every call, beside
 * what others give for the same, in the same run. `node bench/runner-w.ts 5 isolated-vm,runner,two` runs only some.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build, packProject } from "@alga-ext/cli";
import type { ExecuteRequest } from "@alga-ext/protocol";
import { createTestGateway } from "../packages/runner/test-support/call-token.ts";
import { descendants } from "../test/e2e/deployment.ts";
import { median } from "./load.ts";
import type { LoadOrder, LoadReport } from "./load-order.ts";
import type { ServerOrder } from "./runner-w-server.ts";
import { hasWrk, loadByWrk } from "./wrk-load.ts";

// Many short rounds: where others share the machine its speed changes by half within seconds, and what is compared has to
// meet the same of it.
const ROUNDS = Number(process.argv[2] ?? 15);
const MS = 1_000;
const CONNECTIONS = 32;
const INSTALLS = 32;
const byWrk = hasWrk();
const items = Array.from({ length: 20 }, (_, i) => ({
  id: i,
  name: `item ${i}`,
  price: (i * 7.3) % 40,
  qty: (i % 5) + 1,
}));
const work = JSON.stringify({ min: 10, items });

const pem = {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;
const gatewayKeys = generateKeyPairSync("ed25519", pem);
const runnerKeys = generateKeyPairSync("x25519", pem);
const gateway = createTestGateway({
  gatewayPrivateKeyPem: gatewayKeys.privateKey,
  runnerPublicKeyPem: runnerKeys.publicKey,
});

const dir = await mkdtemp(join(tmpdir(), "alga-bench-"));
const projectDir = fileURLToPath(new URL("./guest-w", import.meta.url));
const outDir = join(dir, "dist");
await build({ projectDir, outDir });
const { file, contentHash } = await packProject({
  projectDir,
  distDir: outDir,
  outFile: join(dir, "bundle.tar.zst"),
});

interface Server {
  readonly name: string;
  readonly child: ChildProcess;
  readonly port: number;
  readonly isRunner: boolean;
  readonly loads: LoadReport[];
  /** CPU ms for each request: this process, and everything below it. */
  readonly cpu: { own: number; below: number }[];
}

async function start(
  name: string,
  kind: ServerOrder["kind"],
  options: Pick<ServerOrder, "isolation" | "cellSharing"> = {},
): Promise<Server> {
  const script = fileURLToPath(new URL("./runner-w-server.ts", import.meta.url));
  const args = [
    ...(kind === "isolated-vm" ? ["--no-node-snapshot"] : []),
    // As `alga-ext-runner` does.
    ...(kind === "runner" ? ["--max-semi-space-size=4"] : []),
    ...(process.env["BENCH_NODE_ARGS"]?.split(" ") ?? []),
    script,
  ];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const order: ServerOrder = {
    kind,
    ...options,
    archiveFile: file,
    componentFile: join(outDir, "main.wasm"),
    contentHash,
    gatewayPublicKeyPem: gatewayKeys.publicKey,
    runnerPrivateKeyPem: runnerKeys.privateKey,
  };
  child.stdin.end(JSON.stringify(order));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(String(line).trim());
  return { name, child, port, isRunner: kind === "runner", loads: [], cpu: [] };
}

/** As a gateway does now and then: its key is good for five minutes, and many rounds take longer. */
async function shakeHands({ port }: Server): Promise<void> {
  const token = await gateway.handshakeToken();
  const answer = await fetch(`http://127.0.0.1:${port}/v1/handshake`, {
    method: "POST",
    body: JSON.stringify({ token }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

const requestOf = (tenant: string, install: string): ExecuteRequest => ({
  context: { tenant_id: tenant, extension_id: "bench", install_id: install, content_hash: contentHash },
  http: { method: "POST", path: "/w", headers: {}, body_b64: Buffer.from(work).toString("base64") },
});

/** One client; `installs` of one tenant are called in turn. */
async function load(
  server: Server,
  ms: number,
  { count, tenant = "bench", installs = 1, connections = CONNECTIONS }: LoadPart,
): Promise<LoadReport> {
  if (server.isRunner) await shakeHands(server);
  const common = { port: server.port, connections, ms };
  const names = Array.from({ length: installs }, (_, at) => `install-${at}`);
  const order: LoadOrder = server.isRunner
    ? {
        ...common,
        path: "/v1/execute",
        bodies: names.map((install) => JSON.stringify(requestOf(tenant, install))),
        sign: {
          count,
          kid: gateway.kid,
          keyHex: Buffer.from(gateway.key).toString("hex"),
          claims: names.map((sub) => ({
            iss: "gw-1",
            sub,
            tenant,
            ext: "bench",
            hash: contentHash,
            method: "POST",
            path: "/w",
          })),
          headers: names.map(() => ({ "x-alga-tenant": tenant, "x-alga-extension": "bench" })),
        },
        expect: `"status":200`,
      }
    : { ...common, path: "/w", bodies: [work], expect: `"ok":true` };
  if (byWrk) return await loadByWrk(order);
  const client = spawn(process.execPath, [fileURLToPath(new URL("./raw-load.ts", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  client.stdin.end(JSON.stringify(order));
  return (await json(client.stdout)) as LoadReport;
}

interface LoadPart {
  /** Requests to prepare. */
  readonly count: number;
  readonly tenant?: string;
  readonly installs?: number;
  readonly connections?: number;
}

/** CPU time of all threads that a process has now, to the nanosecond. */
async function cpuMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const times = threads.map(async (thread) => {
    const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8").catch(() => "0");
    return Number(text.split(" ")[0]) / 1e6;
  });
  return (await Promise.all(times)).reduce((sum, ms) => sum + ms, 0);
}

async function cpuOf(server: Server): Promise<{ own: number; below: number }> {
  const pid = server.child.pid ?? 0;
  const below = await Promise.all((await descendants(pid)).map((one) => cpuMs(one.pid)));
  return { own: await cpuMs(pid), below: below.reduce((sum, ms) => sum + ms, 0) };
}

/** Proportional set size of the heaviest process below a server, in bytes: its cell. */
async function cellBytes(server: Server): Promise<number> {
  const sizes = (await descendants(server.child.pid ?? 0)).map(async ({ pid }) => {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024;
  });
  return Math.max(0, ...(await Promise.all(sizes)));
}

/** Two of each at once: what two cores give, the supervisor and the clients on them too. */
async function onTwoCores(): Promise<void> {
  const half = CONNECTIONS / 2;
  const parts = (one: Server, other: Server, installs = 1): [Server, LoadPart][] => [
    [one, { count: 16_000, tenant: "one", installs, connections: half }],
    [other, { count: 16_000, tenant: "two", installs, connections: half }],
  ];
  const ivms = [await start("", "isolated-vm"), await start("", "isolated-vm")] as const;
  const runner = await start("", "runner");
  const shared = await start("", "runner", { cellSharing: "tenant" });
  servers.push(
    ...ivms.map((one) => ({ ...one, isRunner: false })),
    { ...runner, isRunner: false },
    { ...shared, isRunner: false },
  );
  const cases: [string, [Server, LoadPart][]][] = [
    ["two isolated-vm processes", parts(...ivms)],
    ["two cells", parts(runner, runner)],
    [`two cells, ${INSTALLS} installs`, parts(shared, shared, INSTALLS / 2)],
  ];
  const sums = new Map<string, number[]>();
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, clients] of cases) {
      const reports = await Promise.all(
        clients.map(([server, part]) => load(server, round < 0 ? 8_000 : MS, part)),
      );
      // A warm-up may use up its tokens, and with the last one its connections end.
      if (round >= 0 && reports.some(({ bad }) => bad > 0)) throw new Error(`${name}: wrong answers`);
      if (round >= 0)
        sums.set(name, [
          ...(sums.get(name) ?? []),
          reports.reduce((sum, { perSecond }) => sum + perSecond, 0),
        ]);
    }
  }
  const base = sums.get(cases[0]?.[0] ?? "") ?? [];
  process.stdout.write("\non two cores\n");
  for (const [name, rates] of sums)
    process.stdout.write(
      `${name.padEnd(28)}${median(rates).toFixed(0).padStart(15)} req/s${ratio(rates, base).toFixed(2).padStart(15)}x\n`,
    );
}

/** The middle of what one gave of the other in each round. */
function ratio(rates: readonly number[], base: readonly number[]): number {
  return median(rates.map((rate, round) => rate / (base[round] ?? Number.NaN)));
}

const only = process.argv[3]?.split(",");
const wanted: Parameters<typeof start>[] = [
  ["node:http, no sandbox", "plain"],
  ["isolated-vm, fresh isolate", "isolated-vm"],
  ["plain jco, fresh instance", "jco"],
  ["runner, fresh state", "runner"],
  ["runner, isolation warm", "runner", { isolation: "warm" }],
];
const servers: Server[] = [];
try {
  for (const one of wanted)
    if (only === undefined || only.includes(one[1])) servers.push(await start(...one));
  // Until the engines have compiled what is hot: by count, because a busy machine is slow to get there.
  for (const server of servers) await load(server, server.isRunner ? 25_000 : 3_000, { count: 10_000 });
  for (let round = 0; round < ROUNDS; round++) {
    for (const server of servers) {
      const before = await cpuOf(server);
      const report = await load(server, MS, { count: 16_000 });
      const after = await cpuOf(server);
      if (report.bad > 0)
        throw new Error(`${server.name}: ${report.bad} of ${report.done} answers are wrong`);
      server.loads.push(report);
      server.cpu.push({
        own: (after.own - before.own) / report.done,
        below: (after.below - before.below) / report.done,
      });
    }
  }
  const rates = (server: Server | undefined) => (server?.loads ?? []).map((one) => one.perSecond);
  const [, ivm, jco] = wanted.map(([name]) => servers.find((server) => server.name === name));
  process.stdout.write(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; ${CONNECTIONS} connections, medians of ${ROUNDS} rounds of ${MS / 1000} s, ratios too, client (${byWrk ? "wrk" : "raw-load.ts: without wrk the client takes much of the second core"}) and servers share the cores\n\n`,
  );
  const columns = ["req/s", "p50 ms", "p99 ms", "µs CPU server", "µs CPU below", "vs isolated-vm", "vs jco"];
  process.stdout.write(`${"".padEnd(28)}${columns.map((one) => one.padStart(15)).join("")}\n`);
  for (const server of servers) {
    const middle = (read: (one: LoadReport) => number) => median(server.loads.map(read));
    const row = [
      median(rates(server)).toFixed(0),
      middle((one) => one.p50Ms).toFixed(2),
      middle((one) => one.p99Ms).toFixed(2),
      (median(server.cpu.map((one) => one.own)) * 1000).toFixed(0),
      (median(server.cpu.map((one) => one.below)) * 1000).toFixed(0),
      `${ratio(rates(server), rates(ivm)).toFixed(2)}x`,
      `${ratio(rates(server), rates(jco)).toFixed(2)}x`,
    ];
    process.stdout.write(`${server.name.padEnd(28)}${row.map((one) => one.padStart(15)).join("")}\n`);
  }
  if (only === undefined || only.includes("two")) await onTwoCores();
  for (const server of servers.filter((one) => one.isRunner)) {
    process.stdout.write(
      `${server.name}: cell ${((await cellBytes(server)) / 2 ** 20).toFixed(1)} MiB PSS\n`,
    );
  }
} finally {
  for (const { child } of servers) child.kill("SIGTERM");
  await rm(dir, { recursive: true, force: true });
}
