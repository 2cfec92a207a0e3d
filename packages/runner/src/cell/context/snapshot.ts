import type { ContextHost } from "./context-host.ts";
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

/** Memories are whole pages, so whole blocks. */
const BLOCK = 4_096;
const ZEROS = new Uint8Array(BLOCK);
/** Memory cannot shrink, and what a call grew must be zeroed after it: beyond this a new instance is cheaper. */
const MAX_GROWTH_BYTES = 16 * 1024 * 1024;

/** Images of one component's memories: all its instances start alike, so they share them. */
export type MemoryImages = MemoryImage[];

/**
 * Remember all state that is reachable from outside. Globals that cannot be set are constants.
 *
 * `images` is where images are shared; it grows by those that no earlier instance had.
 */
export function takeSnapshot(
  state: { readonly memories: Iterable<WasmMemory>; readonly globals: Iterable<WasmGlobal> },
  parts: { readonly images: MemoryImages; readonly host: Pick<ContextHost, "isSame"> },
): Snapshot {
  const { images, host } = parts;
  const globals = Array.from(state.globals)
    .filter(isMutable)
    .map((global) => ({ global, first: global.value }));
  const memories = Array.from(state.memories).map((memory) => {
    const live = new Uint8Array(memory.buffer);
    let image = images.find((one) => isImageOf(one, live, host));
    if (image === undefined) {
      image = takeImage(live, host);
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

function takeImage(live: Uint8Array, host: Pick<ContextHost, "isSame">): MemoryImage {
  const isZeroBlock = (at: number) => host.isSame(live.subarray(at, at + BLOCK), ZEROS);
  const runs: Run[] = [];
  let at = 0;
  while (at < live.length) {
    const from = at;
    const isZero = isZeroBlock(at);
    do at += BLOCK;
    while (at < live.length && isZeroBlock(at) === isZero);
    runs.push({ from, to: at, bytes: isZero ? null : live.slice(from, at) });
  }
  return { length: live.length, runs };
}

function isImageOf(image: MemoryImage, live: Uint8Array, host: Pick<ContextHost, "isSame">): boolean {
  if (image.length !== live.length) return false;
  return image.runs.every(({ from, to, bytes }) => {
    if (bytes !== null) return host.isSame(live.subarray(from, to), bytes);
    for (let at = from; at < to; at += BLOCK)
      if (!host.isSame(live.subarray(at, at + BLOCK), ZEROS)) return false;
    return true;
  });
}
