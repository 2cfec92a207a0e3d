import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A Redis of a test's own, in memory, reached by a Unix socket. */
export interface RedisServer {
  /** Path of its socket. */
  readonly socket: string;
  /** End it and remove what it left. */
  stop(): Promise<void>;
}

const CANDIDATES = [
  process.env["REDIS_SERVER_PATH"],
  "/usr/bin/redis-server",
  "/usr/local/bin/redis-server",
  "/opt/homebrew/bin/redis-server",
];

/** Start a Redis that keeps nothing and listens on no port; resolves when it takes connections. */
export async function startRedis(): Promise<RedisServer> {
  const binary = CANDIDATES.find((path) => path !== undefined && existsSync(path));
  if (binary === undefined)
    throw new Error("No redis-server: install it, or set REDIS_SERVER_PATH to its executable.");
  const dir = await mkdtemp(join(tmpdir(), "alga-redis-"));
  const socket = join(dir, "s");
  const child = spawn(
    binary,
    ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", dir],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let output = "";
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`redis-server ended with ${code}:\n${output}`)));
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      if (/ready to accept connections/i.test(output)) resolve();
    });
  });
  return {
    socket,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
