import type { RunnerLimits } from "../options.ts";
import type { Artifact } from "../prepare/artifact.ts";
import { engineOf, type Engine } from "../prepare/known-engines.ts";
import type { Bottleneck } from "./admission.ts";
import type { Cell, CellGuest } from "./cell.ts";
import { crashed } from "./cell-errors.ts";
import { processCpuMs } from "./process-cpu.ts";
import { processMemory } from "./process-memory.ts";
import { createSpareCells } from "./spare-cells.ts";

/** A place for one cell, from the claim of its first call until it is ended. */
export interface CellSlot {
  readonly key: string;
  readonly tenant: string;
  readonly since: number;
  /** Null until its first component is there to be loaded. */
  cell: Cell | null;
  /** What calls asked for, loaded or not. */
  readonly components: Set<string>;
  /** What is loaded. */
  readonly guests: Map<string, CellGuest>;
  readonly loading: Map<string, Promise<CellGuest>>;
  running: number;
  lastUsed: number;
  bytes: number;
  measuredAt: number;
  /** CPU time it had used when it was first seen idle; null while it has a call. */
  idleFromCpuMs: number | null;
  /** What somebody else needs it for: it takes no more calls, and ends with those it has. */
  yields: Bottleneck | null;
  /** Ended on purpose. */
  isEnded: boolean;
}

/** The cells of a runner within their budgets. */
export interface CellSlots {
  readonly size: number;
  readonly spares: number;
  readonly bytes: number;
  /** The slot of a key for one more call, made if there is room or an idle one to end; else what is in the way. */
  claim(key: string, tenant: string): CellSlot | Bottleneck;
  /** The same for a call that had a slot whose cell is gone. */
  replace(key: string, tenant: string): CellSlot;
  /** A claimed slot has one call less. */
  release(slot: CellSlot): void;
  /** A component in the slot's cell, loaded at most once. */
  guestIn(slot: CellSlot, component: string, loadArtifact: () => Promise<Artifact>): Promise<CellGuest>;
  endIf(isUnwanted: (slot: CellSlot) => boolean): void;
  /** End everything and wait for it. */
  close(): Promise<void>;
}

/** What a new cell takes soon after its start; also assumed of one that was not measured. */
const NEW_CELL_BYTES = 40 * 1024 * 1024;
/** A busy cell is not taken from its install before this time. */
const TENURE_MS = 1_000;
/** Versions in one cell that several share, before it makes room for a new one. */
const MAX_COMPONENTS = 16;
/**
 * CPU time that a cell without a call may use: it makes instances, collects garbage and compiles what ran often. More
 * is somebody who works on while no deadline holds.
 */
const IDLE_CPU_MS = 3_000;
const REFILL_DELAY_MS = 100;
/** What was loaded still has to answer, and its neighbours may be on their way. */
const CALM_MS = 500;
const LONGEST_SWEEP_MS = 1_000;

