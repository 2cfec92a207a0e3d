import type { JsonValue } from "@alga-ext/protocol";

/** One message on a pipe: a small JSON header and raw bytes. */
export interface Frame {
  readonly header: { readonly [key: string]: JsonValue };
  /** Length of the header's JSON text. */
  readonly headerBytes: number;
  readonly body: Uint8Array;
}

/** What a {@link Frame} costs before its header: total length and header length, both u32 little-endian. */
export const FRAME_PREFIX_BYTES = 8;

const decoder = new TextDecoder("utf-8", { fatal: true });
const EMPTY = new Uint8Array(0);

/** Encode one frame as bytes: u32 payload length, u32 header length, header JSON, body. */
export function encodeFrame(header: Frame["header"], body: Uint8Array = EMPTY): Uint8Array {
  return encode(header, body.length, body);
}

/** What goes before a body of that many bytes, for who sends it from where it is. */
export function encodeFrameHead(header: Frame["header"], bodyBytes: number): Uint8Array {
  return encode(header, bodyBytes, EMPTY);
}

function encode(header: Frame["header"], bodyBytes: number, body: Uint8Array): Uint8Array {
  const text = JSON.stringify(header);
  const headerLength = Buffer.byteLength(text);
  const out = Buffer.allocUnsafe(FRAME_PREFIX_BYTES + headerLength + body.length);
  out.writeUInt32LE(4 + headerLength + bodyBytes, 0);
  out.writeUInt32LE(headerLength, 4);
  out.write(text, FRAME_PREFIX_BYTES);
  out.set(body, FRAME_PREFIX_BYTES + headerLength);
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

/** Kept between frames; a larger buffer goes back to the heap as soon as it is empty. */
const IDLE_BYTES = 64 * 1024;

/**
 * Create a decoder that refuses a frame as soon as its prefix is above a cap, before buffering it.
 *
 * Bytes go into one growing buffer: a list of chunks would let a peer that writes byte by byte cost a hundred times
 * what it sends.
 *
 * @param maxBytes - largest payload (header and body) of one frame
 * @param maxHeaderBytes - largest header; parsed JSON weighs many times its text, raw bytes do not
 */
export function createFrameDecoder(maxBytes: number, maxHeaderBytes: number = maxBytes): FrameDecoder {
  let buffer = Buffer.alloc(IDLE_BYTES);
  let start = 0;
  let end = 0;

  const append = (chunk: Uint8Array): void => {
    if (end + chunk.length > buffer.length) {
      const needed = end - start + chunk.length;
      const target = needed > buffer.length ? Buffer.alloc(Math.max(needed, 2 * buffer.length)) : buffer;
      target.set(buffer.subarray(start, end));
      buffer = target;
      end -= start;
      start = 0;
    }
    buffer.set(chunk, end);
    end += chunk.length;
  };
  /** Bytes of the frame at `start`, or of its prefix while that is all there is to go by. */
  const wanted = (): number => {
    if (end - start < FRAME_PREFIX_BYTES) return FRAME_PREFIX_BYTES;
    const length = buffer.readUInt32LE(start);
    const headerLength = buffer.readUInt32LE(start + 4);
    if (length > maxBytes)
      throw new FrameViolation(`frame of ${length} bytes is above the cap of ${maxBytes}`);
    if (length < 4 || headerLength > length - 4)
      throw new FrameViolation("frame lengths contradict each other");
    if (headerLength > maxHeaderBytes)
      throw new FrameViolation(`frame header of ${headerLength} bytes is above the cap of ${maxHeaderBytes}`);
    return 4 + length;
  };

  return {
    push(chunk) {
      const frames: Frame[] = [];
      append(chunk);
      for (;;) {
        const size = wanted();
        if (end - start < size) break;
        const headerLength = buffer.readUInt32LE(start + 4);
        const bodyStart = start + FRAME_PREFIX_BYTES + headerLength;
        frames.push({
          header: parseHeader(buffer.subarray(start + FRAME_PREFIX_BYTES, bodyStart)),
          headerBytes: headerLength,
          // A copy with memory of its own: the buffer is used again, and hosts are handed parts of it.
          body: new Uint8Array(buffer.subarray(bodyStart, start + size)),
        });
        start += size;
      }
      if (start === end) {
        start = end = 0;
        if (buffer.length > IDLE_BYTES) buffer = Buffer.alloc(IDLE_BYTES);
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
