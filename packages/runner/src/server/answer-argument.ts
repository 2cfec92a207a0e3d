import { readFileSync } from "node:fs";
import { VARIABLES } from "./variables.ts";

/** What to print for an argument of the command line, and the exit code: there are `--help` and `--version`. */
export function answerArgument(argument: string): { readonly code: 0 | 2; readonly text: string } {
  if (argument === "--version" || argument === "-v") return { code: 0, text: `${readVersion()}\n` };
  if (argument === "--help" || argument === "-h") return { code: 0, text: toHelp() };
  return {
    code: 2,
    text: `alga-ext-runner takes no ${JSON.stringify(argument)}: it is configured by environment variables, see --help.\n`,
  };
}

function toHelp(): string {
  const width = Math.max(...Object.keys(VARIABLES).map(({ length }) => length)) + 2;
  const lines = Object.entries(VARIABLES).map(([name, help]) => `  ${name.padEnd(width)}${help}`);
  return [
    "alga-ext-runner: runs extension components in sandboxed processes and serves their UI.",
    "",
    "Configured by environment variables; prints `ready` when it listens.",
    "SIGTERM drains: running calls may end, new ones are refused.",
    "Exit codes: 0 drained, 1 cannot run here, 2 wrong configuration.",
    "",
    ...lines,
    "",
  ].join("\n");
}

function readVersion(): string {
  // Two levels up from src/server and from dist/server alike.
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
