/** Just enough of an assembler to write components that import and export given names. */
type Bytes = readonly number[];

function leb(value: number): number[] {
  const low = value % 128;
  return value > 127 ? [low | 0x80, ...leb(Math.floor(value / 128))] : [low];
}

const name = (text: string): number[] => {
  const bytes = new TextEncoder().encode(text);
  return [...leb(bytes.length), ...bytes];
};
const vec = (...items: readonly Bytes[]): number[] => [...leb(items.length), ...items.flat()];
const section = (id: number, body: Bytes): number[] => [id, ...leb(body.length), ...body];
const MODULE = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const COMPONENT = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];

/** A core module that exports one empty function under a name. */
function moduleExporting(text: string): number[] {
  return [
    ...MODULE,
    ...section(1, vec([0x60, 0, 0])),
    ...section(3, vec([0])),
    ...section(7, vec([...name(text), 0, 0])),
    ...section(10, vec([2, 0, 0x0b])),
  ];
}

/** A component that imports these instances, all of them empty, and exports `handler`. */
export function componentImporting(imports: readonly string[], coreName = "run"): Uint8Array {
  return Uint8Array.from([
    ...COMPONENT,
    ...section(7, vec([0x42, 0])),
    ...imports.flatMap((text) => section(10, vec([0x00, ...name(text), 0x05, 0]))),
    ...section(1, moduleExporting(coreName)),
    ...section(2, vec([0x00, 0, 0])),
    ...section(6, vec([0x00, 0x00, 0x01, 0, ...name(coreName)])),
    ...section(7, vec([0x40, 0, 0x01, 0])),
    ...section(8, vec([0x00, 0x00, 0, 0, 1])),
    ...section(11, vec([0x00, ...name("handler"), 0x01, 0, 0x00])),
  ]);
}