/** Create the slots; spares start at once. */
export function createCellSlots(options: {
  readonly limits: RunnerLimits;
  readonly start: (engine: Engine | null) => Cell;
  readonly measure?: (pid: number) => Promise<number>;
  /** CPU time of a process in ms. @default read from the system */
  readonly measureCpu?: (pid: number) => Promise<number>;
  /** The cell of a key died by itself or could not take its code. */
  readonly onCrash: (key: string) => void;
  /** A slot was given up. */
  readonly onRoom: () => void;
}): CellSlots {
  const { limits, measure = processMemory, measureCpu = processCpuMs } = options;
  const slots = new Map<string, CellSlot>();
  const ending = new Set<Promise<void>>();
  const spares = createSpareCells({ count: limits.spareCells, start: options.start });
  let closed = false;
  let refilling: NodeJS.Timeout | null = null;
  let calming: NodeJS.Timeout | null = null;
  /** Components that are being loaded into cells. */
  let starting = 0;
  /** Slots whose first component is being read. */
  const awaiting = new Set<CellSlot>();

  const make = (key: string, tenant: string): CellSlot => {
    const now = performance.now();
    const slot: CellSlot = {
      key,
      tenant,
      since: now,
      cell: null,
      components: new Set(),
      guests: new Map(),
      loading: new Map(),
      running: 1,
      lastUsed: now,
      bytes: NEW_CELL_BYTES,
      measuredAt: 0,
      idleFromCpuMs: null,
      yields: null,
      isEnded: false,
    };
    slots.set(key, slot);
    return slot;
  };
  const end = (slot: CellSlot) => {
    slot.isEnded = true;
    if (slots.get(slot.key) === slot) slots.delete(slot.key);
    slot.cell?.kill();
    if (!closed) options.onRoom();
  };
  const bytes = () => {
    let sum = spares.size * NEW_CELL_BYTES;
    for (const slot of slots.values()) sum += slot.bytes;
    return sum;
  };
  const idleLongest = (): CellSlot | null => {
    let oldest: CellSlot | null = null;
    for (const slot of slots.values())
      if (slot.running === 0 && (oldest === null || slot.lastUsed < oldest.lastUsed)) oldest = slot;
    return oldest;
  };

  /** Have a busy cell end when its calls do: the oldest of the tenant that has most, the asking one's own if as many. */
  const takeBack = (tenant: string, why: Bottleneck) => {
    const counts = new Map<string, number>([[tenant, 0]]);
    let yielding = 0;
    for (const slot of slots.values()) {
      counts.set(slot.tenant, (counts.get(slot.tenant) ?? 0) + 1);
      if (slot.yields !== null) yielding += 1;
    }
    if (yielding >= Math.ceil(limits.cells / 8)) return;
    let richest = tenant;
    for (const [name, count] of counts) if (count > (counts.get(richest) ?? 0)) richest = name;
    const until = performance.now() - TENURE_MS;
    // A map keeps its order: the first found is the oldest.
    const victim = [...slots.values()].find(
      (slot) => slot.tenant === richest && slot.yields === null && slot.since < until,
    );
    if (victim !== undefined) victim.yields = why;
  };
  const makeRoom = (tenant: string): Bottleneck | null => {
    const missing = (): Bottleneck | null => {
      if (slots.size >= limits.cells) return "cells";
      return slots.size > 0 && bytes() + NEW_CELL_BYTES > limits.cellsBytes ? "cellsBytes" : null;
    };
    for (let why = missing(); why !== null; why = missing()) {
      const idle = idleLongest();
      if (idle === null) {
        takeBack(tenant, why);
        return why;
      }
      end(idle);
    }
    return null;
  };
  const isAlive = (slot: CellSlot | undefined): slot is CellSlot =>
    slot !== undefined && slot.cell?.isDead !== true;

  const fill = (slot: CellSlot, artifact: Artifact): Cell => {
    const cell = spares.take(engineOf(artifact));
    slot.cell = cell;
    const gone = cell.ended.then(() => {
      ending.delete(gone);
      if (slot.isEnded) return;
      options.onCrash(slot.key);
      if (slot.running === 0) end(slot);
    });
    ending.add(gone);
    return cell;
  };
  /** Starting a process takes the processor from calls that wait for theirs: the last one begins it. */
  const refillSoon = () => {
    if (starting > 0) return;
    refilling ??= setTimeout(() => {
      refilling = null;
      if (starting === 0) spares.refill({ isCalm: false });
    }, REFILL_DELAY_MS).unref();
    if (calming !== null) clearTimeout(calming);
    calming = setTimeout(() => {
      calming = null;
      if (starting === 0) spares.refill();
    }, CALM_MS).unref();
  };
  const load = async (slot: CellSlot, component: string, loadArtifact: () => Promise<Artifact>) => {
    starting += 1;
    try {
      return await loadInto(slot, component, await artifactFor(slot, loadArtifact));
    } finally {
      starting -= 1;
      refillSoon();
    }
  };
  const artifactFor = async (slot: CellSlot, loadArtifact: () => Promise<Artifact>) => {
    if (slot.cell !== null) return await loadArtifact();
    awaiting.add(slot);
    spares.expect(awaiting.size);
    try {
      return await loadArtifact();
    } finally {
      awaiting.delete(slot);
    }
  };
  const loadInto = async (slot: CellSlot, component: string, artifact: Artifact) => {
    if (slot.isEnded || closed) throw crashed("its cell ended before it began", !closed);
    const guest = (slot.cell ?? fill(slot, artifact)).load(artifact);
    try {
      await guest.ready;
      slot.guests.set(component, guest);
      return guest;
    } catch (error) {
      // Code that cannot be loaded may have done anything to a cell that nobody else needs.
      if (slot.cell?.isDead === false && slot.guests.size === 0) {
        options.onCrash(slot.key);
        end(slot);
      }
      throw error;
    }
  };

  /** End a cell that works though nobody called it. */
  const watchIdle = async (slot: CellSlot) => {
    const pid = slot.cell?.pid;
    if (pid === undefined || slot.running > 0) return;
    const { lastUsed } = slot;
    const usedMs = await measureCpu(pid);
    // A call may have come and gone meanwhile.
    if (slot.running > 0 || slot.lastUsed !== lastUsed) return;
    slot.idleFromCpuMs ??= usedMs;
    if (usedMs - slot.idleFromCpuMs <= IDLE_CPU_MS || slot.isEnded) return;
    options.onCrash(slot.key);
    end(slot);
  };
  const sweep = async () => {
    const now = performance.now();
    for (const slot of slots.values())
      if (slot.running === 0 && now - slot.lastUsed >= limits.idleMs) end(slot);
    if (refilling === null) spares.refill({ isCalm: calming === null && starting === 0 });
    spares.trim(awaiting.size);
    await Promise.all(Array.from(slots.values(), watchIdle));
    await Promise.all(
      Array.from(slots.values(), async (slot) => {
        const pid = slot.cell?.pid;
        if (pid === undefined || (slot.running === 0 && slot.lastUsed < slot.measuredAt)) return;
        slot.measuredAt = now;
        const measured = await measure(pid);
        if (measured > 0) slot.bytes = measured;
      }),
    );
    for (let idle = idleLongest(); idle !== null && bytes() > limits.cellsBytes; idle = idleLongest())
      end(idle);
    if (bytes() <= limits.cellsBytes || slots.size < 2) return;
    const [largest] = [...slots.values()].toSorted((one, other) => other.bytes - one.bytes);
    if (largest !== undefined) largest.yields ??= "cellsBytes";
  };
  const timer = setInterval(
    () => void sweep().catch(() => undefined),
    Math.max(5, Math.min(LONGEST_SWEEP_MS, limits.idleMs / 2)),
  );
  timer.unref();

  return {
    get size() {
      return slots.size;
    },
    get spares() {
      return spares.size;
    },
    get bytes() {
      return bytes();
    },
    claim(key, tenant) {
      const known = slots.get(key);
      if (!isAlive(known)) return (known === undefined ? makeRoom(tenant) : null) ?? make(key, tenant);
      if (known.yields !== null) return known.yields;
      known.running += 1;
      known.idleFromCpuMs = null;
      return known;
    },
    replace(key, tenant) {
      const known = slots.get(key);
      if (!isAlive(known)) return make(key, tenant);
      known.running += 1;
      known.idleFromCpuMs = null;
      return known;
    },
    release(slot) {
      slot.running -= 1;
      slot.lastUsed = performance.now();
      if (slot.running === 0 && (slot.cell?.isDead !== false || slot.yields !== null || closed)) end(slot);
    },
    guestIn(slot, component, loadArtifact) {
      const known = slot.loading.get(component);
      if (known !== undefined) return known;
      slot.components.add(component);
      if (slot.components.size > MAX_COMPONENTS) slot.yields ??= "cells";
      const started = load(slot, component, loadArtifact);
      slot.loading.set(component, started);
      // A failed start must not be served to the next call.
      started.catch(() => slot.loading.delete(component));
      return started;
    },
    endIf(isUnwanted) {
      for (const slot of slots.values()) if (isUnwanted(slot)) end(slot);
    },
    async close() {
      closed = true;
      clearInterval(timer);
      for (const waiting of [refilling, calming]) if (waiting !== null) clearTimeout(waiting);
      for (const slot of slots.values()) end(slot);
      await Promise.all([...ending, spares.close()]);
    },
  };
}
