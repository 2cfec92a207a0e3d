import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGateway, createTokenBucket } from "@alga-ext/gateway";
import {
  createHttpInvoker,
  createNodeCallAuthority,
  createNodeServer,
  type HttpInvoker,
} from "@alga-ext/gateway/node";
import { anInstall, aPrincipal, createMemoryAudit, generateCallKeys } from "@alga-ext/gateway/testing";
import { bundleBlobPath } from "@alga-ext/protocol";
import { buildComponent } from "../../packages/runner/test-support/build-component.ts";
import { packTestBundle } from "../../packages/runner/test-support/test-runner.ts";
import { freePorts, PREPARED_MS, until } from "./deployment.ts";

const BIN = fileURLToPath(new URL("../../packages/runner/dist/bin.js", import.meta.url));
const UPSTREAM = "effects.example";
/** Long enough that a killed runner always has calls under way. */
const UPSTREAM_MS = 25;
/** How long a runner that returns takes to get its installs back. */
const RAMP_MS = 500;
/** Calls of one install that run at once. */
export const PLACES = 4;
const GUEST = `
import { fetch } from "alga:extension/http";
export function handler({ http: { url } }) {
  if (url === "/loop") for (;;);
  const got = attempt(() => fetch({ method: "POST", url: "https://${UPSTREAM}" + url, headers: [] }));
  return answer(got.ok?.status ?? "no answer", got.ok ? 200 : 500);
}`;

/** Calls of a runner that went well, as its metrics name them. */
export const OK_CALLS = 'alga_runner_calls_total{code="ok"}';

/** One runner process. */
export interface RunnerProcess {
  readonly url: string;
  /** SIGKILL, and wait for the end. */
  kill(): Promise<void>;
  /** Start again on the same port; resolves when it says that it is ready. */
  start(): Promise<void>;
  /** One gauge or counter of its metrics. */
  metric(name: string): Promise<number>;
}

