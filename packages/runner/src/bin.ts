#!/usr/bin/env -S node --max-semi-space-size=4
/**
 * The runner as a process, configured by environment variables (see the README, or `--help`). Prints `ready` when it
 * listens; ends on SIGTERM, SIGINT, and with ALGA_EXIT_WITH_STDIN when stdin closes. Exit codes: 0 after a drain, 1 when
 * it cannot run here, 2 when its configuration or command line is wrong.
 *
 * Young objects get two halves of 4 MiB. V8 by itself was seen to take 51 MiB for them, in steps, each the first time that
 * so busy a moment comes; little survives a call, so that gave no speed. It has to be known when the process starts.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

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
  const { start } = isBundled()
    ? (createRequire(import.meta.url)(pathOf("server/start.cjs")) as typeof import("./server/start.ts"))
    : await import("./server/start.ts");
  await start();
} else {
  const { answerArgument } = await import("./server/answer-argument.ts");
  const { code, text } = answerArgument(argument);
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exitCode = code;
}

/**
 * Whether all modules are there as one file, which loads in a quarter of their time. In a checkout `tsc` may have written
 * modules since it was made; a package that is installed has no build information.
 */
function isBundled(): boolean {
  return existsSync(pathOf("server/start.cjs")) && textOf(".tsbuildinfo") === textOf(".bundled.tsbuildinfo");
}

function textOf(name: string): string {
  return existsSync(pathOf(name)) ? readFileSync(pathOf(name), "utf8") : "";
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
