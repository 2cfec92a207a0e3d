import { RunnerError } from "../errors.ts";
import type { CellSharing, RunnerLimits } from "../options.ts";
import type { Artifact } from "../prepare/artifact.ts";
import type { Engine } from "../prepare/known-engines.ts";
import { createAdmission, type Bottleneck, type Place } from "./admission.ts";
import { UNTOUCHED, type Cell, type CellCall, type CellGuest } from "./cell.ts";
import { closing, crashed } from "./cell-errors.ts";
import { createCellSlots, type CellSlot } from "./cell-slots.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import type { GuestResponse } from "./guest-response.ts";
import { whileCallLasts } from "./while-call-lasts.ts";

/** Where a call belongs. */
export interface CellPlace extends Place {
  /** Names one version of one install of one tenant. */
  readonly component: string;
}

/** Cells by install or tenant: starts them, admits their calls, ends them when idle or when room is needed. */
export interface CellPool {
  /** Cells running now, spares not counted. */
  readonly size: number;
  /** Empty cells that wait for their first component. */
  readonly spares: number;
  /** Private memory of all cells and spares, as last measured. */
  readonly bytes: number;
  /** Calls in a cell or waiting for one. */
  readonly inFlight: number;
  /** Calls waiting for their turn. */
  readonly waiting: number;
  /**
   * Run one call, starting a cell for it if need be.
   *
   * @throws {RunnerError} `overloaded`, `not_admitted` (see `admission.ts`), `not_admitted` while an install that
   * crashes over and over rests and when the pool is closing, and everything {@link CellGuest.call} throws
   */
  run(place: CellPlace, loadArtifact: () => Promise<Artifact>, call: CellCall): Promise<GuestResponse>;
  /**
   * Start a cell for calls to come, or find that there is one; idle ones end as ever.
   *
   * @throws {RunnerError} as {@link CellPool.run}; `deadline_exceeded` after `timeoutMs`
   */
  warm(
    place: CellPlace,
    loadArtifact: () => Promise<Artifact>,
    options: { readonly timeoutMs: number },
  ): Promise<void>;
  /** End the cells that have an unwanted component, with the calls in them; also those that are starting. */
  end(isUnwanted: (component: string) => boolean): void;
  /** Refuse new calls, wait up to `graceMs` for those it has, then end every process. */
  close(graceMs: number): Promise<void>;
}

/** Options of {@link createCellPool}. */
export interface CellPoolOptions {
  readonly limits: RunnerLimits;
  /** @default "install" */
  readonly sharing?: CellSharing;
  /** Make one empty cell, real or fake; with an engine, one that compiles it first. */
  readonly start: (engine: Engine | null) => Cell;
  /** Private bytes of a process. @default read from the system */
  readonly measure?: (pid: number) => Promise<number>;
  /** CPU time of a process in ms. @default read from the system */
  readonly measureCpu?: (pid: number) => Promise<number>;
}

/** Create a pool; its spares start at once. */
export function createCellPool(options: CellPoolOptions): CellPool {
  const { limits, sharing = "install" } = options;
  const breaker = createCircuitBreaker({ now: () => performance.now() });
  const slots = createCellSlots({
    ...options,
    onCrash: (key) => breaker.crashed(key),
    onRoom: () => admission.advance(),
  });
  const keyOf = ({ tenant, component }: CellPlace) => (sharing === "tenant" ? tenant : component);
  const admission = createAdmission<CellPlace, CellSlot>(limits, (place): CellSlot | Bottleneck =>
    slots.claim(keyOf(place), place.tenant),
  );
  let closed = false;
  let inFlight = 0;
  let onIdle: (() => void) | null = null;

  const soundGuest = async (
    slot: CellSlot,
    { place, loadArtifact }: { place: CellPlace; loadArtifact: () => Promise<Artifact> },
  ): Promise<CellGuest> => {
    const guest = await slots.guestIn(slot, place.component, loadArtifact);
    await slot.cell?.responsive();
    // It died of another call's cancellation, or was ended while it started: nothing has run.
    if (slot.cell?.isDead !== false) throw crashed("its cell ended before it began", true);
    return guest;
  };
  const isUntouched = (error: unknown) => error instanceof RunnerError && error.details[UNTOUCHED] === true;

  return {
    get size() {
      return slots.size;
    },
    get spares() {
      return slots.spares;
    },
    get bytes() {
      return slots.bytes;
    },
    get inFlight() {
      return inFlight;
    },
    get waiting() {
      return admission.waiting;
    },
    async run(place, loadArtifact, call) {
      if (closed) throw closing();
      const key = keyOf(place);
      breaker.assertClosed(key);
      const entered = admission.enter(place, call);
      inFlight += 1;
      try {
        // Waiting for a promise costs a turn; most calls need not.
        let slot = entered instanceof Promise ? await entered : entered;
        try {
          for (let isSecond = false; ; isSecond = true) {
            try {
              const known = slot.guests.get(place.component);
              const isReady = known?.isSound === true;
              const guest = isReady
                ? known
                : await whileCallLasts(soundGuest(slot, { place, loadArtifact }), call);
              return await guest.call(call);
            } catch (error) {
              if (isSecond || !isUntouched(error)) throw error;
            } finally {
              if (slot.cell?.isDead === false) breaker.recovered(slot.key);
              slots.release(slot);
            }
            slot = slots.replace(key, place.tenant);
          }
        } finally {
          admission.leave(place);
        }
      } finally {
        inFlight -= 1;
        if (inFlight === 0) onIdle?.();
      }
    },
    async warm(place, loadArtifact, { timeoutMs }) {
      if (closed) throw closing();
      breaker.assertClosed(keyOf(place));
      const wait = { deadlineAt: performance.now() + timeoutMs };
      const entered = admission.enter(place, wait);
      inFlight += 1;
      try {
        const slot = await entered;
        try {
          await whileCallLasts(soundGuest(slot, { place, loadArtifact }), wait);
        } finally {
          slots.release(slot);
          admission.leave(place);
        }
      } finally {
        inFlight -= 1;
        if (inFlight === 0) onIdle?.();
      }
    },
    end: (isUnwanted) => slots.endIf(({ components }) => [...components].some(isUnwanted)),
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
      admission.refuseWaiting();
      await slots.close();
    },
  };
}
