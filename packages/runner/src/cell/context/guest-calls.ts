import type { ContextHost } from "./context-host.ts";
import type { FrameOutput } from "./frame-output.ts";
import { createGuestInstance, PACE, type GuestCode, type GuestInstance } from "./guest-instance.ts";
import { createInertWasi } from "./inert-wasi.ts";
import type { Pump } from "./pump.ts";
import type { Remains } from "./remains.ts";
import { packValue } from "./wire.ts";

/** Fuel between two looks at the clock, about half a millisecond. */
const SLICE = 100_000;
/** Longest a guest runs before others get their turn. */
const SLICE_MS = 2;
/** A guest that yielded gets its next turn sooner than this. */
const MAX_WAIT_MS = 50;
/** Instances kept for the next calls; more exist only while calls wait. */
const MAX_IDLE = 8;
/** Errors, unlike other values, are not for guests: glue lets them through, and they end the call. */
const GIVEN_UP = "the call was given up";
/** Instances made before a call needs them. */
const WARM = 2;

interface LiveCall {
  readonly id: number;
  readonly deadline: number;
  readonly pending: Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>;
  seq: number;
  isCancelled: boolean;
  /** The limit it was stopped for. */
  over: "deadline" | "cpu" | null;
  readonly cpuLimitMs: number;
  /** CPU time up to where its seat's clock began. */
  cpuMs: number;
  /** Whether it was suspended for its length. */
  isLong: boolean;
  /** Its first turn, while it has not come. */
  turn: (() => void) | null;
}

/** An instance, and the call it serves. */
interface Seat {
  guest: GuestInstance | null;
  call: LiveCall | null;
  sliceEnds: number;
  /**
   * Where it began to run, null while it does not. The CPU clock costs more than some calls: it is asked from the
   * first look at the clock on, and what came before counts in full.
   */
  ranFrom: { readonly wall: number; readonly cpu: number | null } | null;
}

/** What the load frame says. */
export interface CellOptions {
  /** Import names as the glue asks for them. */
  readonly importNames: readonly string[];
  /** Host functions of each interface. */
  readonly functions: readonly (readonly [name: string, members: readonly string[]])[];
  readonly maxMemoryPages: number;
  /** Keep state between calls. */
  readonly isWarm: boolean;
}

/** The calls of one cell. */
export interface GuestCalls {
  /** Run a call in its turn; `deadline` is in terms of {@link ContextHost.clock}, `cpuMs` the CPU time it may take. */
  start(call: {
    readonly id: number;
    readonly request: unknown;
    readonly deadline: number;
    readonly cpuMs: number;
    readonly memoryPages: number | null;
  }): void;
  answer(id: number, seq: number, isOk: boolean, value: unknown): void;
  /** Forget a call; a guest that runs for it is stopped at its next turn. */
  cancel(id: number): void;
}

