/**
 * What the cell's main realm lends to the bare context: functions that take and give primitives or the context's
 * own buffers, never an object of the main realm, so glue has nothing to climb up on.
 */
export interface ContextHost {
  readonly decode: (utf16: boolean, view: Uint8Array) => string;
  /** Bytes written; 0 when the buffer cannot take the first character. */
  readonly encodeInto: (text: string, target: Uint8Array) => number;
  /** Whether two stretches have the same bytes. */
  readonly isSame: (one: Uint8Array, other: Uint8Array) => boolean;
  readonly random: (target: Uint8Array) => void;
  /** Epoch ms, whole. */
  readonly now: () => number;
  /** The machine's monotonic ms, fine; for pacing and deadlines, never for guests. */
  readonly clock: () => number;
  /** CPU ms of the process. */
  readonly cpu: () => number;
  readonly timer: (callback: () => void, delayMs: number, repeat: boolean) => number;
  readonly clearTimer: (id: number) => void;
  /** Run after the pipe was looked at. */
  readonly later: (callback: () => void) => void;
  /** Evaluate the glue here: a function that takes what it shall see under `names` and gives `instantiate`, or what went wrong. */
  readonly evaluate: (glue: string, names: string) => unknown;
  /** Bytes for the supervisor. */
  readonly write: (bytes: Uint8Array) => void;
  /** Collect garbage now. */
  readonly collect: () => void;
  /** End the process. */
  readonly exit: (code: number) => void;
}

/** What the context gives back to the main realm. */
export interface ContextGuest {
  /** A buffer of the context, for {@link ContextGuest.receive}. */
  readonly alloc: (length: number) => Uint8Array;
  /** Take the next bytes of the pipe. */
  readonly receive: (chunk: Uint8Array) => void;
}
