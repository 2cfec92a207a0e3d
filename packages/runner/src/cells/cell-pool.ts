import { RunnerError } from "../errors.ts";
import type { RunnerLimits } from "../options.ts";
import type { Artifact } from "../prepare/artifact.ts";
import { UNTOUCHED, type Cell, type CellCall } from "./cell.ts";
import type { GuestResponse } from "./guest-response.ts";

/** Cells by install: starts them, queues their calls, ends them when idle or when room is needed. */
export interface CellPool {
  /** Cells running now. */
  readonly size: number;
  /** Calls in a cell or waiting for one. */
  readonly inFlight: number;
  /**
   * Run one call in the cell of `key`, starting it if need be.
   *
   * @throws {RunnerError} `overloaded` when the install's queue is full, `not_admitted` when every cell of the
   * budget is busy or the pool is closing, and everything {@link Cell.call} throws
   */
  run(key: string, loadArtifact: () => Promise<Artifact>, call: CellCall): Promise<GuestResponse>;
  /** End the cells of every key this answers true for, with the calls in them; also those that are starting. */
  end(isUnwanted: (key: string) => boolean): void;
  /** Refuse new calls, wait up to `graceMs` for running ones, then end every process. */
  close(graceMs: number): Promise<void>;
}

interface Slot {
  cell: Promise<Cell> | null;
  alive: Cell | null;
  running: number;
  readonly waiting: (() => void)[];
  lastUsed: number;
  idleTimer: NodeJS.Timeout | null;
  /** How often its cell was ended: one that began to load before must not start. */
  ends: number;
}

/** Create a pool; `start` makes one cell, real or fake. */
export function createCellPool(options: {
  limits: RunnerLimits;
  start: (artifact: Artifact) => Cell;
}): CellPool {
  const { limits } = options;
  const slots = new Map<string, Slot>();
  const ending = new Set<Promise<void>>();
  let closed = false;
  let inFlight = 0;
  let onIdle: (() => void) | null = null;

  const end = (key: string, slot: Slot) => {
    if (slot.idleTimer !== null) clearTimeout(slot.idleTimer);
    if (slots.get(key) === slot) slots.delete(key);
    slot.ends += 1;
    slot.alive?.kill();
  };

  const makeRoom = () => {
    if (slots.size < limits.cells) return;
    let oldest: [string, Slot] | null = null;
    for (const entry of slots) {
      const isIdle = entry[1].running === 0 && entry[1].waiting.length === 0;
      if (isIdle && (oldest === null || entry[1].lastUsed < oldest[1].lastUsed)) oldest = entry;
    }
    if (oldest === null) {
      throw new RunnerError("not_admitted", "Every cell of this runner is busy; try again.", {
        retryable: true,
        details: { limit: "cells", value: limits.cells },
      });
    }
    end(...oldest);
  };

  const slotOf = (key: string): Slot => {
    const known = slots.get(key);
    if (known !== undefined) return known;
    makeRoom();
    const made: Slot = {
      cell: null,
      alive: null,
      running: 0,
      waiting: [],
      lastUsed: 0,
      idleTimer: null,
      ends: 0,
    };
    slots.set(key, made);
    return made;
  };

  const cellOf = (slot: Slot, loadArtifact: () => Promise<Artifact>): Promise<Cell> => {
    if (slot.cell !== null && slot.alive?.isDead !== true) return slot.cell;
    slot.alive = null;
    const { ends } = slot;
    const starting = loadArtifact().then((artifact) => {
      const cell = options.start(artifact);
      slot.alive = cell;
      const gone = cell.ended.then(() => void ending.delete(gone));
      ending.add(gone);
      if (closed || slot.ends !== ends) cell.kill();
      return cell;
    });
    // A failed start must not be served to the next call.
    starting.catch(() => {
      if (slot.cell === starting) slot.cell = null;
    });
    slot.cell = starting;
    return starting;
  };

  /** A cell that is loaded and does not owe an answer to a cancellation. */
  const soundCell = async (slot: Slot, loadArtifact: () => Promise<Artifact>): Promise<Cell> => {
    const cell = await cellOf(slot, loadArtifact);
    await cell.ready;
    await cell.responsive();
    return cell.isDead ? await soundCell(slot, loadArtifact) : cell;
  };

  const callOnce = async (
    slot: Slot,
    loadArtifact: () => Promise<Artifact>,
    call: CellCall,
  ): Promise<GuestResponse> => {
    const { alive } = slot;
    const cell =
      alive?.isSound === true ? alive : await before(soundCell(slot, loadArtifact), call.deadlineAt);
    return await cell.call(call);
  };

  const waitForTurn = async (slot: Slot, call: CellCall) => {
    if (slot.waiting.length >= limits.queuePerInstall) {
      throw new RunnerError("overloaded", "Too many calls of this extension wait already.", {
        retryable: true,
        details: { limit: "queuePerInstall", value: limits.queuePerInstall },
      });
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (error: RunnerError) => {
        slot.waiting.splice(slot.waiting.indexOf(go), 1);
        reject(error);
      };
      const timer = setTimeout(
        () => leave(new RunnerError("deadline_exceeded", "The call's deadline passed while it waited.")),
        Math.max(0, call.deadlineAt - performance.now()),
      );
      const go = () => {
        clearTimeout(timer);
        resolve();
      };
      slot.waiting.push(go);
    });
  };

  const leave = (key: string, slot: Slot) => {
    slot.lastUsed = performance.now();
    const next = slot.waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    slot.running -= 1;
    if (slot.running > 0) return;
    if (slot.alive === null || slot.alive.isDead || closed) {
      end(key, slot);
      return;
    }
    slot.idleTimer = setTimeout(() => end(key, slot), limits.idleMs);
    slot.idleTimer.unref();
  };

  return {
    get size() {
      return slots.size;
    },
    get inFlight() {
      return inFlight;
    },
    async run(key, loadArtifact, call) {
      if (closed) throw new RunnerError("not_admitted", "This runner is shutting down.", { retryable: true });
      const slot = slotOf(key);
      if (slot.idleTimer !== null) clearTimeout(slot.idleTimer);
      slot.idleTimer = null;
      inFlight += 1;
      try {
        // Waiting for a promise costs a turn; most calls need not.
        if (slot.running < limits.concurrentPerInstall) slot.running += 1;
        else await waitForTurn(slot, call);
        try {
          return await callOnce(slot, loadArtifact, call).catch((error: unknown) => {
            if (error instanceof RunnerError && error.details[UNTOUCHED] === true)
              return callOnce(slot, loadArtifact, call);
            throw error;
          });
        } finally {
          leave(key, slot);
        }
      } finally {
        inFlight -= 1;
        if (inFlight === 0) onIdle?.();
      }
    },
    end(isUnwanted) {
      for (const [key, slot] of slots) if (isUnwanted(key)) end(key, slot);
    },
    async close(graceMs) {
      closed = true;
      if (inFlight > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, graceMs);
          onIdle = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      for (const [key, slot] of slots) end(key, slot);
      await Promise.all(ending);
    },
  };
}

/** Wait for a start-up, but no longer than the call has; the start-up goes on for the next one. */
async function before<T>(promise: Promise<T>, deadlineAt: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new RunnerError("deadline_exceeded", "The call's deadline passed while its cell started.")),
    Math.max(0, deadlineAt - performance.now()),
  );
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
