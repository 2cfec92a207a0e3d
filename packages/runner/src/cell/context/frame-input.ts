import type { ContextHost } from "./context-host.ts";

/** A frame of the supervisor: its parsed header, and a view of its body. */
export interface InputFrame {
  readonly header: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array;
}

const PREFIX_BYTES = 8;

/** Cuts the supervisor's bytes into frames. The supervisor is trusted, so nothing is checked. */
export function createFrameInput(host: ContextHost): (chunk: Uint8Array) => InputFrame[] {
  let held = new Uint8Array(0);
  let length = 0;

  /** The bytes to read from: the chunk itself when nothing waits, as with all but the largest frames. */
  const withHeld = (chunk: Uint8Array): Uint8Array => {
    if (length === 0) return chunk;
    if (length + chunk.length > held.length) {
      const larger = new Uint8Array(Math.max(wanted(held), 2 * (length + chunk.length)));
      larger.set(held.subarray(0, length));
      held = larger;
    }
    held.set(chunk, length);
    length += chunk.length;
    return held.subarray(0, length);
  };

  return (chunk) => {
    const bytes = withHeld(chunk);
    const frames: InputFrame[] = [];
    let at = 0;
    while (bytes.length - at >= PREFIX_BYTES) {
      const total = 4 + u32(bytes, at);
      if (bytes.length - at < total) break;
      const bodyAt = at + PREFIX_BYTES + u32(bytes, at + 4);
      const header = JSON.parse(
        host.decode(false, bytes.subarray(at + PREFIX_BYTES, bodyAt)),
      ) as InputFrame["header"];
      frames.push({ header, body: bytes.subarray(bodyAt, at + total) });
      at += total;
    }
    const rest = bytes.length - at;
    if (rest === 0) {
      // Bodies are views of it: the next frames get a buffer of their own.
      held = new Uint8Array(0);
    } else if (at > 0 || length === 0) {
      const next = new Uint8Array(Math.max(rest, 65_536));
      next.set(bytes.subarray(at));
      held = next;
    }
    length = rest;
    return frames;
  };
}

/** Room that the frame at the start needs, as far as its prefix tells. */
function wanted(bytes: Uint8Array): number {
  return bytes.length < 4 ? 0 : 4 + u32(bytes, 0);
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) +
    (bytes[at + 1] ?? 0) * 0x100 +
    (bytes[at + 2] ?? 0) * 0x1_0000 +
    (bytes[at + 3] ?? 0) * 0x100_0000
  );
}
