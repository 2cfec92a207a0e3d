/** `npm start -w examples/host-express`: the host of `main.ts` with a runner and a sample extension. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { supervise } from "./supervise.ts";

await supervise({
  dataDir: resolve(process.env["ALGA_DATA_DIR"] ?? `${import.meta.dirname}/.data`),
  loginPath: "/login",
  toArgs: () => [fileURLToPath(new URL("main.ts", import.meta.url))],
});
