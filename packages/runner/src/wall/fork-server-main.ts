/**
 * The process that starts others for the supervisor, made `dist/fork-server.cjs` by `scripts/bundle.ts`.
 *
 * A fork copies the page tables of who forks and stops it for as long as that and the start of the new program take:
 * 10 ms and more for a supervisor with some hundred MiB, in which it answers no call. This process stays small. It has no
 * code of extensions, and of what its children say only the first words on stderr; it ends with its channel, and they
 * with it, by the parent-death signal that every command starts with.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { Stream } from "node:stream";
import { closeInherited } from "./close-inherited.ts";
import type { ForkReport, ForkRequest } from "./fork-messages.ts";
import type { ProcessEnd } from "./sandboxed-process.ts";

const IPC_FD = 3;
const MAX_COMPLAINT_CHARS = 2048;
/** Its stderr may be held by something else, such as the queue of its own stdin, which closes when we say that it ended. */
const LAST_WORDS_MS = 100;

const children = new Map<number, ChildProcess>();
const report = (message: ForkReport, pipe?: Stream) =>
  process.send?.(message, pipe as Socket | undefined, {}, () => undefined);

const spawnPiped = (file: string, args: readonly string[]) =>
  spawn(file, args, { env: {}, cwd: "/", stdio: ["pipe", "pipe", "pipe"] });

function start(id: number, file: string, args: readonly string[]): void {
  let complaint = "";
  const end = ({ code, signal }: ProcessEnd) => report({ kind: "ended", id, code, signal, complaint });
  const fail = (error: unknown) => {
    complaint = String(error);
    end({ code: null, signal: null });
  };
  let child: ReturnType<typeof spawnPiped>;
  try {
    child = spawnPiped(file, args);
  } catch (error) {
    // No memory for another process is no reason to take all others along.
    fail(error);
    return;
  }
  if (child.pid === undefined) {
    child.on("error", fail);
    return;
  }
  children.set(id, child);
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString("utf8")).slice(0, MAX_COMPLAINT_CHARS);
    // A flood meets a broken pipe, not our attention.
    if (complaint.length === MAX_COMPLAINT_CHARS) child.stderr.destroy();
  });
  for (const one of [child, ...child.stdio]) one?.on("error", () => undefined);
  child.on("exit", (code, signal) => {
    children.delete(id);
    if (child.stderr.closed) {
      end({ code, signal });
      return;
    }
    const timer = setTimeout(() => child.stderr.destroy(), LAST_WORDS_MS);
    child.stderr.on("close", () => {
      clearTimeout(timer);
      end({ code, signal });
    });
  });
  report({ kind: "output", id }, child.stdout);
  report({ kind: "input", id, pid: child.pid }, child.stdin);
  // A receiver without descriptors is told nothing of messages that had one.
  report({ kind: "piped", id });
}

closeInherited(IPC_FD + 1);
process.on("message", (request: ForkRequest) => {
  if (request.kind === "start") start(request.id, request.file, request.args);
  else {
    children.get(request.id)?.kill("SIGKILL");
    report({ kind: "heard", id: request.id });
  }
});
process.on("disconnect", () => process.exit(0));
// A socket that finds no descriptor free where it arrives is sent again by node, and when that one arrives it is
// acknowledged twice, of which node's own code says that it cannot be. It is no reason to take all processes along.
process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
  if (error.code === "ERR_INTERNAL_ASSERTION") return;
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
// A terminal or a service manager tells all processes at once to end; the supervisor lets calls end first, which takes us.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
