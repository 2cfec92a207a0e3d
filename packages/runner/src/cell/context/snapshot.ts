import { BLOCK_SHIFT } from "../../prepare/rewrite/exported-names.ts";
import type { ContextHost } from "./context-host.ts";
import restoreBytes from "./restore.wat";
import { Instance, Memory, Module, type WasmGlobal, type WasmMemory } from "./web-assembly.ts";

/** A memory, and the one in which its modules note what they write (`prepare/rewrite/track-writes.ts`). */
export interface TrackedMemory {
  readonly memory: WasmMemory;
  readonly written: WasmMemory;
}

/** The state an instance had when it was new. */
export interface Snapshot {
  /**
   * Put everything back as it was; false when the instance holds on to more memory than one is worth: the caller
   * then makes a new one.
   */
  restore(): boolean;
}

/** First contents of memories. */
export type MemoryImages = WasmMemory[];

const PAGE_BYTES = 65_536;
/** Memory cannot shrink: an instance that a call grew by more than this is not kept. */
const MAX_GROWTH_BYTES = 16 * 1024 * 1024;
/** Engines that draw a seed when they start make each instance different: such images go with their instance. */
const MAX_SHARED_IMAGES = 4;
const BLOCK = 4_096;
const ZEROS = new Uint8Array(BLOCK);
const restoreModule = new Module(restoreBytes);

/**
 * Remember all state that is reachable from outside. Globals that cannot be set are constants.
 *
 * `images` is where images are shared between the instances of one component, which mostly start alike; it grows by
 * those that no earlier instance had.
 */
export function takeSnapshot(
  state: { readonly memories: Iterable<TrackedMemory>; readonly globals: Iterable<WasmGlobal> },
  parts: { readonly images: MemoryImages; readonly host: Pick<ContextHost, "isSame"> },
): Snapshot {
  const { images, host } = parts;
  const globals = Array.from(state.globals)
    .filter(isMutable)
    .map((global) => ({ global, first: global.value }));
  const memories = Array.from(state.memories, ({ memory, written }) => {
    const live = new Uint8Array(memory.buffer);
    let image = images.find(({ buffer }) => host.isSame(new Uint8Array(buffer), live));
    if (image === undefined) {
      image = takeImage(live, host);
      if (images.length < MAX_SHARED_IMAGES) images.push(image);
    }
    // Those of what it may grow to are still as they came, and take no memory before they are touched.
    new Uint8Array(written.buffer).fill(0, 0, live.length >>> BLOCK_SHIFT);
    const { restore } = new Instance(restoreModule, { cell: { memory, written, image } }).exports;
    return { memory, end: live.length, restore: restore as (size: number, end: number) => void };
  });
  return {
    restore() {
      for (const { memory, end, restore } of memories) {
        const size = memory.buffer.byteLength;
        if (size - end > MAX_GROWTH_BYTES) return false;
        restore(size, end);
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

/** Blocks of zeros are not written, so they take no memory. */
function takeImage(live: Uint8Array, host: Pick<ContextHost, "isSame">): WasmMemory {
  const pages = live.length / PAGE_BYTES;
  const image = new Memory({ initial: pages, maximum: pages });
  const bytes = new Uint8Array(image.buffer);
  for (let at = 0; at < live.length; at += BLOCK) {
    const block = live.subarray(at, at + BLOCK);
    if (!host.isSame(block, ZEROS)) bytes.set(block, at);
  }
  return image;
}
