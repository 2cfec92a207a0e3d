/**
 * `node bench/gateway.ts [rounds]`: what the gateway adds to a call of the runner, and what one of its cores carries
 * beside a proxy of undici and nothing else, in the same run. `node bench/gateway.ts 3 core` runs only the second part.
 *
 * Neighbours on the machine come and go, so ways take turns, first one first and then the other, and are compared within
 * each round: the median of these comparisons says what is so, the quietest round of each way what the code can do.
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
import { anInstall } from "@alga-ext/gateway/testing";
import type { ExecuteRequest } from "@alga-ext/protocol";
import { createTestGateway } from "../packages/runner/test-support/call-token.ts";
import type { GatewayServerOrder } from "./gateway-server.ts";
import { median } from "./load.ts";
import type { LoadOrder, LoadReport } from "./load-order.ts";
import { hasWrk, loadByWrk } from "./wrk-load.ts";

const ROUNDS = Number(process.argv[2] ?? 10);
const ONLY = process.argv[3];
const MS = 1_000;
const byWrk = hasWrk();
const CONNECTIONS = 32;
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
const signer = createTestGateway({
  gatewayPrivateKeyPem: gatewayKeys.privateKey,
  runnerPublicKeyPem: runnerKeys.publicKey,
});

const dir = await mkdtemp(join(tmpdir(), "alga-bench-"));
const projectDir = fileURLToPath(new URL("./guest-w", import.meta.url));
await build({ projectDir, outDir: join(dir, "dist") });
const { file, contentHash } = await packProject({
  projectDir,
  distDir: join(dir, "dist"),
  outFile: join(dir, "bundle.tar.zst"),
});
const install = anInstall();
const servers: ChildProcess[] = [];

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
}

async function start(kind: GatewayServerOrder["kind"], behind?: Server): Promise<Server> {
  const script = fileURLToPath(new URL("./gateway-server.ts", import.meta.url));
  const nodeArgs = (process.env[`BENCH_${kind.toUpperCase()}_ARGS`] ?? "").split(" ").filter(Boolean);
  const child = spawn(process.execPath, [...nodeArgs, script], { stdio: ["pipe", "pipe", "inherit"] });
  servers.push(child);
  const order: GatewayServerOrder = {
    kind,
    ...(behind === undefined ? {} : { runnerUrl: behind.url }),
    archiveFile: file,
    contentHash,
    work,
    gatewayPrivateKeyPem: gatewayKeys.privateKey,
    gatewayPublicKeyPem: gatewayKeys.publicKey,
    runnerPrivateKeyPem: runnerKeys.privateKey,
    runnerPublicKeyPem: runnerKeys.publicKey,
  };
  child.stdin.end(JSON.stringify(order));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(String(line).trim());
  return { child, port, url: `http://127.0.0.1:${port}` };
}

const load = (order: LoadOrder): Promise<LoadReport> => (byWrk ? loadByWrk(order) : loadByScript(order));

async function measure(order: LoadOrder): Promise<LoadReport> {
  const report = await load(order);
  if (report.bad > 0 || report.done === 0)
    throw new Error(`${order.path}: ${report.bad} of ${report.done} answers are wrong`);
  return report;
}

async function loadByScript(order: LoadOrder): Promise<LoadReport> {
  const script = fileURLToPath(new URL("./raw-load.ts", import.meta.url));
  const client = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
  client.stdin.end(JSON.stringify(order));
  return (await json(client.stdout)) as LoadReport;
}

const executeRequest: ExecuteRequest = {
  context: {
    request_id: "bench",
    tenant_id: install.tenantId,
    extension_id: install.registryId,
    install_id: install.installId,
    content_hash: contentHash,
    version_id: install.versionId,
  },
  http: { method: "POST", path: "/w", headers: {}, body_b64: Buffer.from(work).toString("base64") },
  limits: { timeout_ms: 30_000 },
  providers: install.providers,
};
const viaGateway = ({ port }: Server, connections: number, ms: number): LoadOrder => ({
  port,
  path: `/api/ext/${install.installId}/w`,
  bodies: [work],
  connections,
  ms,
  expect: `"ok":true`,
});
/** To a runner, or to a proxy before one; with a token if the runner asks for it. */
const viaExecute = ({ port }: Server, connections: number, ms: number): LoadOrder => ({
  port,
  path: "/v1/execute",
  bodies: [JSON.stringify(executeRequest)],
  connections,
  ms,
  expect: `"status":200`,
});
/** More of them than calls can be made: each is good for one. */
const withTokens = (order: LoadOrder): LoadOrder => ({
  ...order,
  sign: {
    count: order.ms * 5,
    kid: signer.kid,
    keyHex: Buffer.from(signer.key).toString("hex"),
    claims: [
      {
        iss: "gw-1",
        sub: install.installId,
        tenant: install.tenantId,
        ext: install.registryId,
        hash: contentHash,
        method: "POST",
        path: "/w",
      },
    ],
    headers: [{ "x-alga-tenant": install.tenantId, "x-alga-extension": install.registryId }],
  },
});

