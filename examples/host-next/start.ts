/** `npm start -w examples/host-next`: builds the app, then runs it with a runner and a sample extension. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { ensureKeys, ensureSessionKey } from "../host/src/supervisor/keys.ts";
import { supervise } from "../host-express/supervise.ts";

const here = import.meta.dirname;
const dataDir = resolve(process.env["ALGA_DATA_DIR"] ?? `${here}/.data`);
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");

const build = spawn(process.execPath, [next, "build", here], {
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
});
const cancel = (): void => void build.kill();
process.once("SIGTERM", cancel).once("SIGINT", cancel);
const [code] = (await once(build, "exit")) as [number | null];
if (code !== 0) process.exit(code ?? 1);
process.off("SIGTERM", cancel).off("SIGINT", cancel);

await ensureKeys(dataDir);
await ensureSessionKey(dataDir);
await supervise({
  dataDir,
  loginPath: "/session",
  toArgs: (port) => [next, "start", here, "--port", String(port), "--hostname", "127.0.0.1"],
  env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", NEXT_MANUAL_SIG_HANDLE: "true" },
});