/** Runner processes behind one gateway, and an upstream that counts what reaches it. */
export interface RunnerFleet {
  /** Of the gateway. */
  readonly baseUrl: string;
  readonly invoker: HttpInvoker;
  readonly runners: readonly RunnerProcess[];
  /** Let the gateway know these and no others, and wait until it does. */
  know(runners: readonly RunnerProcess[]): Promise<void>;
  /** How often each path was asked for. */
  readonly effects: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Start `count` runners of the built packages, and a gateway in this process that knows installs of any id. */
export async function startRunnerFleet(count: number): Promise<RunnerFleet> {
  const directory = await mkdtemp(join(tmpdir(), "alga-fleet-"));
  const ends: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const effects = new Map<string, number>();
    const upstream = createServer((request, response) => {
      const path = request.url ?? "";
      effects.set(path, (effects.get(path) ?? 0) + 1);
      request.resume();
      setTimeout(() => response.end("done"), UPSTREAM_MS);
    });
    ends.push(() => closeServer(upstream));
    const upstreamPort = await listen(upstream);

    const keys = await generateCallKeys();
    const { archive, contentHash } = await packTestBundle(
      { component: await buildComponent(GUEST) },
      "failover",
    );
    const blob = join(directory, "blobs", bundleBlobPath(contentHash));
    await mkdir(dirname(blob), { recursive: true });
    await writeFile(blob, archive);
    const env = {
      PATH: process.env["PATH"] ?? "",
      TMPDIR: directory,
      RUNNER_UI_PORT: "0",
      RUNNER_BUNDLE_DIR: join(directory, "blobs"),
      ALGA_ALLOW_UNSIGNED: "1",
      ALGA_ALLOW_NO_WALL: "1",
      ALGA_EXIT_WITH_STDIN: "1",
      GATEWAY_PUBLIC_KEY: keys.gatewayPublicPem,
      RUNNER_PRIVATE_KEY_FILE: keys.runnerPrivatePem,
      ALGA_EGRESS_OVERRIDES: JSON.stringify({ [UPSTREAM]: `http://127.0.0.1:${upstreamPort}` }),
      // Few places, so that a test can take all; and time to wait for one, as a busy machine starts cells slowly.
      RUNTIME_LIMITS: JSON.stringify({ concurrentPerInstall: PLACES, queueMs: 20_000 }),
    };
    const runners = (await freePorts(count)).map((port) =>
      toRunnerProcess(port, { ...env, EXT_CACHE_ROOT: join(directory, `cache-${port}`) }),
    );
    for (const runner of runners) ends.push(() => runner.kill());
    await Promise.all(runners.map((runner) => runner.start()));

    const calls = await createNodeCallAuthority({
      issuer: "failover",
      privateKeyPem: keys.gatewayPrivatePem,
      runnerPublicKeyPem: keys.runnerPublicPem,
    });
    let known = runners.map(({ url }) => url);
    const invoker = createHttpInvoker({
      discover: async () => known,
      discoverEveryMs: 50,
      rampMs: RAMP_MS,
      calls,
    });
    ends.push(() => invoker.close());
    const gateway = createGateway({
      authenticate: async () => aPrincipal(),
      installs: {
        resolve: async ({ extensionId }) =>
          anInstall({
            installId: extensionId,
            contentHash,
            providers: ["cap:http.fetch"],
            egress: [UPSTREAM],
            endpoints: [
              { method: "POST", path: "/effects/:id", handler: "dist/main" },
              { method: "GET", path: "/reads/:id", handler: "dist/main" },
              { method: "GET", path: "/loop", handler: "dist/main" },
            ],
          }),
      },
      invoker,
      calls,
      hostApi: { storage: () => Promise.reject(new TypeError("no storage here")) },
      runnerAuthToken: "a-token-for-tests-only",
      audit: createMemoryAudit(),
      rateLimiter: createTokenBucket({ capacity: 1_000_000 }),
    });
    const server = createNodeServer((request) => gateway.fetch(request));
    ends.push(() => closeServer(server));
    const know = async (some: readonly RunnerProcess[]): Promise<void> => {
      known = some.map(({ url }) => url);
      await until("the gateway to know its runners", 5000, async () => {
        const urls = invoker.runners().map(({ url }) => url);
        return urls.length === known.length && urls.every((url) => known.includes(url));
      });
    };
    return { baseUrl: `http://127.0.0.1:${await listen(server)}`, invoker, runners, effects, know, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function toRunnerProcess(port: number, env: Readonly<Record<string, string>>): RunnerProcess {
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  return {
    url,
    async kill() {
      const killed = child;
      child = null;
      if (killed === null || killed.exitCode !== null || killed.signalCode !== null) return;
      killed.kill("SIGKILL");
      await once(killed, "close");
    },
    async start() {
      const started = spawn(process.execPath, [BIN], {
        env: { ...env, PORT: String(port) },
        stdio: ["pipe", "pipe", "pipe"],
      });
      child = started;
      let log = "";
      started.stderr.on("data", (chunk: Buffer) => (log += String(chunk)));
      const ended = once(started, "close").then(() => {
        throw new Error(`The runner ended: ${log}`);
      });
      ended.catch(() => undefined);
      await Promise.race([once(started.stdout, "data"), ended]);
    },
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split("\n").find((one) => one.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1) ?? 0);
    },
  };
}

/** Call one install until it answers: then it has a warm cell on the runner that the gateway chose. */
export async function warm(fleet: RunnerFleet, install: string, timeoutMs = 10_000): Promise<void> {
  await until("a warm cell", timeoutMs, async () => {
    const answer = await fetch(`${fleet.baseUrl}/api/ext/${install}/reads/warm`);
    await answer.arrayBuffer();
    return answer.status === 200;
  });
}

/** Two installs of each runner, by where the gateway sends their calls; all warm. */
export async function installsOf(fleet: RunnerFleet): Promise<ReadonlyMap<RunnerProcess, readonly string[]>> {
  const found = new Map(fleet.runners.map((runner) => [runner, [] as string[]]));
  const counts = () => Promise.all(fleet.runners.map((runner) => runner.metric(OK_CALLS)));
  for (let at = 0; [...found.values()].some((own) => own.length < 2); at += 1) {
    const before = await counts();
    await warm(fleet, `install-${at}`, PREPARED_MS);
    const after = await counts();
    const home = fleet.runners.find((_runner, index) => (after[index] ?? 0) > (before[index] ?? 0));
    if (home !== undefined) found.get(home)?.push(`install-${at}`);
  }
  return found;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as { port: number }).port;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
