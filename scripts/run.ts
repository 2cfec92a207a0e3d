import { spawn } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository root, without a trailing slash. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** Options of {@link run}. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Collect stdout instead of showing it. @default false */
  readonly quiet?: boolean;
}

/** Run a command with the repository's own tools first on PATH; resolves with its exit code and, when quiet, its stdout. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number; stdout: string }> {
  const path = `${ROOT}/node_modules/.bin${delimiter}${process.env["PATH"] ?? ""}`;
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...options.env, PATH: path },
    stdio: ["ignore", options.quiet === true ? "pipe" : "inherit", "inherit"],
  });
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, stdout }));
  });
}

/** Run commands in order and stop the process with the first failing exit code. */
export async function runAll(
  steps: readonly (readonly [command: string, ...args: string[]])[],
): Promise<void> {
  for (const [command, ...args] of steps) {
    const { code } = await run(command, args);
    if (code !== 0) {
      process.stderr.write(`failed (${code}): ${command} ${args.join(" ")}\n`);
      process.exit(code);
    }
  }
}