/** CPU time of all threads that a process has now, to the nanosecond. */
async function cpuMs({ child }: Server): Promise<number> {
  const threads = await readdir(`/proc/${child.pid}/task`);
  const times = threads.map(async (thread) => {
    const text = await readFile(`/proc/${child.pid}/task/${thread}/schedstat`, "utf8").catch(() => "0");
    return Number(text.split(" ")[0]) / 1e6;
  });
  return (await Promise.all(times)).reduce((sum, ms) => sum + ms, 0);
}

interface Way {
  readonly name: string;
  /** The processes on the way, and what they are called. */
  readonly servers: Readonly<Record<string, Server>>;
  readonly order: (connections: number, ms: number) => LoadOrder;
}

interface Round {
  readonly p50Ms: number;
  readonly perSecond: number;
  /** For each call, by process. */
  readonly costMs: Readonly<Record<string, number>>;
}

/** Let the ways take turns; answers with the rounds of each. */
async function takeTurns(ways: readonly Way[], connections: number): Promise<readonly Round[][]> {
  const rounds = ways.map((): Round[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    const turns = [...ways.entries()];
    for (const [at, { servers, order }] of round % 2 === 0 ? turns : turns.toReversed()) {
      const before = await costs(servers);
      const { p50Ms, perSecond, done } = await measure(order(connections, MS));
      const after = await costs(servers);
      const costMs = Object.fromEntries(
        Object.keys(servers).map((name) => [name, ((after[name] ?? 0) - (before[name] ?? 0)) / done]),
      );
      rounds[at]?.push({ p50Ms, perSecond, costMs });
    }
  }
  return rounds;
}

async function costs(servers: Readonly<Record<string, Server>>): Promise<Record<string, number>> {
  const all = Object.entries(servers).map(async ([name, server]) => [name, await cpuMs(server)] as const);
  return Object.fromEntries(await Promise.all(all));
}

const costOf = ({ costMs }: Round) => Object.values(costMs).reduce((sum, ms) => sum + ms, 0);
/** Each round of one way beside the same round of another. */
const beside = (one: readonly Round[], other: readonly Round[], compare: (a: Round, b: Round) => number) =>
  median(one.map((round, at) => compare(round, other[at] ?? round)));
const least = (rounds: readonly Round[], of: (round: Round) => number) => Math.min(...rounds.map(of));
const figure = (ms = Number.NaN) => ms.toFixed(3).padStart(9);
const print = (text: string) => void process.stdout.write(`${text}\n`);

/** One call at a time: what the gateway adds to the runner's own time. */
async function overhead(): Promise<void> {
  const runner = await start("runner");
  const direct = await start("direct");
  const gateway = await start("gateway", runner);
  const handshake = JSON.stringify({ token: await signer.handshakeToken() });
  await fetch(`${runner.url}/v1/handshake`, { method: "POST", body: handshake });
  const ways: readonly Way[] = [
    {
      name: "runner, called in its process behind node:http",
      servers: { runner: direct },
      order: (...how) => viaExecute(direct, ...how),
    },
    {
      name: "runner, POST /v1/execute with a ready token",
      servers: { runner },
      order: (...how) => withTokens(viaExecute(runner, ...how)),
    },
    {
      name: "gateway, token, runner",
      servers: { gateway, runner },
      order: (...how) => viaGateway(gateway, ...how),
    },
  ];
  // The first calls wait for a cell, longer than some clients do: how they end is not looked at.
  // Many at once, because one at a time takes long to reach the number of calls from which the engine compiles well.
  for (const { order } of ways) await load(order(16, 8_000));
  const rounds = await takeTurns(ways, 1);
  print(
    "one call at a time, ms: p50 (median of rounds), p50 (quietest round), CPU for each call (quietest round)",
  );
  for (const [at, { name, servers }] of ways.entries()) {
    const own = rounds[at] ?? [];
    const byProcess = Object.keys(servers).map(
      (process) => `${process} ${least(own, ({ costMs }) => costMs[process] ?? 0).toFixed(3)}`,
    );
    const columns = [median(own.map(({ p50Ms }) => p50Ms)), least(own, ({ p50Ms }) => p50Ms)];
    print(`  ${name.padEnd(50)}${columns.map(figure).join("")}   ${byProcess.join(", ")}`);
  }
  const [inProcess = [], withToken = [], whole = []] = rounds;
  for (const [base, name] of [
    [inProcess, "added to the call in its process (at most 0.6)"],
    [withToken, "added to the one with a token"],
  ] as const) {
    const columns = [
      beside(whole, base, (a, b) => a.p50Ms - b.p50Ms),
      least(whole, ({ p50Ms }) => p50Ms) - least(base, ({ p50Ms }) => p50Ms),
      least(whole, costOf) - least(base, costOf),
    ];
    print(`  ${name.padEnd(50)}${columns.map(figure).join("")}`);
  }
  print("");
}

/**
 * What a core of the gateway carries, and a core of a proxy that does nothing. To the runner both send an execute request
 * with W in it; the proxy gets it ready-made.
 */
async function core(): Promise<void> {
  const stub = await start("stub");
  const proxy = await start("proxy", stub);
  const gateway = await start("gateway", stub);
  const ways: readonly Way[] = [
    { name: "proxy of undici alone", servers: { proxy }, order: (...how) => viaExecute(proxy, ...how) },
    { name: "gateway", servers: { gateway }, order: (...how) => viaGateway(gateway, ...how) },
  ];
  for (const { order } of ways) await load(order(CONNECTIONS, 6_000));
  const rounds = await takeTurns(ways, CONNECTIONS);
  print(
    `stub runner, ${CONNECTIONS} connections: req/s and CPU for each (medians), CPU for each (quietest round)`,
  );
  for (const [at, { name }] of ways.entries()) {
    const own = rounds[at] ?? [];
    const perSecond = median(own.map((round) => round.perSecond)).toFixed(0);
    const us = [median(own.map(costOf)), least(own, costOf)].map((ms) => (ms * 1000).toFixed(1).padStart(9));
    print(`  ${name.padEnd(26)}${perSecond.padStart(8)} req/s${us.join("")} µs`);
  }
  const [bare = [], own = []] = rounds;
  const ratios = [
    `${beside(own, bare, (a, b) => costOf(b) / costOf(a)).toFixed(2)}x by CPU`,
    `${beside(own, bare, (a, b) => a.perSecond / b.perSecond).toFixed(2)}x by req/s`,
    `${(least(bare, costOf) / least(own, costOf)).toFixed(2)}x by CPU of the quietest rounds`,
  ];
  print(`  a core of the gateway carries ${ratios.join(", ")} (at least 0.5x)`);
}

print(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; ${ROUNDS} rounds of ${MS / 1000} s in turns; client${byWrk ? " (wrk)" : ""} and servers share the cores`,
);
try {
  if (ONLY === undefined || ONLY === "overhead") await overhead();
  if (ONLY === undefined || ONLY === "core") await core();
} finally {
  for (const child of servers) child.kill("SIGTERM");
  await rm(dir, { recursive: true, force: true });
}
