import process from "node:process";
import { createRunnerBehind, type Runner } from "../create-runner.ts";
import { createJsonLogger } from "./json-logger.ts";
import { readEnvironment } from "./read-environment.ts";
import { registeredTracer } from "../tracing/registered-tracer.ts";
import type { Wall } from "../wall/wall.ts";
import { serve } from "./serve.ts";
import { warnOfVariables } from "./warn-of-variables.ts";

/** After the calls have ended, their answers may take this long to leave. */
const FLUSH_MS = 1_000;

/** How the process ends: 0 after a drain, 1 when it cannot run here, 2 when its configuration is wrong. */
type ExitCode = 0 | 1 | 2;

/** Run the runner as a process, behind a wall that is being raised, until a signal ends it; never rejects. */
export async function run(wall: Promise<Wall>): Promise<void> {
  const logger = createJsonLogger((line) => process.stderr.write(line));
  const fail = (code: ExitCode, error: unknown): void => {
    logger.error("runner cannot start", {
      error: error instanceof Error ? error.message : String(error),
      cause: error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined,
    });
    process.exit(code);
  };

  warnOfVariables(process.env, logger);
  const made = await readEnvironment(process.env, { logger })
    .then(async (read) => {
      if (read.runner.allowUnsigned === true)
        logger.warn("unsigned bundles are accepted (ALGA_ALLOW_UNSIGNED)");
      const tracer = registeredTracer("@alga-ext/runner");
      const traced = tracer === undefined ? {} : { tracer };
      return { ...read, runner: await createRunnerBehind({ ...read.runner, ...traced, logger }, () => wall) };
    })
    .catch(async (error: unknown) => {
      await wall.then((raised) => raised.close()).catch(() => undefined);
      fail(error instanceof TypeError ? 2 : 1, error);
    });
  if (made === undefined) return;
  const { runner, listen, trust, drainMs } = made;
  if (runner.wall === "none") logger.warn("cells run without an OS wall", { passedOver: runner.wallNotes });

  const server = await serve(runner, listen, { logger }).catch(async (error: unknown) => {
    await closeQuietly(runner);
    fail(1, error);
  });
  if (server === undefined) return;

  let isClosing = false;
  const close = (): void => {
    if (isClosing) return;
    isClosing = true;
    logger.info("runner drains", { drainMs });
    trust?.close();
    const connections = server.close();
    runner
      .close({ graceMs: drainMs })
      .then(() => Promise.race([connections, after(FLUSH_MS)]))
      .then(() => process.exit(0))
      .catch(() => process.exit(1));
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

async function closeQuietly(runner: Runner): Promise<void> {
  await runner.close({ graceMs: 0 }).catch(() => undefined);
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
