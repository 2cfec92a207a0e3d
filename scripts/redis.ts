import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";

/** Where tests of the Redis adapters look too (`packages/gateway/src/testing/kit/redis-server.ts`). */
const CANDIDATES = [
  process.env["REDIS_SERVER_PATH"],
  "/usr/bin/redis-server",
  "/usr/local/bin/redis-server",
  "/opt/homebrew/bin/redis-server",
];

/** Path of an installed redis-server, or null. */
export function findRedis(): string | null {
  for (const path of CANDIDATES) {
    if (path === undefined) continue;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // the next one
    }
  }
  return null;
}

/** Find redis-server, or install it through apt when running as root on Debian; throws with what to do otherwise. */
export function ensureRedis(): string {
  const found = findRedis();
  if (found !== null) return found;
  if (process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0) {
    process.stderr.write("redis-server is missing: installing it with apt-get …\n");
    // RUNLEVEL=1: tests start their own, no service is wanted.
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
    spawnSync("apt-get", ["update", "-qq"], { stdio: ["ignore", "ignore", "inherit"], env });
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "redis-server"], {
      stdio: ["ignore", "ignore", "inherit"],
      env,
    });
    const installed = findRedis();
    if (installed !== null) return installed;
  }
  throw new Error(
    "No redis-server found. Install it (Debian: apt-get install redis-server), or set REDIS_SERVER_PATH to its executable.",
  );
}
