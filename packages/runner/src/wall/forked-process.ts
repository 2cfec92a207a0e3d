import type { Socket } from "node:net";
import type { ProcessEnd, SandboxedProcess } from "./sandboxed-process.ts";

/** A process whose pipes arrive one after the other, from the fork server that started it. */
export interface ForkedProcess extends SandboxedProcess {
  attachOutput(socket: Socket): void;
  /** The last one: from now on it runs. */
  attachInput(socket: Socket, pid: number): void;
  /** The process ended; its output may have something left. */
  end(how: ProcessEnd, complaint: string): void;
  /** It never ran, or nobody knows how it goes on. */
  lose(why: string): this;
}

/** A process that was asked for. */
export function createForkedProcess({ kill }: Pick<SandboxedProcess, "kill">): ForkedProcess {
  return new PipedProcess(kill);
}

class PipedProcess implements ForkedProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly kill: () => void;
  #pid: number | undefined;
  #input: Socket | null = null;
  #isInputEnded = false;
  #waiting: Uint8Array[] = [];
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

  write(...parts: readonly Uint8Array[]): void {
    if (!this.isWritable) return;
    const input = this.#input;
    if (input === null) {
      this.#waiting.push(...parts);
      for (const { length } of parts) this.#waitingBytes += length;
      return;
    }
    if (parts.length > 1) input.cork();
    for (const part of parts) input.write(part);
    if (parts.length > 1) input.uncork();
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
    if (waiting.length > 0 && !socket.destroyed) {
      socket.cork();
      for (const part of waiting) socket.write(part);
      socket.uncork();
    }
    if (this.#isInputEnded) socket.end();
  }

  end(how: ProcessEnd, complaint: string): void {
    if (this.#how !== null) return;
    this.#how = how;
    this.#complaint = complaint;
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
