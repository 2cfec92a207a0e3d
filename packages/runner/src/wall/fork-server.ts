import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { ForkReport, ForkRequest } from "./fork-messages.ts";
import { createForkedProcess, type ForkedProcess } from "./forked-process.ts";
import type { SandboxedProcess } from "./sandboxed-process.ts";
import type { CommandLine } from "./wall.ts";

/** Starts processes in a small process of its own, so that a start stops nobody. */
export interface ForkServer {
  /**
   * Start a program with an empty environment and three pipes. Never throws: what cannot be started ends at once.
   *
   * It has to wait for its input before it says anything: what it writes while its pipes are on their way can get lost.
   * A fork server that died takes its processes along, and the next start brings a new one.
   */
  start(command: CommandLine): SandboxedProcess;
  /** End it and all it started. */
  close(): Promise<void>;
}

const MAX_COMPLAINT_CHARS = 2048;
/** What it said last may come after its end; but something it started may hold its stderr for good. */
const LAST_WORDS_MS = 100;
/** Twice in a row without a word after a request: it hangs, and what it should kill goes on. */
const SILENCE_MS = 15_000;
// A heap for a few messages: what it does not map need not be copied by each fork.
const NODE_FLAGS = [
  "--max-old-space-size=32",
  "--max-semi-space-size=1",
  "--v8-pool-size=1",
  "--no-warnings",
];

/**
 * Start a fork server; it needs no waiting for.
 *
 * @param around makes the command line that runs node with these arguments where processes are to be started from
 */
export function startForkServer(around: (nodeArgs: readonly string[]) => CommandLine): ForkServer {
  let running: Running | null = null;
  let lastId = 0;
  let isClosed = false;
  return {
    start(command) {
      lastId += 1;
      if (isClosed) return neverRan("the wall is closed");
      try {
        if (running?.isAlive !== true) running = runForkServer(around);
      } catch (error) {
        return neverRan(String(error));
      }
      return running.start(lastId, command);
    },
    async close() {
      isClosed = true;
      await running?.close();
    },
  };
}

const neverRan = (why: string): SandboxedProcess => createForkedProcess({ kill: () => undefined }).lose(why);

interface Running {
  readonly isAlive: boolean;
  start(id: number, command: CommandLine): SandboxedProcess;
  close(): Promise<void>;
}

function runForkServer(around: (nodeArgs: readonly string[]) => CommandLine): Running {
  const main = fileURLToPath(new URL("../../dist/fork-server.cjs", import.meta.url));
  const { file, args } = around([...NODE_FLAGS, main]);
  const child = spawn(file, args, { env: {}, cwd: "/", stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const processes = new Map<number, ForkedProcess>();
  let complaint = "";
  let isAlive = true;
  const ended = Promise.withResolvers<void>();
  let silence: NodeJS.Timeout | null = null;
  const hear = () => {
    if (silence !== null) clearTimeout(silence);
    silence = null;
  };
  const listen = (isSecondTime: boolean) => {
    // Its words may be there already, when it was we who hung: the second time they have been read.
    const look = () => (isSecondTime ? child.kill("SIGKILL") : listen(true));
    silence = setTimeout(look, SILENCE_MS).unref();
  };
  const lost = (why: string) => {
    if (!isAlive) return;
    isAlive = false;
    hear();
    ended.resolve();
    for (const one of processes.values()) one.lose(`its fork server ended (${why}) ${complaint}`.trim());
    processes.clear();
  };
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString("utf8")).slice(0, MAX_COMPLAINT_CHARS);
  });
  child.on("error", (error) => lost(error.message));
  child.on("close", (code, signal) => lost(`${signal ?? code}`));
  child.on("exit", (code, signal) => setTimeout(() => lost(`${signal ?? code}`), LAST_WORDS_MS));
  child.on("message", (report: ForkReport, socket?: Socket) => {
    hear();
    const one = processes.get(report.id);
    if (one === undefined) socket?.destroy();
    else tell(one, report, socket);
  });
  holdOpenOnly(child, false);
  const send = (request: ForkRequest) => {
    // It may have ended without our knowing yet.
    if (!child.connected) return;
    child.send(request, () => undefined);
    if (silence === null) listen(false);
  };
  return {
    get isAlive() {
      return isAlive && child.connected;
    },
    start(id, command) {
      const started = createForkedProcess({ kill: () => send({ kind: "kill", id }) });
      processes.set(id, started);
      holdOpenOnly(child, true);
      void started.ended.then(() => {
        processes.delete(id);
        if (processes.size === 0) holdOpenOnly(child, false);
      });
      send({ kind: "start", id, ...command });
      return started;
    },
    async close() {
      holdOpenOnly(child, true);
      child.kill("SIGKILL");
      await ended.promise;
    },
  };
}

function tell(one: ForkedProcess, report: ForkReport, socket: Socket | undefined): void {
  switch (report.kind) {
    case "output":
    case "input":
      if (socket === undefined) one.missPipe();
      else if (report.kind === "output") one.attachOutput(socket);
      else one.attachInput(socket, report.pid);
      return;
    case "heard":
      return;
    case "piped":
      one.expectPipes();
      return;
    case "ended":
      one.end({ code: report.code, signal: report.signal }, report.complaint);
  }
}

/** Our process lives on for what was started, and not for a fork server that has nothing to do. */
function holdOpenOnly(child: ChildProcess, isNeeded: boolean): void {
  const stderr = child.stderr as Socket | null;
  for (const one of [child, child.channel, stderr]) {
    if (isNeeded) one?.ref();
    else one?.unref();
  }
}
