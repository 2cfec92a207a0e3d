import type { SandboxedProcess } from "../wall/sandboxed-process.ts";
import { createFrameDecoder, encodeFrame, encodeFrameHead, FrameViolation, type Frame } from "./frame.ts";

/** Most bytes that may wait for a process that does not read; beyond it the process is killed. */
const MAX_UNREAD_BYTES = 160 * 1024 * 1024;

/** Frames that wait for the end of the turn are written together, but not more than this. */
const MAX_BATCH_BYTES = 1024 * 1024;

/** Frames to and from one sandboxed process; a process that breaks the rules is killed at once. */
export interface FrameChannel {
  /**
   * Queue one frame; frames of one turn of the event loop leave in one write. `onTaken` is told when the pipe has taken
   * it, which is when the process reads, but for what the kernel holds; never, if it ends before.
   */
  send(header: Frame["header"], body?: Uint8Array, onTaken?: () => void): void;
  /**
   * Write one frame with a body in parts, behind what is queued: megabytes are not copied, so nobody may change them
   * until the process has read them.
   */
  sendParts(header: Frame["header"], parts: readonly Uint8Array[]): void;
}

/** Speak frames with a sandboxed process. `onFrame` may throw {@link FrameViolation} to have it killed. */
export function openFrameChannel(
  child: SandboxedProcess,
  options: {
    maxFrameBytes: number;
    maxHeaderBytes?: number;
    onFrame: (frame: Frame) => void;
    onViolation: (violation: FrameViolation) => void;
  },
): FrameChannel {
  const decoder = createFrameDecoder(options.maxFrameBytes, options.maxHeaderBytes);
  let dead = false;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let toTell: (() => void)[] = [];

  const fail = (error: unknown) => {
    if (dead) return;
    dead = true;
    child.kill();
    options.onViolation(
      error instanceof FrameViolation ? error : new FrameViolation("frame handler failed", { cause: error }),
    );
  };
  child.onOutput((chunk) => {
    if (dead) return;
    try {
      for (const frame of decoder.push(chunk)) {
        if (!dead) options.onFrame(frame);
      }
    } catch (error) {
      fail(error);
    }
  });

  const flush = () => {
    const frames = waiting;
    if (frames.length === 0) return;
    const told = toTell;
    waiting = [];
    waitingBytes = 0;
    toTell = [];
    if (dead) return;
    const bytes = frames.length === 1 ? frames : [Buffer.concat(frames)];
    if (told.length === 0) child.write(bytes);
    else
      child.write(bytes, () => {
        for (const onTaken of told) onTaken();
      });
  };

  const isOpen = (): boolean => {
    if (dead || !child.isWritable) return false;
    if (child.unreadBytes + waitingBytes <= MAX_UNREAD_BYTES) return true;
    fail(new FrameViolation("process does not read its pipe"));
    return false;
  };

  return {
    send(header, body, onTaken) {
      if (!isOpen()) return;
      if (onTaken !== undefined) toTell.push(onTaken);
      const frame = encodeFrame(header, body);
      if (waiting.push(frame) === 1) setImmediate(flush);
      if ((waitingBytes += frame.length) > MAX_BATCH_BYTES) flush();
    },
    sendParts(header, parts) {
      if (!isOpen()) return;
      flush();
      const bytes = parts.reduce((sum, { length }) => sum + length, 0);
      child.write([encodeFrameHead(header, bytes), ...parts]);
    },
  };
}
