#!/usr/bin/env node
/**
 * The runner as a process, configured by environment variables (see the README). Prints `ready` when it listens;
 * ends on SIGTERM, SIGINT, and with ALGA_EXIT_WITH_STDIN when stdin closes.
 */
import process from "node:process";
import { createRunner } from "./create-runner.ts";
import { createJsonLogger } from "./server/json-logger.ts";
import { readEnvironment } from "./server/read-environment.ts";
import { serve } from "./server/serve.ts";

const GRACE_MS = 4_000;
const logger = createJsonLogger((line) => process.stderr.write(line));

async function main(): Promise<void> {
  const { runner: options, listen, trust } = await readEnvironment(process.env, { logger });
  if (options.allowUnsigned === true) logger.warn("unsigned bundles are accepted (ALGA_ALLOW_UNSIGNED)");
  const runner = await createRunner({ ...options, logger });
  if (runner.wall === "none") logger.warn("cells run without an OS wall", { passedOver: runner.wallNotes });
  const server = await serve(runner, listen).catch(async (error: unknown) => {
    await runner.close({ graceMs: 0 });
    throw error;
  });
  let closing = false;
  const close = (): void => {
    if (closing) return;
    closing = true;
    trust?.close();
    const connections = server.close();
    runner
      .close({ graceMs: GRACE_MS })
      .then(() => process.exit(0))
      .catch(() => process.exit(1));
    connections.catch(() => undefined);
  };
  process.once("SIGTERM", close);
  process.once("SIGINT", close);
  if (listen.exitWithStdin) {
    process.stdin.on("end", close);
    process.stdin.on("error", close);
    process.stdin.resume();
  }
  logger.info("runner is ready", { wall: runner.wall, port: server.port, uiPort: server.uiPort });
  process.stdout.write("ready\n");
}

main().catch((error: unknown) => {
  logger.error("runner cannot start", {
    error: error instanceof Error ? error.message : String(error),
    cause: error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined,
  });
  process.exit(1);
});
