import { BLOCK_SHIFT } from "../../prepare/rewrite/exported-names.ts";
import type { TrackedMemory } from "./snapshot.ts";
import type { WasmMemory } from "./web-assembly.ts";

/** Views of memory for glue: what glue writes into a guest's memory is noted as if the guest had written it. */
export interface TrackedViews {
  /** Constructors by the names that glue uses. */
  readonly constructors: Readonly<Record<string, unknown>>;
  /** Note writes to this memory from now on. */
  track(memory: TrackedMemory): void;
  /** The instance of this memory is thrown away. */
  forget(memory: WasmMemory): void;
}

/** The bytes in which writes to a guest's memory are noted; undefined for any other buffer. */
type FindNotes = (buffer: object) => Uint8Array | undefined;
type ArrayConstructor = typeof Uint8Array;
const PlainDataView: new (buffer: ArrayBuffer, offset?: number, length?: number) => DataView = DataView;
const ARRAYS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

/** The built-in ones, for glue of instances that are never put back. */
export const PLAIN_VIEWS: TrackedViews["constructors"] = Object.freeze(
  Object.fromEntries([...ARRAYS, DataView].map((constructor) => [constructor.name, constructor])),
);

/** Create the views; they behave as the built-in ones do. */
export function createTrackedViews(): TrackedViews {
  /** Memories of instances in use, with the bytes in which their writes are noted. No weak references: they leak here. */
  const memories = new Map<WasmMemory, Uint8Array>();
  /** By buffer, which growing replaces. */
  const known = new WeakMap<object, Uint8Array>();

  const find: FindNotes = (buffer) => {
    const found = known.get(buffer);
    if (found !== undefined || !(buffer instanceof ArrayBuffer)) return found;
    for (const [memory, written] of memories) {
      if (memory.buffer !== buffer) continue;
      known.set(buffer, written);
      return written;
    }
    return undefined;
  };
  const arrays = Object.fromEntries(
    ARRAYS.map((constructor) => [
      constructor.name,
      toTracked(constructor as unknown as ArrayConstructor, find),
    ]),
  );
  return {
    constructors: Object.freeze({ ...arrays, DataView: toTrackedDataView(find) }),
    track({ memory, written }) {
      memories.set(memory, new Uint8Array(written.buffer));
    },
    forget(memory) {
      memories.delete(memory);
    },
  };
}

/** A typed array over a guest's memory counts as written all over: what it is for cannot be seen. */
function toTracked(Plain: ArrayConstructor, find: FindNotes): unknown {
  // A plain function costs less than a class or a proxy; glue makes many of these and extends none.
  function TrackedArray(source: ArrayBuffer, offset?: number, length?: number): Uint8Array {
    const made = new Plain(source, offset, length);
    const written = typeof source === "object" ? find(source) : undefined;
    if (written !== undefined && made.byteLength > 0) {
      const first = made.byteOffset >>> BLOCK_SHIFT;
      const last = (made.byteOffset + made.byteLength - 1) >>> BLOCK_SHIFT;
      written.fill(1, first, last + 1);
    }
    return made;
  }
  Object.setPrototypeOf(TrackedArray, Plain);
  TrackedArray.prototype = Plain.prototype;
  return TrackedArray;
}

/** A data view notes what it sets: one to eight bytes, of which the block of the first counts. */
function toTrackedDataView(find: FindNotes): unknown {
  class TrackedDataView extends PlainDataView {
    readonly #written: Uint8Array | null;
    constructor(buffer: ArrayBuffer, offset?: number, length?: number) {
      super(buffer, offset, length);
      this.#written = find(buffer) ?? null;
    }
    #note(at: number) {
      if (this.#written !== null) this.#written[(this.byteOffset + at) >>> BLOCK_SHIFT] = 1;
    }
    override setInt8(at: number, value: number) {
      this.#note(at);
      super.setInt8(at, value);
    }
    override setUint8(at: number, value: number) {
      this.#note(at);
      super.setUint8(at, value);
    }
    override setInt16(at: number, value: number, isLittle?: boolean) {
      this.#note(at);
      super.setInt16(at, value, isLittle);
    }
    override setUint16(at: number, value: number, isLittle?: boolean) {
      this.#note(at);
      super.setUint16(at, value, isLittle);
    }
    override setInt32(at: number, value: number, isLittle?: boolean) {
      this.#note(at);
      super.setInt32(at, value, isLittle);
    }
    override setUint32(at: number, value: number, isLittle?: boolean) {
      this.#note(at);
      super.setUint32(at, value, isLittle);
    }
    override setFloat32(at: number, value: number, isLittle?: boolean) {
      this.#note(at);
      super.setFloat32(at, value, isLittle);
    }
    override setFloat64(at: number, value: number, isLittle?: boolean) {
      this.#note(at);
      super.setFloat64(at, value, isLittle);
    }
    override setBigInt64(at: number, value: bigint, isLittle?: boolean) {
      this.#note(at);
      super.setBigInt64(at, value, isLittle);
    }
    override setBigUint64(at: number, value: bigint, isLittle?: boolean) {
      this.#note(at);
      super.setBigUint64(at, value, isLittle);
    }
  }
  // What engines add later: these are not used by glue of today, and must not be a way past.
  for (const name of Object.getOwnPropertyNames(DataView.prototype))
    if (name.startsWith("set") && !Object.hasOwn(TrackedDataView.prototype, name))
      Object.defineProperty(TrackedDataView.prototype, name, { value: undefined });
  return TrackedDataView;
}
