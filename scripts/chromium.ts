import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";

const CANDIDATES = [
  process.env["CHROMIUM_PATH"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Flags for a quiet headless Chromium; `--no-sandbox` only because root cannot use Chromium's own sandbox. */
export const CHROMIUM_ARGS: readonly string[] = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Path of an installed Chromium, or null. */
export function findChromium(): string | null {
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

/** Find Chromium, or install it through apt when running as root on Debian; throws with what to do otherwise. */
export function ensureChromium(): string {
  const found = findChromium();
  if (found !== null) return found;
  if (process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0) {
    process.stderr.write("Chromium is missing: installing it with apt-get …\n");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { stdio: ["ignore", "ignore", "inherit"], env });
    spawnSync("apt-get", ["install", "-y", "-qq", "chromium"], {
      stdio: ["ignore", "ignore", "inherit"],
      env,
    });
    const installed = findChromium();
    if (installed !== null) return installed;
  }
  throw new Error(
    "No Chromium found. Install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to its executable.",
  );
}
