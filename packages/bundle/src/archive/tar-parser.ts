import { BundleError } from "../errors.ts";
import { ARCHIVE_LIMITS } from "../options.ts";
import { assertSafePath, comparePaths, PathSet } from "./archive-path.ts";
import { BLOCK_BYTES, decodeTarHeader, encodeTarHeader, isBlank, paddingBytes } from "./tar-header.ts";

/**
 * `canonical`: byte for byte what {@link encodeTar} emits. `tolerant`: also ordinary `tar` output, with leading
 * `./`, directory entries, GNU magic, any order, owner, mode and time. Both refuse everything dangerous.
 */
export type TarProfile = "canonical" | "tolerant";

/** What {@link TarParser} needs to know. */
export interface TarParserOptions {
  /** @default "tolerant" */
  readonly profile?: TarProfile;
  /** Bytes of all file bodies together. @default 512 MiB */
  readonly maxExpandedBytes?: number;
  /** Entries, directories included. @default 10,000 */
  readonly maxFiles?: number;
  /** Told of every file as soon as it is complete, in archive order; the archive may still be refused later. */
  readonly onFile?: (path: string, bytes: Uint8Array) => void;
}

/** Everything that exists in an archive. */
export interface ParsedTar {
  /** Files in archive order. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** True when the bytes are exactly what {@link encodeTar} emits for these files. */
  readonly canonical: boolean;
}

/** The file whose bytes are arriving. */
interface OpenBody {
  readonly path: string;
  readonly bytes: Uint8Array;
  filled: number;
}

/**
 * Reads a tar from chunks and stops at the first byte it does not like; nothing is ever skipped or written to disk.
 *
 * @example
 * const parser = new TarParser();
 * for await (const chunk of chunks) parser.push(chunk);
 * const { files } = parser.finish();
 */
export class TarParser {
  readonly #strict: boolean;
  readonly #maxBytes: number;
  readonly #maxEntries: number;
  readonly #onFile: (path: string, bytes: Uint8Array) => void;
  readonly #files = new Map<string, Uint8Array>();
  readonly #paths = new PathSet();
  readonly #header = new Uint8Array(BLOCK_BYTES);
  #headerFilled = 0;
  #body: OpenBody | null = null;
  #padding = 0;
  #entries = 0;
  #bodyBytes = 0;
  #zeroBlocks = 0;
  #last: string | null = null;
  #canonical = true;

  constructor(options: TarParserOptions = {}) {
    this.#strict = options.profile === "canonical";
    this.#maxBytes = options.maxExpandedBytes ?? ARCHIVE_LIMITS.maxExpandedBytes;
    this.#maxEntries = options.maxFiles ?? ARCHIVE_LIMITS.maxFiles;
    this.#onFile = options.onFile ?? (() => undefined);
  }

  /**
   * Feed the next bytes; they are copied.
   *
   * @throws {BundleError} `bad_archive`, `not_canonical`, `unsafe_entry`, `unsafe_path`, `duplicate_path`,
   * `expansion_limit`
   */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body !== null) at = this.#takeBody(this.#body, chunk, at);
      else if (this.#padding > 0) at = this.#takePadding(chunk, at);
      else at = this.#takeHeader(chunk, at);
    }
  }

  /** @throws {BundleError} `bad_archive` when the archive is cut short, `not_canonical` */
  finish(): ParsedTar {
    if (this.#body !== null || this.#padding > 0 || this.#headerFilled > 0) throw bad("it is cut short");
    if (this.#zeroBlocks < 2) throw bad("it does not end in two zero blocks");
    if (this.#files.size === 0) throw bad("it holds no file");
    if (this.#zeroBlocks > 2) this.#deviate("it is padded beyond two zero blocks");
    return { files: this.#files, canonical: this.#canonical };
  }

  #takeHeader(chunk: Uint8Array, from: number): number {
    const to = Math.min(chunk.length, from + BLOCK_BYTES - this.#headerFilled);
    this.#header.set(chunk.subarray(from, to), this.#headerFilled);
    this.#headerFilled += to - from;
    if (this.#headerFilled < BLOCK_BYTES) return to;
    this.#headerFilled = 0;
    if (isBlank(this.#header)) this.#zeroBlocks++;
    else if (this.#zeroBlocks > 0) throw bad("data follows its end");
    else this.#beginEntry(this.#header);
    return to;
  }

  #beginEntry(block: Uint8Array): void {
    if (++this.#entries > this.#maxEntries) throw over("maxFiles", this.#maxEntries);
    const header = decodeTarHeader(block);
    if (header.kind === "directory") {
      const path = trimDirectory(header.rawPath);
      if (path !== "") {
        assertSafePath(path);
        this.#paths.addDirectory(path);
      }
      this.#deviate("it has directory entries");
      return;
    }
    const path = header.rawPath.startsWith("./") ? header.rawPath.slice(2) : header.rawPath;
    assertSafePath(path);
    this.#paths.addFile(path);
    this.#bodyBytes += header.size;
    if (this.#bodyBytes > this.#maxBytes) throw over("maxExpandedBytes", this.#maxBytes);
    if (!sameBytes(encodeTarHeader(path, header.size), block))
      this.#deviate("a header is not in canonical form");
    if (this.#last !== null && comparePaths(this.#last, path) >= 0)
      this.#deviate("its entries are not sorted");
    this.#last = path;
    const bytes = new Uint8Array(header.size);
    this.#files.set(path, bytes);
    if (header.size > 0) this.#body = { path, bytes, filled: 0 };
    else this.#onFile(path, bytes);
    this.#padding = paddingBytes(header.size);
  }

  #takeBody(body: OpenBody, chunk: Uint8Array, from: number): number {
    const to = Math.min(chunk.length, from + body.bytes.length - body.filled);
    body.bytes.set(chunk.subarray(from, to), body.filled);
    body.filled += to - from;
    if (body.filled === body.bytes.length) {
      this.#body = null;
      this.#onFile(body.path, body.bytes);
    }
    return to;
  }

  #takePadding(chunk: Uint8Array, from: number): number {
    const to = Math.min(chunk.length, from + this.#padding);
    if (!isBlank(chunk, from, to)) throw bad("the padding after a file is not zero");
    this.#padding -= to - from;
    return to;
  }

  #deviate(reason: string): void {
    if (this.#strict) throw new BundleError("not_canonical", `The archive is not canonical: ${reason}.`);
    this.#canonical = false;
  }
}

/**
 * Read a whole tar held in memory.
 *
 * @throws {BundleError} as {@link TarParser}
 */
export function parseTar(bytes: Uint8Array, options: TarParserOptions = {}): ParsedTar {
  const parser = new TarParser(options);
  parser.push(bytes);
  return parser.finish();
}

/** `./ui/` → `ui`, `./` and `.` → the empty string. */
function trimDirectory(raw: string): string {
  const path = raw.endsWith("/") ? raw.slice(0, -1) : raw;
  return path === "." ? "" : path.startsWith("./") ? path.slice(2) : path;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

function bad(reason: string): BundleError {
  return new BundleError("bad_archive", `Not a readable tar: ${reason}.`);
}

function over(limit: string, value: number): BundleError {
  return new BundleError("expansion_limit", `The archive exceeds ${limit} (${value}).`, {
    details: { limit, value },
  });
}
