import { createHash, type Hash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ContentHash } from "@alga-ext/protocol";
import { BundleError } from "../errors.ts";

/** An archive as stored, not yet decompressed. */
export interface CollectedArchive {
  /** The bytes in order. */
  readonly segments: Uint8Array[];
  readonly archiveBytes: number;
  readonly contentHash: ContentHash;
}

/** Options of {@link collectArchive}. */
export interface CollectOptions {
  readonly maxArchiveBytes: number;
  /** Sees every chunk when it arrives; its throw ends the collecting. */
  readonly inspect: (chunk: Uint8Array) => void;
}

const SEGMENT_BYTES = 1024 * 1024;
/** Bytes hashed before others get a turn. */
const TURN_BYTES = 8 * SEGMENT_BYTES;

/**
 * Take an archive in chunk by chunk, hash it, and stop at the first byte over the cap; that cancels a stream.
 *
 * @throws {BundleError} `archive_too_large`
 */
export async function collectArchive(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options: CollectOptions,
): Promise<CollectedArchive> {
  const intake = new Intake(options);
  if (source instanceof Uint8Array) {
    intake.assertRoom(source.length);
    for (let at = 0; at < source.length; at += TURN_BYTES) {
      if (at > 0) await nextTurn();
      intake.take(source.subarray(at, at + TURN_BYTES));
    }
    return intake.finish([source]);
  }
  const segments = new Segments();
  for await (const chunk of source) {
    if (!(chunk instanceof Uint8Array))
      throw new TypeError("An archive stream must yield Uint8Array chunks.");
    intake.take(chunk);
    segments.append(chunk);
  }
  return intake.finish(segments.finish());
}

/** Counts, hashes and shows what arrives. */
class Intake {
  readonly #options: CollectOptions;
  readonly #digest: Hash = createHash("sha256");
  #bytes = 0;

  constructor(options: CollectOptions) {
    this.#options = options;
  }

  assertRoom(bytes: number): void {
    const { maxArchiveBytes } = this.#options;
    if (this.#bytes + bytes <= maxArchiveBytes) return;
    throw new BundleError("archive_too_large", `The archive is larger than ${maxArchiveBytes} bytes.`, {
      details: { limit: "maxArchiveBytes", value: maxArchiveBytes },
    });
  }

  take(chunk: Uint8Array): void {
    this.assertRoom(chunk.length);
    this.#bytes += chunk.length;
    this.#digest.update(chunk);
    this.#options.inspect(chunk);
  }

  finish(segments: Uint8Array[]): CollectedArchive {
    return { segments, archiveBytes: this.#bytes, contentHash: `sha256:${this.#digest.digest("hex")}` };
  }
}

/**
 * Copies chunks into segments of one size: whoever sends chunks may reuse their memory, and a million tiny ones would
 * cost far more memory than what they hold.
 */
class Segments {
  readonly #full: Uint8Array[] = [];
  #open = new Uint8Array(0);
  #filled = 0;

  append(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#filled === this.#open.length) {
        if (this.#filled > 0) this.#full.push(this.#open);
        this.#open = new Uint8Array(SEGMENT_BYTES);
        this.#filled = 0;
      }
      const part = chunk.subarray(at, at + SEGMENT_BYTES - this.#filled);
      this.#open.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  finish(): Uint8Array[] {
    return [...this.#full, this.#open.subarray(0, this.#filled)];
  }
}
