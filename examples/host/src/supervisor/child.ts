import { spawn, type ChildProcess } from "node:child_process";

const BACKOFF_MS = [100, 250, 500, 1000, 2000, 5000];
const STABLE_AFTER_MS = 30_000;
const STOP_GRACE_MS = 6000;

/** How to start one long-running process of the deployment. */
export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/** A process that is started again when it dies, until {@link Child.stop}. */
export interface Child {
  /** Pid of the present process, or undefined between two. */
  readonly pid: number | undefined;
  /** SIGTERM, then SIGKILL after a grace period; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Start a child with its stdin held open: when this process dies, the child sees the end of stdin and ends too. */
export function startChild(options: ChildOptions): Child {
  let stopping = false;
  let restarts = 0;
  let current: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let gone = Promise.resolve();

  const start = (): void => {
    const startedAt = Date.now();
    const child = spawn(options.command, options.args, {
      env: { ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    current = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      let rest = "";
      stream.on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) options.log(`[${options.name}] ${line}`);
      });
    }
    child.stdin.on("error", () => {});
    gone = new Promise((resolve) => {
      child.once("error", (error) => options.log(`[${options.name}] cannot start: ${error.message}`));
      child.once("close", (code, signal) => {
        current = undefined;
        resolve();
        if (stopping) return;
        if (Date.now() - startedAt > STABLE_AFTER_MS) restarts = 0;
        const delay = BACKOFF_MS[Math.min(restarts++, BACKOFF_MS.length - 1)]!;
        options.log(`[${options.name}] ended (${signal ?? `code ${code}`}); starting again in ${delay} ms`);
        timer = setTimeout(start, delay);
      });
    });
  };
  start();

  return {
    get pid() {
      return current?.pid;
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      current?.kill("SIGTERM");
      const kill = setTimeout(() => current?.kill("SIGKILL"), STOP_GRACE_MS);
      await gone;
      clearTimeout(kill);
    },
  };
}