/** Wire calls, instances and the pump. */
export function createGuestCalls(
  code: GuestCode,
  options: CellOptions,
  parts: {
    readonly host: ContextHost;
    readonly output: FrameOutput;
    readonly pump: Pump;
    readonly remains: Remains;
  },
): GuestCalls {
  const { host, output, pump, remains } = parts;
  const calls = new Map<number, LiveCall>();
  /** The last one used comes first: its memory is in the caches. */
  const idle: Seat[] = [];
  let isOpening = false;
  let hasServed = false;

  const openSeat = async (): Promise<Seat> => {
    const seat: Seat = { guest: null, call: null, sliceEnds: 0, ranFrom: null };
    seat.guest = await createGuestInstance(code, importsOf(seat), {
      tick() {
        const { call, guest } = seat;
        if (call === null || guest === null) return PACE.on;
        guest.refuel(SLICE);
        const now = host.clock();
        if (call.isCancelled) return PACE.stop;
        if (now > call.deadline) call.over = "deadline";
        else if (isOverCpu(seat, call, now)) call.over = "cpu";
        if (call.over !== null) return PACE.stop;
        return now > seat.sliceEnds ? PACE.wait : PACE.on;
      },
      suspend: () =>
        new Promise<void>((resolve) => {
          stopClock(seat);
          const { call } = seat;
          if (call !== null) call.isLong = true;
          const turn = () => {
            host.clearTimer(timer);
            beginSlice(seat);
            resolve();
          };
          pump.yield(turn);
          // It does not wait for its next turn beyond its deadline.
          const leftMs = (call?.deadline ?? Infinity) - host.clock();
          const timer =
            leftMs < MAX_WAIT_MS ? host.timer(() => pump.hurry(turn), Math.max(0, leftMs), false) : 0;
        }),
    });
    return seat;
  };
  const startClock = (seat: Seat) => {
    seat.ranFrom = { wall: host.clock(), cpu: seat.call?.isLong === true ? host.cpu() : null };
  };
  /** CPU time of its call, this slice included: other threads of the process count only as far as it ran itself. */
  const cpuOf = ({ call, ranFrom }: Seat): number => {
    const wallMs = ranFrom === null ? 0 : host.clock() - ranFrom.wall;
    const cpuMs = ranFrom === null || ranFrom.cpu === null ? wallMs : host.cpu() - ranFrom.cpu;
    return (call?.cpuMs ?? 0) + Math.min(wallMs, cpuMs);
  };
  const isOverCpu = (seat: Seat, call: LiveCall, now: number): boolean => {
    if (seat.ranFrom?.cpu === null) {
      call.cpuMs = cpuOf(seat);
      seat.ranFrom = { wall: now, cpu: host.cpu() };
    }
    // The machine may have been busy with others: the cheap clock says when to ask the other one.
    const most = call.cpuMs + now - (seat.ranFrom?.wall ?? now);
    return most > call.cpuLimitMs && cpuOf(seat) > call.cpuLimitMs;
  };
  const stopClock = (seat: Seat) => {
    if (seat.call !== null) seat.call.cpuMs = cpuOf(seat);
    seat.ranFrom = null;
  };
  const beginSlice = (seat: Seat) => {
    startClock(seat);
    seat.sliceEnds = (seat.ranFrom?.wall ?? 0) + SLICE_MS;
    const { call } = seat;
    // A guest whose time is over meets the clock at once.
    const isOver = call !== null && (call.isCancelled || (seat.ranFrom?.wall ?? 0) > call.deadline);
    seat.guest?.refuel(isOver ? 0 : SLICE);
  };

  const importsOf = (seat: Seat): object => {
    const imports = Object.create(null) as Record<string, unknown>;
    const stubs = createInertWasi(host);
    for (const name of options.importNames) {
      const stub = stubs[name];
      if (stub !== undefined) imports[name] = Object.setPrototypeOf(stub, null);
    }
    for (const [name, members] of options.functions) {
      const instance = Object.create(null) as Record<string, unknown>;
      for (const member of members) instance[member] = hostFunction(seat, `${name}#${member}`);
      imports[name] = instance;
    }
    return imports;
  };
  const hostFunction = (seat: Seat, target: string) => {
    const quoted = JSON.stringify(target);
    return (...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const { call } = seat;
        if (call === null || call.isCancelled) {
          reject(new Error(GIVEN_UP));
          return;
        }
        const seq = (call.seq += 1);
        call.pending.set(seq, {
          resolve(value) {
            startClock(seat);
            resolve(value);
          },
          reject(error) {
            startClock(seat);
            reject(error);
          },
        });
        const { json, bytes } = packValue(args, host);
        output.send(`{"t":"host","id":${call.id},"seq":${seq},"target":${quoted},"v":${json}}`, bytes);
        stopClock(seat);
        pump.release();
      });
  };

  const closeSeat = (seat: Seat, isSound: boolean) => {
    seat.call = null;
    hasServed = true;
    const isKept = isSound && idle.length < MAX_IDLE && (options.isWarm || seat.guest?.restore() === true);
    if (isKept) idle.push(seat);
    else if (seat.guest !== null) {
      remains.add(seat.guest.memoryBytes());
      seat.guest.discard();
    }
    keepWarm();
  };
  /** Nobody should wait for a new instance: not after one was thrown away, nor while a long call has the first. */
  const keepWarm = () => {
    if (isOpening || idle.length >= WARM) return;
    isOpening = true;
    pump.whenIdle(() => {
      openSeat().then(
        (seat) => {
          isOpening = false;
          idle.unshift(seat);
          // The first call comes before the second instance.
          if (hasServed) keepWarm();
        },
        // The next call meets the same failure and tells of it.
        () => (isOpening = false),
      );
    });
  };
  const end = (call: LiveCall, header: string, body: Uint8Array | null) => {
    if (calls.delete(call.id)) output.send(header, body);
  };

  /** What a call took, as part of its last frame. */
  const costOf = (seat: Seat | undefined, call: LiveCall): string =>
    `"id":${call.id},"cpu":${Math.round(call.cpuMs * 1_000) / 1_000},"mem":${seat?.guest?.memoryBytes() ?? 0}`;

  const run = async (call: LiveCall, request: unknown, memoryPages: number) => {
    let seat: Seat | undefined;
    try {
      seat = idle.pop() ?? (await openSeat());
      const guest = seat.guest as GuestInstance;
      seat.call = call;
      guest.capMemory(memoryPages);
      beginSlice(seat);
      const result = await guest.handler(request);
      const { json, bytes } = packValue(result, host);
      stopClock(seat);
      end(call, `{"t":"result",${costOf(seat, call)},"v":${json}}`, bytes);
      closeSeat(seat, true);
    } catch (error) {
      if (seat !== undefined) stopClock(seat);
      const limit = call.over ?? (seat?.guest?.wasRefusedMemory() === true ? "memory" : "");
      const message = JSON.stringify(describe(error));
      end(call, `{"t":"trap",${costOf(seat, call)},"limit":"${limit}","message":${message}}`, null);
      if (seat !== undefined) closeSeat(seat, false);
    }
    pump.release();
  };

  keepWarm();
  return {
    start({ id, request, deadline, cpuMs, memoryPages }) {
      const turn = () => {
        call.turn = null;
        void run(call, request, Math.min(memoryPages ?? options.maxMemoryPages, options.maxMemoryPages));
      };
      const call: LiveCall = {
        id,
        deadline,
        pending: new Map(),
        seq: 0,
        isCancelled: false,
        over: null,
        cpuLimitMs: cpuMs,
        cpuMs: 0,
        isLong: false,
        turn,
      };
      calls.set(id, call);
      pump.enqueue(turn);
    },
    answer(id, seq, isOk, value) {
      const call = calls.get(id);
      const waiting = call?.pending.get(seq);
      if (call === undefined || waiting === undefined) return;
      call.pending.delete(seq);
      pump.enqueue(() => {
        // The guest goes on with the rest of its slice: waiting for the host costs nobody anything.
        if (isOk) waiting.resolve(value);
        else waiting.reject(value);
      });
    },
    cancel(id) {
      const call = calls.get(id);
      calls.delete(id);
      if (call === undefined) return;
      call.isCancelled = true;
      if (call.turn !== null) pump.remove(call.turn);
      // A guest that waits for the host has to come back and unwind: a stack that stays suspended is never collected.
      for (const { reject } of call.pending.values()) pump.enqueue(() => reject(new Error(GIVEN_UP)));
      call.pending.clear();
    },
  };
}

function describe(error: unknown): string {
  try {
    return String((error as { message?: unknown }).message ?? error).slice(0, 500);
  } catch {
    // the thrown value does not even turn into text
    return "trap";
  }
}
