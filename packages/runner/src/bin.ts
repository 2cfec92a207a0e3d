#!/usr/bin/env node
/**
 * The runner as a process, configured by environment variables (see the README, or `--help`). Prints `ready` when it
 * listens; ends on SIGTERM, SIGINT, and with ALGA_EXIT_WITH_STDIN when stdin closes. Exit codes: 0 after a drain, 1 when
 * it cannot run here, 2 when its configuration or command line is wrong.
 */
import process from "node:process";

const MIN_NODE = 24;

// Before anything else is loaded: older versions would stop at a syntax or a module they do not know.
if (Number(process.versions.node.split(".")[0]) < MIN_NODE) {
  process.stderr.write(
    `alga-ext-runner needs Node ${MIN_NODE} or later; this is ${process.version} (${process.execPath}).\n`,
  );
  process.exit(2);
}

const [argument] = process.argv.slice(2);
if (argument === undefined) {
  const { run } = await import("./server/run.ts");
  await run();
} else {
  const { answerArgument } = await import("./server/answer-argument.ts");
  const { code, text } = answerArgument(argument);
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exitCode = code;
}
