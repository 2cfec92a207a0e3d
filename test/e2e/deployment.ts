import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DEMO_USERS } from "../../examples/host/src/demo-users.ts";

const START = fileURLToPath(new URL("../../examples/host/src/start.ts", import.meta.url));

/** A running reference deployment: supervisor, host app, runner, upstream, each a process of its own. */
export interface Deployment {
  readonly baseUrl: string;
  readonly runnerUrl: string;
  readonly runnerUiUrl: string;
  readonly dataDir: string;
  /** Pid of the supervisor. */
  readonly pid: number;
  /** Seconds from spawn to banner. */
  readonly startupSeconds: number;
  /** All it has printed so far. */
  output(): string;
  /** SIGTERM and wait for the end; the data stays. */
  stop(): Promise<void>;
}

/** Start the deployment as `npm start` does, on free ports and the given (or a new) data directory. */
export async function startDeployment(
  options: { dataDir?: string; ports?: readonly number[] } = {},
): Promise<Deployment> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "alga-e2e-")));
  const [host, runner, runnerUi, upstream] = options.ports ?? (await freePorts(4));
  const started = performance.now();
  const child = spawn(process.execPath, [START], {
    env: {
      ...process.env,
      ALGA_DATA_DIR: dataDir,
      PORT: String(host),
      RUNNER_PORT: String(runner),
      RUNNER_UI_PORT: String(runnerUi),
      DEMO_UPSTREAM_PORT: String(upstream),
      // Short enough to wait for, long enough for a busy machine.
      EXT_GATEWAY_TIMEOUT_MS: "6000",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const banner = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
        if (output.includes("is running (")) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`The deployment ended with code ${code}:\n${output}`)));
  });
  await banner.catch(async (error: unknown) => {
    if (options.dataDir === undefined) await removeData({ dataDir });
    throw error;
  });
  return {
    baseUrl: `http://localhost:${host}`,
    runnerUrl: `http://127.0.0.1:${runner}`,
    runnerUiUrl: `http://127.0.0.1:${runnerUi}`,
    dataDir,
    pid: child.pid!,
    startupSeconds: (performance.now() - started) / 1000,
    output: () => output,
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** Remove a deployment's data directory. */
export async function removeData(deployment: Pick<Deployment, "dataDir">): Promise<void> {
  await rm(deployment.dataDir, { recursive: true, force: true });
}

/** Ports nobody listens on just now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** `fetch` below the deployment's host with one user's session cookie. */
export type SessionFetch = (path: string, init?: RequestInit & { json?: unknown }) => Promise<Response>;

/** Log in over HTTP and return a `fetch` that carries the session. */
export async function login(
  baseUrl: string,
  who: { tenantId: string; role: "admin" | "member" | "client" },
): Promise<SessionFetch & { cookie: string }> {
  const user = DEMO_USERS.find((one) => one.tenantId === who.tenantId && one.role === who.role)!;
  const response = await fetch(`${baseUrl}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: user.email, password: user.password }),
  });
  const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
  const session: SessionFetch = (path, { json, ...init } = {}) =>
    fetch(baseUrl + path, {
      ...init,
      headers: {
        cookie,
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...(init.headers as Record<string, string> | undefined),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
  return Object.assign(session, { cookie });
}

/** One process of the machine. */
export interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly command: string;
}

/** All descendants of a process, from /proc. */
export async function descendants(pid: number): Promise<Process[]> {
  const all: Process[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => null);
    if (stat === null) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    // The name in parentheses may hold anything; the fields follow its last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] !== "Z")
      all.push({ pid: Number(entry), ppid: Number(fields[1]), command: command.replaceAll("\0", " ") });
  }
  const found: Process[] = [];
  const queue = [pid];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const process of all.filter((one) => one.ppid === next)) {
      found.push(process);
      queue.push(process.pid);
    }
  }
  return found;
}

/** Whether a process still runs; one that only waits for its parent to collect it does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}

/** A call of a version that nobody has prepared waits for that, for longer than it may on a busy machine. */
export const PREPARED_MS = 60_000;

/** Poll a condition until it holds; for processes and sockets, which tell nobody when they are done. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  probe: () => Promise<T | null | undefined | false>,
): Promise<T> {
  for (const deadline = Date.now() + timeoutMs; ;) {
    const value = await probe();
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms for ${what}.`);
    await delay(20);
  }
}
