import { EXPORTED, HOST_SLOT, IMPORTED } from "../../prepare/rewrite/exported-names.ts";
import type { ContextHost } from "./context-host.ts";
import { rememberGlueState, type GlueState } from "./glue-state.ts";
import pacerBytes from "./pacer.wat";
import { takeSnapshot, type MemoryImages, type Snapshot } from "./snapshot.ts";
import virtualMemoryBytes from "./virtual-memory.wat";
import type { TrackedViews } from "./tracked-views.ts";
import {
  Global,
  Instance,
  Memory,
  Module,
  Suspending,
  Table,
  type WasmGlobal,
  type WasmImports,
  type WasmMemory,
  type WasmModule,
} from "./web-assembly.ts";

/** What the glue hands out. */
export interface GuestRoot {
  readonly handler?: (request: unknown) => unknown;
  /** Present when the glue's own state can be watched. */
  readonly algaState?: () => GlueState;
}

/** What every instance of one component shares. */
export interface GuestCode {
  readonly instantiate: (
    getModule: (name: string) => WasmModule | undefined,
    imports: object,
    instantiateCore: (module: WasmModule, imports?: WasmImports) => object,
  ) => unknown;
  readonly modules: ReadonlyMap<string, WasmModule>;
  /** Whether a snapshot reaches everything that a call can change. */
  readonly isRestorable: boolean;
  readonly images: MemoryImages;
  readonly host: ContextHost;
  readonly views: TrackedViews;
}

/** What fuel asks for: go on, suspend, or trap. */
export const PACE = { on: 0, wait: 1, stop: 2 } as const;

/** Decides about a guest whose fuel is used up. */
export interface Pacing {
  /** One of {@link PACE}. */
  tick(): number;
  /** Settles when the guest may go on. */
  suspend(): Promise<unknown>;
}

/** One instance of a component; it serves one call at a time. */
export interface GuestInstance {
  readonly handler: (request: unknown) => unknown;
  /** Fill up every module's fuel; 0 makes the next check call `tick`. */
  refuel(units: number): void;
  /** Cap of each memory for the next call, in pages; never below its first size. */
  capMemory(pages: number): void;
  /** Whether growth was refused since {@link GuestInstance.capMemory}. */
  wasRefusedMemory(): boolean;
  /** Size of all its memories together. */
  memoryBytes(): number;
  /** Back to the state of a new instance; false when it must be thrown away. */
  restore(): boolean;
  /** It is not used again; without this, what it holds would stay. */
  discard(): void;
}

interface VirtualMemory {
  readonly pages: WasmGlobal;
  readonly cap: WasmGlobal;
  readonly refused: WasmGlobal;
  readonly size: () => number;
  readonly grow: (by: number) => number;
}

const PAGE_BYTES = 65_536;
const pacerModule = new Module(pacerBytes);
const virtualMemoryModule = new Module(virtualMemoryBytes);

/** Make an instance; all its core instances are wired to `pacing` and to memory sizes of their own. */
export async function createGuestInstance(
  code: GuestCode,
  imports: object,
  pacing: Pacing,
): Promise<GuestInstance> {
  const fuels: WasmGlobal[] = [];
  const globals = new Set<WasmGlobal>();
  const memories = new Map<WasmMemory, VirtualMemory>();
  const written = new Map<WasmMemory, WasmMemory>();
  const { pace } = new Instance(pacerModule, {
    cell: { tick: pacing.tick, suspend: new Suspending(pacing.suspend) },
  }).exports;

  const virtualOf = (memory: WasmMemory): VirtualMemory => {
    let made = memories.get(memory);
    if (made === undefined) {
      const { exports } = new Instance(virtualMemoryModule, { cell: { memory } });
      made = exports as unknown as VirtualMemory;
      made.pages.value = made.cap.value = memory.buffer.byteLength / PAGE_BYTES;
      memories.set(memory, made);
    }
    return made;
  };
  const instantiateCore = (module: WasmModule, coreImports: WasmImports = {}) => {
    let memory: WasmMemory | undefined;
    for (const namespace of Object.values(coreImports)) {
      for (const value of Object.values(namespace)) {
        if (value instanceof Memory) memory = value;
        else if (value instanceof Global) globals.add(value);
      }
    }
    const ours = { [IMPORTED.written]: memory === undefined ? undefined : written.get(memory) };
    const made = new Instance(module, { ...coreImports, [IMPORTED.module]: ours });
    const noted = made.exports[EXPORTED.written];
    for (const [name, value] of Object.entries(made.exports)) {
      if (value === noted) continue;
      if (value instanceof Memory) memory = value;
      else if (value instanceof Global)
        (name === EXPORTED.fuel ? fuels : { push: (g: WasmGlobal) => globals.add(g) }).push(value);
    }
    if (memory !== undefined && noted instanceof Memory) {
      written.set(memory, noted);
      code.views.track({ memory, written: noted });
    }
    const virtual = memory === undefined ? undefined : virtualOf(memory);
    const table = made.exports[EXPORTED.host];
    if (table instanceof Table) {
      table.set(HOST_SLOT.pace, pace);
      if (virtual !== undefined) {
        table.set(HOST_SLOT.memorySize, virtual.size);
        table.set(HOST_SLOT.memoryGrow, virtual.grow);
      }
    }
    return made;
  };

  const discard = () => {
    for (const memory of written.keys()) code.views.forget(memory);
  };
  let root: GuestRoot;
  try {
    root = (await code.instantiate((name) => code.modules.get(name), imports, instantiateCore)) as GuestRoot;
  } catch (error) {
    discard();
    throw error;
  }
  const { handler, algaState } = root;
  let snapshot: Snapshot | undefined;
  let isGlueSame: (() => boolean) | undefined;
  if (code.isRestorable && algaState !== undefined) {
    for (const { pages } of memories.values()) globals.add(pages);
    snapshot = takeSnapshot(
      { memories: Array.from(written, ([memory, noted]) => ({ memory, written: noted })), globals },
      code,
    );
    isGlueSame = rememberGlueState(algaState);
  }
  const virtuals = Array.from(memories.values(), (virtual) => ({
    virtual,
    first: Number(virtual.pages.value),
  }));
  return {
    handler: (request) => handler?.(request),
    refuel(units) {
      for (const fuel of fuels) fuel.value = units;
    },
    capMemory(pages) {
      for (const { virtual, first } of virtuals) {
        virtual.cap.value = Math.max(pages, first);
        virtual.refused.value = 0;
      }
    },
    wasRefusedMemory: () => virtuals.some(({ virtual }) => virtual.refused.value !== 0),
    memoryBytes() {
      let pages = 0;
      for (const { virtual } of virtuals) pages += Number(virtual.pages.value);
      return pages * PAGE_BYTES;
    },
    discard,
    restore: () => snapshot !== undefined && isGlueSame?.() === true && snapshot.restore(),
  };
}
