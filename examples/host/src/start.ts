/** `npm start`: supervises the host app, the runner and a demo upstream; everything it keeps lies in one directory. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startChild } from "./supervisor/child.ts";
import { ensureKeys, ensureSessionKey } from "./supervisor/keys.ts";
import { lockDataDir } from "./supervisor/lock.ts";
import { assertFree, listener } from "./supervisor/ports.ts";
import { publishSample } from "./supervisor/sample.ts";
import { seedOnce } from "./supervisor/seed.ts";
import { followTrustedKeys } from "./supervisor/trusted-keys.ts";
import { banner } from "./supervisor/banner.ts";
import { telemetryVariables } from "./telemetry.ts";
import { createUpstream } from "./upstream.ts";

const startedAt = performance.now();
const root = new URL("../../../", import.meta.url).pathname;
const dataDir = resolve(process.env["ALGA_DATA_DIR"] ?? `${root}.data`);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const progress = (text: string): void => say(`  ${text} …`);

async function main(): Promise<void> {
  const host = listener("PORT", 3000, "host app");
  const runner = listener("RUNNER_PORT", 8080, "runner, internal");
  const runnerUi = listener("RUNNER_UI_PORT", 3001, "runner, extension UI");
  const upstreamPort = listener("DEMO_UPSTREAM_PORT", 4010, "demo upstream");
  const hostUrl = `http://localhost:${host.port}`;
  const runnerPublicBase = `http://127.0.0.1:${runnerUi.port}`;
  await assertFree([host, runner, runnerUi, upstreamPort]);
  const unlock = await lockDataDir(dataDir);
  const keys = await ensureKeys(dataDir);
  await ensureSessionKey(dataDir);
  const trusted = await followTrustedKeys({ keysDir: keys.dir, ownPem: keys.trustPem, say });
  // What a killed runner leaves behind lies here, and goes at the next start.
  const temporary = `${dataDir}/tmp`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o700 });

  const upstream = createUpstream({ say }).listen(upstreamPort.port, "127.0.0.1");
  await once(upstream, "listening");

  // Secrets between the two processes are new at every start and never on a command line.
  const telemetry = telemetryVariables(process.env);
  const shared = {
    PATH: process.env["PATH"] ?? "",
    ...telemetry,
    TMPDIR: temporary,
    EXT_GATEWAY_TIMEOUT_MS: process.env["EXT_GATEWAY_TIMEOUT_MS"] ?? "30000",
    ALGA_AUTH_KEY: randomBytes(32).toString("base64url"),
    RUNNER_STORAGE_API_TOKEN: randomBytes(32).toString("base64url"),
    RUNNER_PUBLIC_BASE: runnerPublicBase,
  };
  const hostProcess = startChild({
    name: "host",
    command: process.execPath,
    args: [new URL("./server.ts", import.meta.url).pathname],
    env: {
      ...shared,
      ALGA_DATA_DIR: dataDir,
      ALGA_VERBOSE: process.env["ALGA_VERBOSE"] ?? "",
      TRUST_BUNDLE: trusted.file,
      PORT: String(host.port),
      HOST: "127.0.0.1",
      RUNNER_BASE_URL: `http://127.0.0.1:${runner.port}`,
    },
    log: logLine,
  });
  const runnerProcess = startChild({
    name: "runner",
    command: process.execPath,
    args: [
      // As `alga-ext-runner` does where a shell starts it.
      "--max-semi-space-size=4",
      ...("OTEL_EXPORTER_OTLP_ENDPOINT" in telemetry
        ? ["--import", new URL("./trace-runner.ts", import.meta.url).href]
        : []),
      createRequire(import.meta.url)
        .resolve("@alga-ext/runner")
        .replace(/index\.js$/, "bin.js"),
    ],
    env: {
      ...shared,
      PORT: String(runner.port),
      HOST: "127.0.0.1",
      RUNNER_UI_PORT: String(runnerUi.port),
      EXT_CACHE_ROOT: `${dataDir}/runner-cache`,
      RUNNER_BUNDLE_DIR: `${dataDir}/blobs`,
      SIGNING_TRUST_BUNDLE: trusted.file,
      GATEWAY_PUBLIC_KEY: keys.gatewayPublicPem,
      RUNNER_PRIVATE_KEY_FILE: `${keys.dir}/runner.pem`,
      REGISTRY_BASE_URL: `http://127.0.0.1:${host.port}`,
      ALGA_HOST_DOMAINS: "1",
      ALGA_EGRESS_OVERRIDES: JSON.stringify({
        "api.ledgerline.example": `http://127.0.0.1:${upstreamPort.port}`,
      }),
      // Ledgerline is ours; the ids of a trace are nothing for strangers.
      ALGA_TRACE_EGRESS_HOSTS: "api.ledgerline.example",
      EXT_UI_FRAME_ANCESTORS: hostUrl,
      ALGA_EXIT_WITH_STDIN: "1",
      ALGA_ALLOW_NO_WALL: "1",
    },
    log: logLine,
  });

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      say("\nStopping …");
      await Promise.all([hostProcess.stop(), runnerProcess.stop()]);
      upstream.close();
      trusted.close();
      await unlock();
      process.exit(0);
    })());
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());

  progress("starting host app and runner");
  const [, runnerHealth] = await Promise.all([
    untilHealthy(`http://127.0.0.1:${host.port}/healthz`),
    untilHealthy(`http://127.0.0.1:${runner.port}/healthz`),
  ]);
  const sample = await publishSample({
    name: "agreements",
    projectDir: `${root}examples/extensions/agreements`,
    dataDir,
    baseUrl: hostUrl,
    keys,
    progress,
  });
  await seedOnce({ dataDir, baseUrl: hostUrl, registryId: sample.registryId, version: sample.version });
  process.stdout.write(
    banner({
      hostUrl,
      runnerUrl: `http://127.0.0.1:${runner.port}`,
      runnerPublicBase,
      wall: typeof runnerHealth["wall"] === "string" ? runnerHealth["wall"] : "unknown",
      database: "PGlite (embedded Postgres)",
      dataDir,
      extensionId: sample.registryId,
      version: sample.version,
      seconds: (performance.now() - startedAt) / 1000,
    }),
  );
}

function logLine(line: string): void {
  if (!line.endsWith("] ready")) say(line);
}

async function untilHealthy(url: string): Promise<Record<string, unknown>> {
  for (const deadline = Date.now() + 60_000; ;) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok === true) return (await response.json()) as Record<string, unknown>;
    if (Date.now() > deadline)
      throw new Error(`${url} did not become healthy within 60 s; see the lines above.`);
    await delay(50);
  }
}

await main().catch((error: unknown) => {
  say(`\nCannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
