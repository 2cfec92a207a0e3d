import { BundleError } from "../errors.ts";

/** Size of a tar header and of the unit that bodies are padded to. */
export const BLOCK_BYTES = 512;

/** Zero bytes between the end of a body of this size and the next header. */
export function paddingBytes(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** The first size that eleven octal digits cannot hold. */
const SIZE_LIMIT = 8 ** 11;

/**
 * The one canonical header of a regular file: ustar, mode 0644, owner 0, time 0, no names.
 *
 * @throws {BundleError} `unsafe_path` when the path fits no split into prefix and name.
 */
export function encodeTarHeader(path: string, size: number): Uint8Array {
  if (!Number.isSafeInteger(size) || size < 0 || size >= SIZE_LIMIT)
    throw new TypeError(`Not a tar file size: ${size}.`);
  const { prefix, name } = splitPath(path);
  const header = new Uint8Array(BLOCK_BYTES);
  const write = (text: string, at: number): void => {
    for (let i = 0; i < text.length; i++) header[at + i] = text.charCodeAt(i);
  };
  write(name, 0);
  write("0000644\0", 100);
  write("0000000\0", 108);
  write("0000000\0", 116);
  write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  write("00000000000\0", 136);
  write("0", 156);
  write("ustar\x0000", 257);
  write(prefix, 345);
  write(`${tarChecksum(header).toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** Sum of all header bytes with the checksum field read as spaces. */
export function tarChecksum(header: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK_BYTES; i++) if (i < 148 || i >= 156) sum += header[i] ?? 0;
  return sum;
}

function splitPath(path: string): { prefix: string; name: string } {
  if (path.length <= NAME_BYTES) return { prefix: "", name: path };
  const at = path.lastIndexOf("/", PREFIX_BYTES);
  if (at <= 0 || path.length - at - 1 > NAME_BYTES) {
    throw new BundleError("unsafe_path", `Path ${JSON.stringify(path)} does not fit a ustar header.`, {
      details: { path },
    });
  }
  return { prefix: path.slice(0, at), name: path.slice(at + 1) };
}

/** What a header says, once its shape is accepted. */
export interface TarHeader {
  /** Path as written, before `./` and a trailing `/` are taken off. */
  readonly rawPath: string;
  readonly kind: "file" | "directory";
  readonly size: number;
}

/**
 * Read one header in the tolerant dialect: ustar or GNU magic, any owner, mode and time, files and directories only.
 *
 * Extension records (PAX, GNU long names, sparse), links, devices and base-256 numbers are refused, never skipped:
 * readers disagree about archives that carry them.
 *
 * @throws {BundleError} `bad_archive`, `unsafe_entry` or `unsafe_path`
 */
export function decodeTarHeader(header: Uint8Array): TarHeader {
  const ustar = ascii(header, 257, 8) === "ustar\x0000";
  const gnu = ascii(header, 257, 8) === "ustar  \0";
  if (!ustar && !gnu) throw bad("an entry is neither ustar nor GNU tar");
  if (octal(header, 148, 8) !== tarChecksum(header)) throw bad("a header checksum is wrong");
  const type = header[156];
  // "0", NUL and "5"; contiguous files (7) and every vendor letter are out.
  if (type !== 0x30 && type !== 0 && type !== 0x35) {
    const letter = String.fromCharCode(type ?? 0);
    throw new BundleError(
      "unsafe_entry",
      `Entry type ${JSON.stringify(letter)} is not a file or directory.`,
      {
        details: { type: letter },
      },
    );
  }
  for (const [at, length] of [
    [100, 8],
    [108, 8],
    [116, 8],
    [136, 12],
    [329, 8],
    [337, 8],
  ] as const) {
    if (!isBlank(header, at, at + length)) octal(header, at, length);
  }
  if (!isBlank(header, 157, 257)) throw new BundleError("unsafe_entry", "An entry carries a link target.");
  // GNU keeps times, sparse maps and long-name offsets where ustar has the prefix.
  if (!isBlank(header, gnu ? 345 : 500, BLOCK_BYTES)) throw bad("a header has data in reserved bytes");
  const name = text(header, 0, NAME_BYTES);
  const prefix = ustar ? text(header, 345, PREFIX_BYTES) : "";
  const size = octal(header, 124, 12);
  const kind = type === 0x35 ? "directory" : "file";
  if (kind === "directory" && size !== 0)
    throw new BundleError("unsafe_entry", "A directory entry carries a body.");
  return { rawPath: prefix === "" ? name : `${prefix}/${name}`, kind, size };
}

function octal(header: Uint8Array, at: number, length: number): number {
  const match = /^ *([0-7]+)(?:[\0 ]+|$)$/.exec(ascii(header, at, length));
  if (match?.[1] === undefined) throw bad("a header number is not plain octal");
  return Number.parseInt(match[1], 8);
}

function text(header: Uint8Array, at: number, length: number): string {
  const field = ascii(header, at, length);
  const end = field.indexOf("\0");
  if (end === -1) return field;
  if (!isBlank(header, at + end, at + length)) throw bad("a header has data after the end of a name");
  return field.slice(0, end);
}

/** Bytes as Latin-1, so that no decoding can hide or merge anything; the path rules then admit ASCII only. */
function ascii(header: Uint8Array, at: number, length: number): string {
  let out = "";
  for (let i = at; i < at + length; i++) out += String.fromCharCode(header[i] ?? 0);
  return out;
}

/** Whether every byte of a range is zero. */
export function isBlank(bytes: Uint8Array, from = 0, to: number = bytes.length): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

function bad(reason: string): BundleError {
  return new BundleError("bad_archive", `Not a readable tar: ${reason}.`);
}
