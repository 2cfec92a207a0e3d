import { subWorldWit, type WitInterface } from "@alga-ext/protocol/wit";

/**
 * Stand-in for the package name `wasi` while the component is built, of the same length.
 *
 * The engine's own WASI imports (stdio, filesystem, clocks …) are replaced by traps, which the toolchain does to every
 * import named `wasi:`. The two that the guest may really use carry this name through that step, and get their true
 * name afterwards.
 */
const STAND_IN = "xasi";
const WASI_VERSION = "0.2.6";

/** Import specifiers of the two WASI interfaces, as the guest's source names them. */
export const GUEST_WASI = {
  wallClock: `${STAND_IN}:clocks/wall-clock@${WASI_VERSION}`,
  random: `${STAND_IN}:random/random@${WASI_VERSION}`,
} as const;

/** WIT text of the world the guest is built for: the manifest's interfaces, a wall clock and random bytes. */
export function guestWit(interfaces: readonly WitInterface[]): string {
  const world = subWorldWit(interfaces).replace(
    /^world runner \{\n/m,
    (line) => `${line}  import ${GUEST_WASI.wallClock};\n  import ${GUEST_WASI.random};\n`,
  );
  return `${world}
package ${STAND_IN}:clocks@${WASI_VERSION} {
  interface wall-clock {
    record datetime { seconds: u64, nanoseconds: u32 }
    now: func() -> datetime;
  }
}

package ${STAND_IN}:random@${WASI_VERSION} {
  interface random {
    get-random-bytes: func(len: u64) -> list<u8>;
  }
}
`;
}

const COMPONENT_PREAMBLE_BYTES = 8;
const IMPORT_SECTION = 10;

/** Give the two WASI imports their true name, in place: only import sections of the outermost component are touched. */
export function restoreWasiNames(component: Uint8Array): void {
  const names = Object.values(GUEST_WASI).map((name) => new TextEncoder().encode(name));
  let at = COMPONENT_PREAMBLE_BYTES;
  while (at < component.length) {
    const id = component[at]!;
    const [size, start] = readLeb(component, at + 1);
    if (id === IMPORT_SECTION) {
      const section = component.subarray(start, start + size);
      for (const name of names) renameIn(section, name);
    }
    at = start + size;
  }
}

function renameIn(section: Uint8Array, name: Uint8Array): void {
  const view = Buffer.from(section.buffer, section.byteOffset, section.length);
  for (let found = view.indexOf(name); found >= 0; found = view.indexOf(name, found + 1)) {
    view[found] = "w".charCodeAt(0);
  }
}

function readLeb(bytes: Uint8Array, from: number): [value: number, next: number] {
  let value = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}
