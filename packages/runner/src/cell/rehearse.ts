import type { ContextGuest } from "./context/context-host.ts";

/** What a cell is told of its rehearsal when it is started; all 0 without one. */
export interface RehearsalSizes {
  /** Length of the frame with the engine, which comes first. */
  readonly engineBytes: number;
  /** Length of the frames to rehearse with, which come next. */
  readonly frameBytes: number;
  /** How many calls are among them. */
  readonly calls: number;
}

/** Ends of calls, and of the hope for any. */
const ENDS = /"t":"(?:result|trap|unloadable)"/g;

/**
 * Have a context of its own load the engine and run what is rehearsed; it is gone before extensions come, and with it
 * all but what node itself keeps: compiled code of the engine and of this cell.
 *
 * `onEnd` gets what came so far for the context that follows, the engine first. Answers what takes the pipe's chunks.
 */
export function rehearse(
  sizes: RehearsalSizes,
  parts: {
    readonly open: (write: (bytes: Uint8Array) => void) => ContextGuest;
    readonly give: (guest: ContextGuest, chunk: Uint8Array) => void;
    readonly onEnd: (chunks: readonly Uint8Array[]) => void;
  },
): (chunk: Uint8Array) => void {
  const total = sizes.engineBytes + sizes.frameBytes;
  const kept: Uint8Array[] = [];
  let received = 0;
  let ended = 0;
  let stage: ContextGuest | null = null;

  const onWrite = (bytes: Uint8Array) => {
    const text = Buffer.from(bytes).toString("latin1");
    for (const [end] of text.matchAll(ENDS)) ended += end.includes("unloadable") ? sizes.calls : 1;
    if (stage === null || ended < sizes.calls) return;
    stage = null;
    parts.onEnd(kept);
  };
  stage = parts.open(onWrite);

  return (chunk) => {
    // Cut where the engine ends and where the rehearsal does.
    for (let at = 0; at < chunk.length;) {
      const bound = [sizes.engineBytes, total].find((one) => one > received) ?? Number.POSITIVE_INFINITY;
      const part = chunk.subarray(at, at + bound - received);
      // The chunk's bytes are only there until this returns.
      if (received < sizes.engineBytes || received >= total) kept.push(new Uint8Array(part));
      if (received < total && stage !== null) parts.give(stage, part);
      at += part.length;
      received += part.length;
    }
  };
}
