/**
 * Names of what rewriting adds to a core module, as the cell finds them. A component that has such a name itself
 * gives an invalid module, which is refused.
 */
export const EXPORTED = {
  /** Mutable globals: this and their position. */
  global: "__alga_global",
  /** The memory it defines. */
  memory: "__alga_memory",
  /** Bytes that say which blocks of its memory were written. */
  written: "__alga_written",
  /** i32 that counts down; below zero the module calls {@link HOST_SLOT}.pace. */
  fuel: "__alga_fuel",
  /** Table of functions that the cell provides. */
  host: "__alga_host",
} as const;

/** Slots of the host table. */
export const HOST_SLOT = {
  /** `() -> ()`, called when fuel is used up. */
  pace: 0,
  /** `() -> i32`, in place of `memory.size`. */
  memorySize: 1,
  /** `(i32) -> i32`, in place of `memory.grow`. */
  memoryGrow: 2,
} as const;

/** What a module imports that writes to the memory of another. */
export const IMPORTED = {
  /** No module of a component may import from a module of this name. */
  module: "__alga",
  written: "written",
} as const;

/** Size of the blocks of memory whose writing is noted, as a power of two. */
export const BLOCK_SHIFT = 10;
