/** The parts of a binary that {@link composeWithPinned} needs of the pinned world; both come from the toolchain. */
export interface PinnedWorld {
  /** A component that imports every pinned interface. */
  readonly world: Uint8Array;
  /** A component that imports `alga:extension/types`, its request and response types and the pinned `handler`. */
  readonly handlerProbe: Uint8Array;
}

const COMPONENT_PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00] as const;
const SECTION_CORE_MODULE = 1;
const SECTION_COMPONENT = 4;
const SECTION_INSTANCE = 5;
const SECTION_ALIAS = 6;
const SECTION_TYPE = 7;
const SECTION_IMPORT = 10;
const SORT_FUNC = 1;
const SORT_TYPE = 3;
const SORT_INSTANCE = 5;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Argument {
  readonly name: string;
  readonly sort: number;
  readonly index: number;
}

/**
 * Build a component that is valid only if the guest's imports and its `handler` have exactly the pinned types.
 *
 * It imports the pinned interfaces, instantiates the guest with them, and hands the guest's `handler` to a
 * component that imports it with the pinned type. So the toolchain's own validator compares every record, enum and
 * function, and we do not parse types twice.
 */
export function composeWithPinned(
  pinned: PinnedWorld,
  guest: Uint8Array,
  guestImports: readonly string[],
): Uint8Array {
  const prefix = readPrefix(pinned.world);
  const argument = (wanted: string): Argument =>
    prefix.imports.get(wanted) ?? { name: wanted, sort: SORT_INSTANCE, index: 0 };
  const handler: Argument = { name: "handler", sort: SORT_FUNC, index: 0 };
  const probeImports = ["alga:extension/types", "execute-request", "execute-response"].map(argument);
  // alias: sort func, target "export of an instance"; the guest is the first instance after the imported ones.
  const handlerAlias = join([Uint8Array.of(SORT_FUNC, 0x00), leb(prefix.instances), name(handler.name)]);
  return join([
    prefix.bytes,
    section(SECTION_COMPONENT, guest),
    section(SECTION_COMPONENT, pinned.handlerProbe),
    section(SECTION_INSTANCE, vector([instantiate(0, guestImports.map(argument))])),
    section(SECTION_ALIAS, vector([handlerAlias])),
    section(SECTION_INSTANCE, vector([instantiate(1, [...probeImports, handler])])),
  ]);
}

/** The pinned component up to its first core module, with the index of everything it imports. */
function readPrefix(component: Uint8Array): {
  bytes: Uint8Array;
  imports: Map<string, Argument>;
  instances: number;
} {
  const imports = new Map<string, Argument>();
  let offset = COMPONENT_PREAMBLE.length;
  let types = 0;
  let instances = 0;
  while (offset < component.length && component[offset] !== SECTION_CORE_MODULE) {
    const id = component[offset];
    const [length, start] = readLeb(component, offset + 1);
    const [count, first] = readLeb(component, start);
    // The toolchain writes only type aliases and `use`d types before the first core module.
    if (id === SECTION_TYPE || id === SECTION_ALIAS) types += count;
    const importCount = id === SECTION_IMPORT ? count : 0;
    for (let index = 0, at = first; index < importCount; index++) {
      const [nameLength, nameStart] = readLeb(component, at + 1);
      const imported = decoder.decode(component.subarray(nameStart, nameStart + nameLength));
      const sort = component[nameStart + nameLength] ?? 0;
      const position = sort === SORT_INSTANCE ? instances++ : types++;
      imports.set(imported, { name: imported, sort, index: position });
      // instance: type index; type: bound kind, then type index
      [, at] = readLeb(component, nameStart + nameLength + (sort === SORT_TYPE ? 2 : 1));
    }
    offset = start + length;
  }
  return { bytes: component.subarray(0, offset), imports, instances };
}

function instantiate(component: number, args: readonly Argument[]): Uint8Array {
  const encoded = args.map((arg) => join([name(arg.name), Uint8Array.of(arg.sort), leb(arg.index)]));
  return join([Uint8Array.of(0x00), leb(component), vector(encoded)]);
}

function section(id: number, content: Uint8Array): Uint8Array {
  return join([Uint8Array.of(id), leb(content.length), content]);
}

function vector(items: readonly Uint8Array[]): Uint8Array {
  return join([leb(items.length), ...items]);
}

function name(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return join([leb(bytes.length), bytes]);
}

function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return Uint8Array.from(bytes);
}

function readLeb(bytes: Uint8Array, offset: number): [value: number, next: number] {
  let value = 0;
  let shift = 0;
  let at = offset;
  for (;;) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if ((byte & 0x80) === 0) return [value, at];
    shift += 7;
  }
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
