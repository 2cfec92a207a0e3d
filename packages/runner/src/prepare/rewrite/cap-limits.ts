import { ByteReader, refuseModule } from "../wasm/byte-reader.ts";
import { join, leb } from "../wasm/bytes.ts";
import { SECTION, type CoreModule } from "../wasm/core-module.ts";
import { readTableType } from "../wasm/value-type.ts";

/** Caps written into every core module. */
export interface ModuleLimits {
  /** 64 KiB pages of a linear memory. */
  readonly maxMemoryPages: number;
  /** Elements of one table. @default 100000 */
  readonly maxTableElements?: number;
  /** Tables in one module. @default 16 */
  readonly maxTables?: number;
}

const HAS_MAX = 1;
const SHARED = 2;
const IS_64 = 4;

/**
 * Add or lower the maximum of every memory and table a core module defines.
 *
 * Imported memories need no edit: the module that exports them carries the maximum.
 *
 * @throws {RunnerError} `component_rejected` on shared or 64-bit memory, an initial size above the cap, too many
 * tables, or a malformed section
 */
export function capLimits(module: CoreModule, limits: ModuleLimits): void {
  for (const section of module.sections) {
    if (section.id === SECTION.memory) {
      section.body = rewriteEntries(section.body, (reader) => rewriteRange(reader, limits.maxMemoryPages));
    }
    if (section.id !== SECTION.table) continue;
    const maxTables = limits.maxTables ?? 16;
    if (new ByteReader(section.body).u32() > maxTables)
      throw refuseModule("it has too many tables", "limits");
    section.body = rewriteEntries(section.body, (reader) => {
      const type = Uint8Array.of(readTableType(reader));
      return join([type, rewriteRange(reader, limits.maxTableElements ?? 100_000)]);
    });
  }
}

function rewriteEntries(body: Uint8Array, rewrite: (reader: ByteReader) => Uint8Array): Uint8Array {
  const reader = new ByteReader(body);
  const count = reader.u32();
  const entries: Uint8Array[] = [];
  for (let index = 0; index < count; index++) entries.push(rewrite(reader));
  if (reader.at !== reader.end) throw refuseModule("a section has bytes left over", "malformed");
  return join([leb(count), ...entries]);
}

function rewriteRange(reader: ByteReader, cap: number): Uint8Array {
  const flags = reader.u8();
  if (flags & SHARED) throw refuseModule("shared memory is not allowed", "features");
  if (flags & IS_64) throw refuseModule("64-bit memory is not allowed", "features");
  if (flags & ~HAS_MAX) throw refuseModule("a size has unknown flags", "features");
  const initial = reader.u32();
  const maximum = flags & HAS_MAX ? reader.u32() : cap;
  if (initial > cap)
    throw refuseModule(`it asks for ${initial} at the start, above the cap of ${cap}`, "limits");
  return join([Uint8Array.of(HAS_MAX), leb(initial), leb(Math.min(maximum, cap))]);
}
