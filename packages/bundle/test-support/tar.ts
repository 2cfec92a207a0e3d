import { encodeTarHeader, tarChecksum } from "../src/archive/tar-header.ts";

/** A header whose bytes an attack edits afterwards; the checksum is made right again. */
export function forge(path: string, size: number, edit: (header: Uint8Array) => void): Uint8Array {
  const header = encodeTarHeader("placeholder", size);
  header.fill(0, 0, 100);
  put(header, 0, path.slice(0, 100));
  edit(header);
  return seal(header);
}

/** Write Latin-1 text into a header. */
export function put(header: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) header[at + i] = text.charCodeAt(i);
}

/** Recompute the checksum. */
export function seal(header: Uint8Array): Uint8Array {
  put(header, 148, `${tarChecksum(header).toString(8).padStart(6, "0")}\0 `);
  return header;
}

/** One whole entry: header, body, padding. */
export function entry(
  path: string,
  body: string,
  edit: (header: Uint8Array) => void = () => undefined,
): Uint8Array {
  const header = forge(path, body.length, edit);
  const padded = new Uint8Array(Math.ceil(body.length / 512) * 512);
  put(padded, 0, body);
  return join(header, padded);
}

/** Two zero blocks. */
export const END = new Uint8Array(1024);

/** Concatenate. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
