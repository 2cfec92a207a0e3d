import { describe, expect, it } from "vitest";
import { BLOCK_SHIFT } from "../../prepare/rewrite/exported-names.ts";
import { createTrackedViews } from "./tracked-views.ts";

type Constructor<T> = new (buffer: ArrayBuffer | number, offset?: number, length?: number) => T;

function setUp() {
  const views = createTrackedViews();
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
  const written = new WebAssembly.Memory({ initial: 1 });
  views.track({ memory, written });
  return {
    views,
    memory,
    view: views.constructors["DataView"] as Constructor<DataView>,
    bytes: views.constructors["Uint8Array"] as Constructor<Uint8Array>,
    marked: () => {
      const notes = new Uint8Array(written.buffer);
      const blocks = Array.from(notes.entries()).flatMap(([block, mark]) => (mark === 0 ? [] : [block]));
      notes.fill(0);
      return blocks;
    },
  };
}

describe("createTrackedViews", () => {
  it("notes what a data view sets, and not what it gets", () => {
    const { memory, view: View, marked } = setUp();
    const view = new View(memory.buffer, 1 << BLOCK_SHIFT);
    expect(marked()).toEqual([]);
    const setters: readonly ((at: number) => void)[] = [
      (at) => view.setInt8(at, 1),
      (at) => view.setUint8(at, 1),
      (at) => view.setInt16(at, 1, true),
      (at) => view.setUint16(at, 1, true),
      (at) => view.setInt32(at, 1, true),
      (at) => view.setUint32(at, 1, true),
      (at) => view.setFloat32(at, 1, true),
      (at) => view.setFloat64(at, 1, true),
      (at) => view.setBigInt64(at, 1n, true),
      (at) => view.setBigUint64(at, 1n, true),
    ];
    for (const [index, set] of setters.entries()) {
      set(index << BLOCK_SHIFT);
      expect(marked()).toEqual([index + 1]);
    }
    // Nothing that sets is left out, of what the engine has today.
    const all = Object.getOwnPropertyNames(DataView.prototype).filter((name) => name.startsWith("set"));
    expect(all.filter((name) => !Object.hasOwn(View.prototype as object, name))).toEqual([]);
    view.getUint32(0);
    expect(marked()).toEqual([]);
  });

  it("notes all of a typed array over the memory, before and after it grew, and nothing of others", () => {
    const { memory, bytes: Bytes, marked } = setUp();
    const array = new Bytes(memory.buffer, 1_000, 2_000);
    expect([array.byteOffset, array.length, array instanceof Bytes, array instanceof Uint8Array]).toEqual([
      1_000,
      2_000,
      true,
      true,
    ]);
    expect(marked()).toEqual([0, 1, 2]);
    memory.grow(1);
    void new Bytes(memory.buffer, 65_536, 1);
    expect(marked()).toEqual([64]);
    void new Bytes(memory.buffer, 0, 0);
    void new Bytes(16);
    void new Bytes(new ArrayBuffer(16));
    expect(marked()).toEqual([]);
  });

  it("forgets the memory of an instance that is thrown away", () => {
    const { views, memory, bytes: Bytes, marked } = setUp();
    views.forget(memory);
    void new Bytes(memory.buffer, 0, 8);
    expect(marked()).toEqual([]);
  });
});
