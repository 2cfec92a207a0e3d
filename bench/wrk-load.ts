import { execFile, execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { requestsOf, type LoadOrder, type LoadReport } from "./load-order.ts";

/** Whether this machine has `wrk` (Debian: `apt-get install wrk`). */
export function hasWrk(): boolean {
  try {
    execFileSync("wrk", ["--version"], { stdio: "ignore" });
    return true;
  } catch (error) {
    // It prints its version and exits with 1.
    return (error as { code?: unknown }).code !== "ENOENT";
  }
}

/**
 * As `raw-load.ts`, by wrk: a client that takes a few microseconds for a request measures the server and not itself,
 * which counts where both share two cores.
 */
export async function loadByWrk(order: LoadOrder): Promise<LoadReport> {
  const dir = await mkdtemp(join(tmpdir(), "alga-bench-"));
  const file = join(dir, "requests");
  try {
    await pipeline(Readable.from(framed(order)), createWriteStream(file));
    const script = fileURLToPath(new URL("./wrk-load.lua", import.meta.url));
    const { stdout } = await promisify(execFile)("wrk", [
      "--threads=1",
      `--connections=${order.connections}`,
      `--duration=${Math.ceil(order.ms / 1_000)}s`,
      `--script=${script}`,
      `http://127.0.0.1:${order.port}`,
      "--",
      file,
      order.expect,
      order.sign === undefined ? "often" : "once",
    ]);
    return JSON.parse(stdout.slice(stdout.indexOf("{"))) as LoadReport;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function* framed(order: LoadOrder): Generator<Buffer> {
  let left = order.sign?.count ?? order.bodies.length;
  for (const request of requestsOf(order)) {
    if (left-- === 0) return;
    yield Buffer.concat([Buffer.from(String(request.length).padStart(8, "0")), request]);
  }
}
