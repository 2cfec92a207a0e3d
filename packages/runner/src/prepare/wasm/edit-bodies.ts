import { ByteReader, refuseModule } from "./byte-reader.ts";
import { join, leb } from "./bytes.ts";
import { SECTION, type CoreModule } from "./core-module.ts";
import { OP, readInstruction, type Instruction } from "./instruction.ts";
import { readValueType } from "./value-type.ts";

/** Locals that edits of one function need, made when first asked for. */
export interface ScratchLocals {
  /** Index of a local of a type; one for each type and name. */
  of(type: number, name?: string): number;
}

/** What {@link editBodies} writes into function bodies. */
export interface BodyEdits {
  /** In place of an instruction; undefined keeps it. */
  readonly replace?: (instruction: Instruction) => Uint8Array | undefined;
  /** In front of an instruction; undefined adds nothing. */
  readonly before?: (instruction: Instruction) => Uint8Array | undefined;
  /** In front of an instruction and behind it; undefined adds nothing. */
  readonly around?: (
    instruction: Instruction,
    locals: ScratchLocals,
  ) => readonly [Uint8Array, Uint8Array] | undefined;
  /** How many parameters each defined function has; needed for locals. */
  readonly parameters?: readonly number[];
  /** Behind the head of every loop. */
  readonly atLoop?: Uint8Array;
  /** In front of every body that calls anything: what calls nothing ends by itself, or loops. */
  readonly atEntry?: Uint8Array;
}

/** Look at every instruction of every function; `see` must not keep the instruction. */
export function scanBodies(module: CoreModule, see: (instruction: Instruction) => void): void {
  forEachBody(module, (reader, { end }) => {
    const instruction: Instruction = { opcode: 0, second: 0, offset: 0 };
    while (reader.at < end) {
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
  const count = forEachBody(module, (reader, body) => {
    const parts = editBody(reader, body, edits);
    bodies.push(leb(parts.reduce((sum, part) => sum + part.length, 0)), ...parts);
  });
  section.body = join([leb(count), ...bodies]);
}

function editBody(reader: ByteReader, body: Body, edits: BodyEdits): Uint8Array[] {
  const { bytes } = reader;
  const instruction: Instruction = { opcode: 0, second: 0, offset: 0 };
  const codeStart = reader.at;
  const parts: Uint8Array[] = [];
  const scratch = new Map<string, number>();
  const added: Uint8Array[] = [];
  const locals: ScratchLocals = {
    of(type, name = "") {
      const key = `${type} ${name}`;
      let index = scratch.get(key);
      if (index === undefined) {
        index = (edits.parameters?.[body.index] ?? 0) + body.locals + scratch.size;
        scratch.set(key, index);
        added.push(Uint8Array.of(1, type));
      }
      return index;
    },
  };
  let kept = codeStart;
  let callsAnything = false;
  while (reader.at < body.end) {
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
    const pair = edits.around?.(instruction, locals);
    if (pair !== undefined) {
      parts.push(bytes.subarray(kept, at), pair[0], bytes.subarray(at, reader.at), pair[1]);
      kept = reader.at;
    }
    const replacement = edits.replace?.(instruction);
    if (replacement === undefined) continue;
    parts.push(bytes.subarray(kept, at), replacement);
    kept = reader.at;
  }
  parts.push(bytes.subarray(kept, body.end));
  if (callsAnything && edits.atEntry !== undefined) parts.unshift(edits.atEntry);
  parts.unshift(leb(body.groups + added.length), bytes.subarray(body.groupsStart, codeStart), ...added);
  return parts;
}

/** Where a function body is, and what its locals are. */
interface Body {
  /** Position among the defined functions. */
  readonly index: number;
  readonly end: number;
  /** Groups of locals: where they start, how many there are, and how many locals that makes. */
  readonly groupsStart: number;
  readonly groups: number;
  readonly locals: number;
}

/** Call `use` with a reader at the first instruction of each body; answers how many there are. */
function forEachBody(module: CoreModule, use: (reader: ByteReader, body: Body) => void): number {
  const section = module.sections.find(({ id }) => id === SECTION.code);
  if (section === undefined) return 0;
  const reader = new ByteReader(section.body);
  const count = reader.u32();
  for (let index = 0; index < count; index++) {
    const size = reader.u32();
    const end = reader.at + size;
    if (end > reader.end) throw refuseModule("a function runs past the end", "malformed");
    const groups = reader.u32();
    const groupsStart = reader.at;
    let locals = 0;
    for (let left = groups; left > 0; left--) {
      locals += reader.u32();
      readValueType(reader);
    }
    use(reader, { index, end, groupsStart, groups, locals });
    if (reader.at !== end) throw refuseModule("a function ends inside an instruction", "malformed");
  }
  return count;
}
