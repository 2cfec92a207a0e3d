import type { Socket } from "node:net";
import type { ProcessEnd, SandboxedProcess } from "./sandboxed-process.ts";

/** A process whose pipes arrive one after the other, from the fork server that started it. */
export interface ForkedProcess extends SandboxedProcess {
  attachOutput(socket: Socket): void;
  /** The last one: from now on it runs. */
  attachInput(socket: Socket, pid: number): void;
  /** A pipe was closed before it was sent: the process has ended, or is about to. */
  missPipe(): void;
  /** Both were sent. A process that lost one on the way is of no use, and is ended. */
  expectPipes(): void;
  /** The process ended; its output may have something left. */
  end(how: ProcessEnd, complaint: string): void;
  /** It never ran, or nobody knows how it goes on. */
  lose(why: string): this;
}

/** A process that was asked for. */
export function createForkedProcess({ kill }: Pick<SandboxedProcess, "kill">): ForkedProcess {
  return new PipedProcess(kill);
}

interface Written {
  readonly parts: readonly Uint8Array[];
  readonly onTaken: (() => void) | undefined;
}

class PipedProcess implements ForkedProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly kill: () => void;
  #pid: number | undefined;
  #input: Socket | null = null;
  #isInputEnded = false;
  #isEnding = false;
  #waiting: Written[] = [];
  #waitingBytes = 0;
  #listener: (chunk: Buffer) => void = () => undefined;
  #complaint = "";
  #how: ProcessEnd | null = null;
  #output: Socket | null = null;
  readonly #ended = Promise.withResolvers<ProcessEnd>();

  constructor(kill: () => void) {
    this.kill = () => {
      if (this.#how === null) kill();
    };
    this.ended = this.#ended.promise;
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  get isWritable(): boolean {
    return this.#how === null && !this.#isInputEnded && this.#input?.destroyed !== true;
  }

  get unreadBytes(): number {
    return this.#waitingBytes + (this.#input?.writableLength ?? 0);
  }

  write(parts: readonly Uint8Array[], onTaken?: () => void): void {
    if (!this.isWritable) return;
    if (this.#input !== null) {
      writeAll(this.#input, parts, onTaken);
      return;
    }
    this.#waiting.push({ parts, onTaken });
    for (const { length } of parts) this.#waitingBytes += length;
  }

  endInput(): void {
    this.#isInputEnded = true;
    this.#input?.end();
  }

  onOutput(listener: (chunk: Buffer) => void): void {
    this.#listener = listener;
  }

  complaint(): string {
    return this.#complaint;
  }

  attachOutput(socket: Socket): void {
    this.#output = socket;
    socket.on("data", (chunk: Buffer) => this.#listener(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => this.#settle());
  }

  attachInput(socket: Socket, pid: number): void {
    this.#pid = pid;
    // Nobody listens to what it writes there: a socket that nothing is read from stops when its buffer is full.
    socket.on("error", () => undefined);
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#input = socket;
    for (const { parts, onTaken } of waiting) writeAll(socket, parts, onTaken);
    if (this.#isInputEnded) socket.end();
  }

  missPipe(): void {
    this.#isEnding = true;
    this.kill();
  }

  expectPipes(): void {
    if (this.#isEnding || (this.#output !== null && this.#input !== null)) return;
    this.#complaint = "no descriptors are left for its pipes";
    this.kill();
  }

  end(how: ProcessEnd, complaint: string): void {
    if (this.#how !== null) return;
    this.#how = how;
    this.#complaint ||= complaint;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#input?.destroy();
    this.#settle();
  }

  lose(why: string): this {
    this.end({ code: null, signal: null }, why);
    // Whoever may live on somewhere finds that nobody reads.
    this.#output?.destroy();
    return this;
  }

  #settle(): void {
    if (this.#how !== null && this.#output?.closed !== false) this.#ended.resolve(this.#how);
  }
}

function writeAll(socket: Socket, parts: readonly Uint8Array[], onTaken?: () => void): void {
  if (socket.destroyed) return;
  const last = parts.length - 1;
  if (last > 0) socket.cork();
  for (let index = 0; index < last; index += 1) socket.write(parts[index] as Uint8Array);
  const tell = onTaken && ((error?: Error | null) => void (error ?? onTaken()));
  if (last >= 0) socket.write(parts[last] as Uint8Array, tell);
  if (last > 0) socket.uncork();
}
