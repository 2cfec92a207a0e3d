import type { JsonValue } from "@alga-ext/protocol";

/** One message on a pipe: a small JSON header and raw bytes. */
export interface Frame {
  readonly header: { readonly [key: string]: JsonValue };
  readonly body: Uint8Array;
}

/** What a {@link Frame} costs before its header: total length and header length, both u32 little-endian. */
export const FRAME_PREFIX_BYTES = 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const EMPTY = new Uint8Array(0);

/** Encode one frame as bytes: u32 payload length, u32 header length, header JSON, body. */
export function encodeFrame(header: Frame["header"], body: Uint8Array = EMPTY): Uint8Array {
  return encodeFrameText(JSON.stringify(header), body);
}

/** {@link encodeFrame} for a header that already is JSON text. */
export function encodeFrameText(header: string, body: Uint8Array = EMPTY): Uint8Array {
  const head = encoder.encode(header);
  const out = new Uint8Array(FRAME_PREFIX_BYTES + head.length + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, 4 + head.length + body.length, true);
  view.setUint32(4, head.length, true);
  out.set(head, FRAME_PREFIX_BYTES);
  out.set(body, FRAME_PREFIX_BYTES + head.length);
  return out;
}

/** A peer broke the frame format; the only answer is to end it. */
export class FrameViolation extends Error {
  override readonly name = "FrameViolation";
}

/** Cuts a byte stream into frames under a hard cap. */
export interface FrameDecoder {
  /**
   * Take the next chunk and return the frames it completes.
   *
   * @throws {FrameViolation} on an oversized, malformed or non-object frame; the decoder is dead afterwards.
   */
  push(chunk: Uint8Array): Frame[];
}

/**
 * Create a decoder that refuses a frame as soon as its length prefix is above the cap, before buffering it.
 *
 * @param maxBytes - largest payload (header and body) of one frame
 */
export function createFrameDecoder(maxBytes: number): FrameDecoder {
  let chunks: Uint8Array[] = [];
  let buffered = 0;
  let wanted = FRAME_PREFIX_BYTES;

  const take = (): Uint8Array => {
    const first = chunks[0];
    if (chunks.length === 1 && first !== undefined) return first;
    const whole = new Uint8Array(buffered);
    let offset = 0;
    for (const chunk of chunks) {
      whole.set(chunk, offset);
      offset += chunk.length;
    }
    chunks = [whole];
    return whole;
  };

  return {
    push(chunk) {
      const frames: Frame[] = [];
      if (chunk.length > 0) chunks.push(chunk);
      buffered += chunk.length;
      while (buffered >= wanted) {
        const bytes = take();
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        const length = view.getUint32(0, true);
        const headerLength = view.getUint32(4, true);
        if (length > maxBytes)
          throw new FrameViolation(`frame of ${length} bytes is above the cap of ${maxBytes}`);
        if (length < 4 || headerLength > length - 4)
          throw new FrameViolation("frame lengths contradict each other");
        wanted = 4 + length;
        if (buffered < wanted) break;
        const bodyStart = FRAME_PREFIX_BYTES + headerLength;
        frames.push({
          header: parseHeader(bytes.subarray(FRAME_PREFIX_BYTES, bodyStart)),
          body: bytes.slice(bodyStart, wanted),
        });
        const rest = bytes.subarray(wanted);
        chunks = rest.length > 0 ? [rest] : [];
        buffered = rest.length;
        wanted = FRAME_PREFIX_BYTES;
      }
      return frames;
    },
  };
}

function parseHeader(bytes: Uint8Array): Frame["header"] {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new FrameViolation("frame header is not JSON", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FrameViolation("frame header is not an object");
  }
  return value as Frame["header"];
}
