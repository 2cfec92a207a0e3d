import { constants, createZstdCompress, zstdCompressSync } from "node:zlib";

/** As `zstd` on a pipe would: with a checksum, without a content size. */
export function zstdFrame(tar: Uint8Array, params: Readonly<Record<number, number>> = {}): Uint8Array {
  const all = { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_contentSizeFlag]: 0, ...params };
  return new Uint8Array(zstdCompressSync(tar, { params: all }));
}

/** As our writer does: with a content size too. */
export function zstdSizedFrame(tar: Uint8Array): Uint8Array {
  return zstdFrame(tar, { [constants.ZSTD_c_contentSizeFlag]: 1 });
}

/** A frame of that many zeros, made without holding them. */
export async function zstdBomb(mebibytes: number): Promise<Uint8Array> {
  const stream = createZstdCompress({
    params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: 1 },
  });
  const chunks: Uint8Array[] = [];
  stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  const done = new Promise((resolve) => stream.on("end", resolve));
  const zeros = new Uint8Array(1024 * 1024);
  for (let i = 0; i < mebibytes; i++) {
    if (!stream.write(zeros)) await new Promise((resolve) => stream.once("drain", resolve));
  }
  stream.end();
  await done;
  return new Uint8Array(Buffer.concat(chunks));
}
