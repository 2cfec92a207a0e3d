/** Development only: keys, runner and host as two processes, and the sample `hello` published and installed. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { startChild } from "../host/src/supervisor/child.ts";
import { ensureKeys } from "../host/src/supervisor/keys.ts";
import { lockDataDir } from "../host/src/supervisor/lock.ts";
import { assertFree, listener } from "../host/src/supervisor/ports.ts";
import { publishSample } from "../host/src/supervisor/sample.ts";

const HELLO = fileURLToPath(new URL("../extensions/hello", import.meta.url));
const RUNNER = createRequire(import.meta.url)
  .resolve("@alga-ext/runner")
  .replace(/index\.js$/, "bin.js");
const END_WITH_STDIN = new URL("end-with-stdin.ts", import.meta.url).href;
const STARTING_MS = 60_000;

/** The host to run. */
export interface SuperviseOptions {
  readonly dataDir: string;
  /** Where it takes `email` and `password` from a form, and sets the session's cookie. */
  readonly loginPath: string;
  /** Arguments of Node that start it, with what it needs in its environment, on this port of 127.0.0.1. */
  readonly toArgs: (port: number) => readonly string[];
  /** What else it needs in its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Run a host and its runner until SIGTERM or SIGINT; prints where it is once Ada can say hello. */
export async function supervise(options: SuperviseOptions): Promise<void> {
  const { dataDir } = options;
  const host = listener("PORT", 3000, "host app");
  const runner = listener("RUNNER_PORT", 8080, "runner, internal");
  const runnerUi = listener("RUNNER_UI_PORT", 3001, "runner, extension UI");
  await assertFree([host, runner, runnerUi]);
  const unlock = await lockDataDir(dataDir);
  const keys = await ensureKeys(dataDir);
  const temporary = `${dataDir}/tmp`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o700 });

  const baseUrl = `http://localhost:${host.port}`;
  const shared = {
    PATH: process.env["PATH"] ?? "",
    TMPDIR: temporary,
    ALGA_DATA_DIR: dataDir,
    ALGA_AUTH_KEY: randomBytes(32).toString("base64url"),
    RUNNER_STORAGE_API_TOKEN: randomBytes(32).toString("base64url"),
    RUNNER_PUBLIC_BASE: `http://127.0.0.1:${runnerUi.port}`,
    HOST: "127.0.0.1",
  };
  const children = [
    startChild({
      name: "runner",
      command: process.execPath,
      // As `alga-ext-runner` does where a shell starts it.
      args: ["--max-semi-space-size=4", RUNNER],
      env: {
        ...shared,
        PORT: String(runner.port),
        RUNNER_UI_PORT: String(runnerUi.port),
        EXT_CACHE_ROOT: `${dataDir}/runner-cache`,
        RUNNER_BUNDLE_DIR: `${dataDir}/blobs`,
        SIGNING_TRUST_BUNDLE: `${keys.dir}/signing.pub.pem`,
        GATEWAY_PUBLIC_KEY: keys.gatewayPublicPem,
        RUNNER_PRIVATE_KEY_FILE: `${keys.dir}/runner.pem`,
        REGISTRY_BASE_URL: `http://127.0.0.1:${host.port}`,
        EXT_UI_FRAME_ANCESTORS: baseUrl,
        ALGA_EXIT_WITH_STDIN: "1",
        ALGA_ALLOW_NO_WALL: "1",
      },
      log,
    }),
    startChild({
      name: "host",
      command: process.execPath,
      args: ["--import", END_WITH_STDIN, ...options.toArgs(host.port)],
      env: {
        ...shared,
        PORT: String(host.port),
        RUNNER_BASE_URL: `http://127.0.0.1:${runner.port}`,
        ...options.env,
      },
      log,
    }),
  ];
  const stop = async (code: number): Promise<void> => {
    await Promise.all(children.map((child) => child.stop()));
    await unlock();
    process.exit(code);
  };
  process.once("SIGTERM", () => void stop(0));
  process.once("SIGINT", () => void stop(0));

  const prepare = async (): Promise<void> => {
    await Promise.all([untilUp(`${baseUrl}/login`), untilUp(`http://127.0.0.1:${runner.port}/healthz`)]);
    const sample = await publishSample({
      name: "hello",
      projectDir: HELLO,
      dataDir,
      baseUrl,
      keys,
      progress: (text) => log(`${text} …`),
    });
    const marker = `${dataDir}/seeded`;
    if (!existsSync(marker)) {
      await installForAcme({ baseUrl, loginPath: options.loginPath, sample });
      await writeFile(marker, "");
    }
  };
  await prepare().catch(async (error: unknown) => {
    log(`Cannot start: ${error instanceof Error ? error.message : String(error)}`);
    await stop(1);
  });
  process.stdout.write(
    `\n  ${baseUrl} is running; log in as ada@acme.test (has Hello) or grace@globex.test, password demo-password.\n` +
      `  Ctrl-C stops everything; what it keeps lies in ${dataDir}.\n\n`,
  );
}

/**
 * Install the sample for acme as its administrator would, and call it once, so that nobody waits for its preparation.
 * Done once for each data directory: what was uninstalled stays so.
 */
async function installForAcme(options: {
  readonly baseUrl: string;
  readonly loginPath: string;
  readonly sample: { readonly registryId: string; readonly version: string };
}): Promise<void> {
  const { baseUrl, loginPath, sample } = options;
  const login = await fetch(baseUrl + loginPath, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ email: "ada@acme.test", password: "demo-password" }),
  });
  const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { registryId, version } = sample;
  const installed = await fetch(`${baseUrl}/api/v1/extensions/install`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify({
      registryId,
      version,
      grants: { capabilities: ["cap:storage.kv"], egress: [] },
    }),
  });
  if (!installed.ok && installed.status !== 409) {
    throw new Error(`The sample cannot be installed: ${installed.status} ${await installed.text()}`);
  }
  // On a busy machine the first call, which prepares the component, may take longer than a call is allowed to.
  for (let tries = 1; ; tries++) {
    const call = await fetch(`${baseUrl}/api/ext/${registryId}/greetings`, { headers: { cookie } });
    if (call.ok) return;
    if (call.status !== 504 || tries === 5) {
      throw new Error(`The sample cannot be called: ${call.status} ${await call.text()}`);
    }
  }
}

async function untilUp(url: string): Promise<void> {
  for (const deadline = Date.now() + STARTING_MS; ;) {
    const response = await fetch(url).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok === true) return;
    if (Date.now() > deadline) throw new Error(`${url} is not up after 60 s; see the lines above.`);
    await delay(50);
  }
}

function log(line: string): void {
  process.stderr.write(`  ${line}\n`);
}
