import type { ByteReader } from "./byte-reader.ts";
import { readValueType } from "./core-types.ts";
import type { Tally } from "./tally.ts";

/** Read the type of a block. */
export function readBlockType(reader: ByteReader, tally: Tally): void {
  const byte = reader.peek();
  if (byte === 0x40) reader.u8();
  else if (byte < 0x80 && (byte & 0x40) !== 0) readValueType(reader, tally);
  else if (reader.s33() < 0) throw reader.malformed("a block type is unknown");
}

/** Read the index of a memory, which plain code always leaves at zero. */
export function readMemoryIndex(reader: ByteReader, tally: Tally): void {
  if (reader.u32() !== 0) tally.features.add("multi-memory");
}

/** Read alignment and offset of a load or store. */
export function readMemoryArgument(reader: ByteReader, tally: Tally): void {
  const align = reader.u32();
  if ((align & 0x40) !== 0) readMemoryIndex(reader, tally);
  // Offsets are 64 bits wide in 64-bit memories; validity is the engine's business.
  reader.u64();
}
