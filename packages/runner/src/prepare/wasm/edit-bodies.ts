import { ByteReader, refuseModule } from "./byte-reader.ts";
import { join, leb } from "./bytes.ts";
import { SECTION, type CoreModule } from "./core-module.ts";
import { OP, readInstruction, type Instruction } from "./instruction.ts";
import { readValueType } from "./value-type.ts";

/** What {@link editBodies} writes into function bodies. */
export interface BodyEdits {
  /** In place of an instruction; undefined keeps it. */
  readonly replace?: (instruction: Instruction) => Uint8Array | undefined;
  /** In front of an instruction; undefined adds nothing. */
  readonly before?: (instruction: Instruction) => Uint8Array | undefined;
  /** Behind the head of every loop. */
  readonly atLoop?: Uint8Array;
  /** In front of every body that calls anything: what calls nothing ends by itself, or loops. */
  readonly atEntry?: Uint8Array;
}

/** Look at every instruction of every function; `see` must not keep the instruction. */
export function scanBodies(module: CoreModule, see: (instruction: Instruction) => void): void {
  forEachBody(module, (reader, bodyEnd) => {
    const instruction: Instruction = { opcode: 0, second: 0 };
    while (reader.at < bodyEnd) {
      readInstruction(reader, instruction);
      see(instruction);
    }
  });
}

/** Rewrite every function body, in one pass. Indices are never renumbered, so edits only insert and replace. */
export function editBodies(module: CoreModule, edits: BodyEdits): void {
  const section = module.sections.find(({ id }) => id === SECTION.code);
  if (section === undefined) return;
  const bodies: Uint8Array[] = [];
  const count = forEachBody(module, (reader, bodyEnd, bodyStart) => {
    const parts = editBody(reader, bodyStart, bodyEnd, edits);
    bodies.push(leb(parts.reduce((sum, part) => sum + part.length, 0)), ...parts);
  });
  section.body = join([leb(count), ...bodies]);
}

function editBody(reader: ByteReader, bodyStart: number, bodyEnd: number, edits: BodyEdits): Uint8Array[] {
  const { bytes } = reader;
  const instruction: Instruction = { opcode: 0, second: 0 };
  const codeStart = reader.at;
  const parts: Uint8Array[] = [];
  let kept = codeStart;
  let callsAnything = false;
  while (reader.at < bodyEnd) {
    const at = reader.at;
    readInstruction(reader, instruction);
    const { opcode } = instruction;
    callsAnything ||= opcode === OP.call || opcode === OP.callIndirect;
    if (opcode === OP.loop && edits.atLoop !== undefined) {
      parts.push(bytes.subarray(kept, reader.at), edits.atLoop);
      kept = reader.at;
    }
    const prelude = edits.before?.(instruction);
    if (prelude !== undefined) {
      parts.push(bytes.subarray(kept, at), prelude);
      kept = at;
    }
    const replacement = edits.replace?.(instruction);
    if (replacement === undefined) continue;
    parts.push(bytes.subarray(kept, at), replacement);
    kept = reader.at;
  }
  parts.push(bytes.subarray(kept, bodyEnd));
  if (callsAnything && edits.atEntry !== undefined) parts.unshift(edits.atEntry);
  parts.unshift(bytes.subarray(bodyStart, codeStart));
  return parts;
}

/** Call `use` with a reader at the first instruction of each body; answers how many there are. */
function forEachBody(
  module: CoreModule,
  use: (reader: ByteReader, bodyEnd: number, bodyStart: number) => void,
): number {
  const section = module.sections.find(({ id }) => id === SECTION.code);
  if (section === undefined) return 0;
  const reader = new ByteReader(section.body);
  const count = reader.u32();
  for (let index = 0; index < count; index++) {
    const size = reader.u32();
    const start = reader.at;
    const end = start + size;
    if (end > reader.end) throw refuseModule("a function runs past the end", "malformed");
    for (let groups = reader.u32(); groups > 0; groups--) {
      reader.u32();
      readValueType(reader);
    }
    use(reader, end, start);
    if (reader.at !== end) throw refuseModule("a function ends inside an instruction", "malformed");
  }
  return count;
}
