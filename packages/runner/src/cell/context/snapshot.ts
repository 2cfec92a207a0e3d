import type { WasmGlobal, WasmMemory } from "./web-assembly.ts";

/** A stretch of a memory: its bytes, or null where it is all zeros. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array | null;
}

/** The first content of a memory. */
interface MemoryImage {
  readonly length: number;
  readonly runs: readonly Run[];
}

/** The state an instance had when it was new. */
export interface Snapshot {
  /**
   * Put everything back as it was; false when that would take longer than a new instance, which the caller must
   * then make.
   */
  restore(): boolean;
}

const BLOCK = 4_096;
/** Memory cannot shrink, and what a call grew must be zeroed after it: beyond this a new instance is cheaper. */
const MAX_GROWTH_BYTES = 16 * 1024 * 1024;

/** Images of one component's memories: all its instances start alike, so they share them. */
export type MemoryImages = MemoryImage[];

/**
 * Remember all state that is reachable from outside. Globals that cannot be set are constants.
 *
 * @param images - where images are shared; grows by those that no earlier instance had
 */
export function takeSnapshot(
  state: { readonly memories: Iterable<WasmMemory>; readonly globals: Iterable<WasmGlobal> },
  images: MemoryImages,
): Snapshot {
  const globals = Array.from(state.globals)
    .filter(isMutable)
    .map((global) => ({ global, first: global.value }));
  const memories = Array.from(state.memories).map((memory) => {
    const live = new Uint8Array(memory.buffer);
    let image = images.find((one) => isImageOf(one, live));
    if (image === undefined) {
      image = takeImage(live);
      images.push(image);
    }
    return { memory, image, live };
  });
  return {
    restore() {
      for (const entry of memories) {
        const { memory, image } = entry;
        if (entry.live.buffer !== memory.buffer) entry.live = new Uint8Array(memory.buffer);
        const { live } = entry;
        if (live.length - image.length > MAX_GROWTH_BYTES) return false;
        for (const { from, to, bytes } of image.runs) {
          if (bytes === null) live.fill(0, from, to);
          else live.set(bytes, from);
        }
        if (live.length > image.length) live.fill(0, image.length);
      }
      for (const { global, first } of globals) global.value = first;
      return true;
    },
  };
}

function isMutable(global: WasmGlobal): boolean {
  try {
    const { value } = global;
    global.value = value;
    return true;
  } catch {
    return false;
  }
}

function takeImage(live: Uint8Array): MemoryImage {
  const runs: Run[] = [];
  let at = 0;
  while (at < live.length) {
    const from = at;
    const isZero = isZeroBlock(live, at);
    do at += BLOCK;
    while (at < live.length && isZeroBlock(live, at) === isZero);
    runs.push({ from, to: at, bytes: isZero ? null : live.slice(from, at) });
  }
  return { length: live.length, runs };
}

function isImageOf(image: MemoryImage, live: Uint8Array): boolean {
  if (image.length !== live.length) return false;
  return image.runs.every(({ from, to, bytes }) => isSame(wordsOf(live, from, to), bytes));
}

function isZeroBlock(live: Uint8Array, at: number): boolean {
  return isSame(wordsOf(live, at, at + BLOCK), null);
}

function isSame(words: Int32Array, bytes: Uint8Array | null): boolean {
  const others = bytes === null ? null : wordsOf(bytes, 0, bytes.length);
  for (let index = 0; index < words.length; index++) {
    if (words[index] !== (others === null ? 0 : others[index])) return false;
  }
  return true;
}

/** Memories are whole pages, so words fit. */
function wordsOf(bytes: Uint8Array, from: number, to: number): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset + from, (to - from) / 4);
}
