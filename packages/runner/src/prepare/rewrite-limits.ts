import { RunnerError } from "../errors.ts";

/** Caps written into every core module. */
export interface ModuleLimits {
  /** 64 KiB pages of a linear memory. */
  readonly maxMemoryPages: number;
  /** Elements of one table. @default 100000 */
  readonly maxTableElements?: number;
  /** Tables in one module. @default 16 */
  readonly maxTables?: number;
}

const PREAMBLE_BYTES = 8;
const SECTION_TABLE = 4;
const SECTION_MEMORY = 5;
const HAS_MAX = 1;
const SHARED = 2;
const IS_64 = 4;

/**
 * Add or lower the maximum of every memory and table a core module defines; other sections are copied untouched.
 *
 * Imported memories need no edit: the module that exports them carries the maximum.
 *
 * @throws {RunnerError} `component_rejected` on more than one memory, shared or 64-bit memory, an initial size
 * above the cap, too many tables, or a malformed section
 */
export function rewriteLimits(module: Uint8Array, limits: ModuleLimits): Uint8Array {
  const parts: Uint8Array[] = [module.subarray(0, PREAMBLE_BYTES)];
  let offset = PREAMBLE_BYTES;
  while (offset < module.length) {
    const start = offset;
    const id = module[offset];
    const [size, bodyStart] = readLeb(module, offset + 1);
    const end = bodyStart + size;
    if (end > module.length) throw refuse("a section runs past the end");
    offset = end;
    if (id !== SECTION_MEMORY && id !== SECTION_TABLE) {
      parts.push(module.subarray(start, end));
      continue;
    }
    const body = module.subarray(bodyStart, end);
    const rewritten = id === SECTION_MEMORY ? rewriteMemories(body, limits) : rewriteTables(body, limits);
    parts.push(Uint8Array.of(id), leb(rewritten.length), rewritten);
  }
  return join(parts);
}

function rewriteMemories(body: Uint8Array, limits: ModuleLimits): Uint8Array {
  const [count, at] = readLeb(body, 0);
  if (count > 1) throw refuse("it has more than one memory");
  if (count === 0) return body;
  const { bytes } = rewriteRange(body, at, limits.maxMemoryPages);
  return join([leb(count), bytes]);
}

function rewriteTables(body: Uint8Array, limits: ModuleLimits): Uint8Array {
  const [count, first] = readLeb(body, 0);
  if (count > (limits.maxTables ?? 16)) throw refuse("it has too many tables");
  const parts = [leb(count)];
  let at = first;
  for (let index = 0; index < count; index++) {
    const type = body[at];
    // funcref and externref only: typed references and tables with an initialiser need proposals we refuse.
    if (type !== 0x70 && type !== 0x6f) throw refuse("a table has an unusual element type");
    const { bytes, next } = rewriteRange(body, at + 1, limits.maxTableElements ?? 100_000);
    parts.push(Uint8Array.of(type), bytes);
    at = next;
  }
  return join(parts);
}

function rewriteRange(body: Uint8Array, at: number, cap: number): { bytes: Uint8Array; next: number } {
  const flags = body[at] ?? 0xff;
  if (flags & SHARED) throw refuse("shared memory is not allowed");
  if (flags & IS_64) throw refuse("64-bit memory is not allowed");
  if (flags & ~HAS_MAX) throw refuse("a size has unknown flags");
  const [initial, afterInitial] = readLeb(body, at + 1);
  const [maximum, next] = flags & HAS_MAX ? readLeb(body, afterInitial) : [cap, afterInitial];
  if (initial > cap) throw refuse(`it asks for ${initial} at the start, above the cap of ${cap}`);
  return { bytes: join([Uint8Array.of(HAS_MAX), leb(initial), leb(Math.min(maximum, cap))]), next };
}

function readLeb(bytes: Uint8Array, offset: number): [value: number, next: number] {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined) throw refuse("a number is cut off");
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return [value, offset + index + 1];
  }
  throw refuse("a number is too long");
}

function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function refuse(reason: string): RunnerError {
  return new RunnerError("component_rejected", `A core module is refused: ${reason}.`);
}
