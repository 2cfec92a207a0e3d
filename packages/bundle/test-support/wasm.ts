/** Just enough of an assembler to write hostile modules and components byte by byte. */
type Bytes = readonly number[];

export function leb(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    out.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return out;
}

export const name = (text: string): number[] => {
  const bytes = new TextEncoder().encode(text);
  return [...leb(bytes.length), ...bytes];
};
export const vec = (...items: readonly Bytes[]): number[] => [...leb(items.length), ...items.flat()];
export const section = (id: number, body: Bytes): number[] => [id, ...leb(body.length), ...body];

const MAGIC = [0x00, 0x61, 0x73, 0x6d];
export const coreModule = (...sections: readonly Bytes[]): number[] => [
  ...MAGIC,
  1,
  0,
  0,
  0,
  ...sections.flat(),
];
export const component = (...sections: readonly Bytes[]): number[] => [
  ...MAGIC,
  0x0d,
  0,
  1,
  0,
  ...sections.flat(),
];
export const embed = (module: Bytes): number[] => section(1, module);
export const nested = (inner: Bytes): number[] => section(4, inner);
export const bytes = (data: Bytes): Uint8Array => Uint8Array.from(data);

/** `(func)`, type index 0. */
export const voidType = section(1, vec([0x60, 0, 0]));
/** One function of type 0. */
export const oneFunction = section(3, vec([0]));
/** The body of the one function; `end` is added. */
export const body = (code: Bytes): number[] => section(10, vec([...leb(code.length + 2), 0, ...code, 0x0b]));
/** A module with one function of that body, and the sections that belong between function and code. */
export const withBody = (code: Bytes, ...between: readonly Bytes[]): number[] =>
  coreModule(voidType, oneFunction, ...between, body(code));
/** A module that exports its one function under that name. */
export const exporting = (text: string): number[] =>
  coreModule(voidType, oneFunction, section(7, vec([...name(text), 0, 0])), body([]));
/** A module that imports one function. */
export const importing = (module: string, field: string): number[] =>
  coreModule(voidType, section(2, vec([...name(module), ...name(field), 0, 0])));

/** A component that imports an instance with these functions, all `func()`. */
export const importingInstance = (instance: string, ...functions: string[]): number[] => [
  ...section(7, vec(instanceType(functions))),
  ...section(10, vec([0x00, ...name(instance), 0x05, 0])),
];

/** A component that imports several instances with their functions. */
export const importingInstances = (instances: Readonly<Record<string, readonly string[]>>): number[] =>
  Object.entries(instances).flatMap(([instance, functions], index) => [
    ...section(7, vec(instanceType(functions))),
    ...section(10, vec([0x00, ...name(instance), 0x05, ...leb(index)])),
  ]);

function instanceType(functions: readonly string[]): number[] {
  const exports = functions.map((fn) => [0x04, 0x00, ...name(fn), 0x01, 0]);
  return [0x42, ...vec([0x01, 0x40, 0, 0x01, 0], ...exports)];
}

/** Sections that lift the one function of an embedded module and export it under these names. */
export const liftedAs = (...names: string[]): number[] => [
  ...embed(exporting("run")),
  ...section(2, vec([0x00, 0, 0])),
  ...section(6, vec([0x00, 0x00, 0x01, 0, ...name("run")])),
  ...section(7, vec([0x40, 0, 0x01, 0])),
  ...section(8, vec([0x00, 0x00, 0, 0, 0])),
  ...names.flatMap((text) => section(11, vec([0x00, ...name(text), 0x01, 0, 0x00]))),
];
