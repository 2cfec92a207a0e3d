/** A node process behind the wall; it knows nothing but its pipes. */
export interface SandboxedProcess {
  /** Undefined until it runs, which is a moment after its start, and for good if it could not be started. */
  readonly pid: number | undefined;
  /** False once it is gone, or its input was ended. */
  readonly isWritable: boolean;
  /** Bytes of its input that it has not read. */
  readonly unreadBytes: number;
  /**
   * Write to its input, all parts at once; what is written before it runs waits for it. A write to a process that is
   * gone is nothing: that it is shows as {@link SandboxedProcess.ended}. Nobody may change the bytes until the pipe has
   * taken them, which `onTaken` tells; it may never come.
   */
  write(parts: readonly Uint8Array[], onTaken?: () => void): void;
  /** No more input. */
  endInput(): void;
  /** Hand over its output as it comes, and from its beginning when called in the turn of the start. */
  onOutput(listener: (chunk: Buffer) => void): void;
  /** What it said on stderr, once it is gone, for the operator's log; at most 2 KiB. */
  complaint(): string;
  /** Settles when the process and its pipes are gone. */
  readonly ended: Promise<ProcessEnd>;
  /** SIGKILL; the wall takes every descendant with it. */
  kill(): void;
}

/** How a process ended; neither is known of one that never ran, or ended with who started it. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}
