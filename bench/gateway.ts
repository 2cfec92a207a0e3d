/**
 * `node bench/gateway.ts [rounds]`: what the gateway adds to a call of the runner, and what one of its cores carries
 * beside a proxy of undici and nothing else, in the same run. `node bench/gateway.ts 3 core` runs only the second part.
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
import type { LoadOrder, LoadReport } from "./raw-load.ts";

const ROUNDS = Number(process.argv[2] ?? 5);
const ONLY = process.argv[3];
const MS = 2_000;
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

async function load(order: LoadOrder): Promise<LoadReport> {
  const script = fileURLToPath(new URL("./raw-load.ts", import.meta.url));
  const client = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
  client.stdin.end(JSON.stringify(order));
  const report = (await json(client.stdout)) as LoadReport;
  if (report.bad > 0 || report.done === 0)
    throw new Error(`${order.path}: ${report.bad} of ${report.done} answers are wrong`);
  return report;
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
const viaGateway = ({ port }: Server, connections: number, ms = MS): LoadOrder => ({
  port,
  path: `/api/ext/${install.installId}/w`,
  bodies: [work],
  connections,
  ms,
  expect: `"ok":true`,
});
/** To a runner, or to a proxy before one; with a token if the runner asks for it. */
const viaExecute = ({ port }: Server, connections: number, ms = MS): LoadOrder => ({
  port,
  path: "/v1/execute",
  bodies: [JSON.stringify(executeRequest)],
  connections,
  ms,
  expect: `"status":200`,
});
const withTokens = (order: LoadOrder, count: number): LoadOrder => ({
  ...order,
  sign: {
    count,
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

const figure = (ms = Number.NaN) => ms.toFixed(3).padStart(9);
const print = (text: string) => void process.stdout.write(`${text}\n`);

/** One call at a time: what the gateway adds to the runner's own time. */
async function overhead(): Promise<void> {
  const runner = await start("runner");
  const direct = await start("direct");
  const gateway = await start("gateway", runner);
  const handshake = JSON.stringify({ token: await signer.handshakeToken() });
  await fetch(`${runner.url}/v1/handshake`, { method: "POST", body: handshake });
  const ways: [string, readonly Server[], (connections: number, ms: number) => LoadOrder][] = [
    ["runner, called in its process behind node:http", [direct], (...how) => viaExecute(direct, ...how)],
    [
      "runner, POST /v1/execute with a ready token",
      [runner],
      (...how) => withTokens(viaExecute(runner, ...how), 6_000),
    ],
    ["gateway, token, runner", [gateway, runner], (...how) => viaGateway(gateway, ...how)],
  ];
  // Many at once, because one at a time takes long to reach the number of calls from which the engine compiles well.
  for (const [, , way] of ways) await load(way(16, 8_000));
  const p50s = ways.map((): number[] => []);
  const costs = ways.map((): number[] => []);
  const costOf = async (of: readonly Server[]) =>
    (await Promise.all(of.map(cpuMs))).reduce((sum, ms) => sum + ms, 0);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, [, of, way]] of ways.entries()) {
      const before = await costOf(of);
      const { p50Ms, done } = await load(way(1, MS));
      costs[at]?.push(((await costOf(of)) - before) / done);
      p50s[at]?.push(p50Ms);
    }
  }
  // Neighbours on the machine come and go: the quietest round of each says most about the code, CPU time more still.
  const columns = [p50s.map(median), p50s.map((ms) => Math.min(...ms)), costs.map((ms) => Math.min(...ms))];
  print("one call at a time, ms: p50 (median of rounds), p50 (quietest round), CPU of server processes");
  for (const [at, [name]] of ways.entries())
    print(`  ${name.padEnd(50)}${columns.map((ms) => figure(ms[at])).join("")}`);
  for (const [base, name] of [
    "added to the call in its process (at most 0.6)",
    "added to the one with a token",
  ].entries())
    print(`  ${name.padEnd(50)}${columns.map((ms) => figure((ms[2] ?? 0) - (ms[base] ?? 0))).join("")}`);
  print("");
}

/** What a core of the gateway carries, and a core of a proxy that does nothing. */
async function core(): Promise<void> {
  const stub = await start("stub");
  const proxy = await start("proxy", stub);
  const gateway = await start("gateway", stub);
  const ways: [string, Server, (ms: number) => LoadOrder][] = [
    ["proxy of undici alone", proxy, (ms) => viaExecute(proxy, CONNECTIONS, ms)],
    ["gateway", gateway, (ms) => viaGateway(gateway, CONNECTIONS, ms)],
  ];
  for (const [, , way] of ways) await load(way(6_000));
  const rates = ways.map((): number[] => []);
  const costs = ways.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, [, server, way]] of ways.entries()) {
      const before = await cpuMs(server);
      const report = await load(way(MS));
      costs[at]?.push(((await cpuMs(server)) - before) / report.done);
      rates[at]?.push(report.perSecond);
    }
  }
  const [proxyRate = Number.NaN, gatewayRate = Number.NaN] = rates.map(median);
  const [proxyCost = Number.NaN, gatewayCost = Number.NaN] = costs.map(median);
  print(`stub runner, ${CONNECTIONS} connections`);
  for (const [at, [name]] of ways.entries())
    print(
      `  ${name.padEnd(26)}${median(rates[at] ?? [])
        .toFixed(0)
        .padStart(8)} req/s${(median(costs[at] ?? []) * 1000).toFixed(1).padStart(10)} µs CPU for each`,
    );
  print(
    `  a core of the gateway carries ${(proxyCost / gatewayCost).toFixed(2)}x by CPU, ${(gatewayRate / proxyRate).toFixed(2)}x by req/s (at least 0.5x)`,
  );
}

print(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; medians of ${ROUNDS} rounds of ${MS / 1000} s, client and servers share the cores`,
);
try {
  if (ONLY === undefined || ONLY === "overhead") await overhead();
  if (ONLY === undefined || ONLY === "core") await core();
} finally {
  for (const child of servers) child.kill("SIGTERM");
  await rm(dir, { recursive: true, force: true });
}
