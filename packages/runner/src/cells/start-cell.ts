import { readFileSync } from "node:fs";
import { RunnerError } from "../errors.ts";
import { encodeFrameHead, FrameViolation, type Frame } from "../frames/frame.ts";
import { openFrameChannel, type FrameChannel } from "../frames/frame-channel.ts";
import { packValue, unpackValue, type WireValue } from "../frames/wire-value.ts";
import type { Isolation, RunnerLimits } from "../options.ts";
import type { Artifact } from "../prepare/artifact.ts";
import { engineOf, type Engine } from "../prepare/known-engines.ts";
import type { SandboxedProcess } from "../wall/sandboxed-process.ts";
import { spawnSandboxed } from "../wall/spawn-sandboxed.ts";
import type { Wall } from "../wall/wall.ts";
import { crashed, goneAway, messageOf, overdue, trapped } from "./cell-errors.ts";
import type { Cell, CellCall, CellGuest } from "./cell.ts";
import { readGuestResponse, type GuestResponse } from "./guest-response.ts";
import { toLoadFrame } from "./load-frame.ts";
import { processCpuMs } from "./process-cpu.ts";
import { rehearsalOf } from "./rehearsal.ts";
import { yieldBackground } from "./yield-background.ts";

/**
 * How long a cell may take to admit that it dropped a call before anybody looks what it does: an honest one takes a
 * millisecond. From then on its own time counts: one that had no processor could not answer, and killing it makes the
 * next cold start, which an overloaded machine has no time for either.
 */
const CANCEL_GRACE_MS = 150;
const CANCEL_CPU_MS = 100;
const CANCEL_LOOK_MS = 20;
/** It may be asleep, or stopped. */
const CANCEL_LONGEST_MS = 5_000;
/** A running guest is stopped by its own fuel and says what it took; we wait this long for it. */
const SELF_STOP_MS = 4;
const PAGE_BYTES = 65_536;
const LOAD_TIMEOUT_MS = 15_000;
/** A sync guest waits for one host call at a time; more than this is an attack. */
const MAX_PENDING_HOST_CALLS = 16;
/** Frames of calls that are over, until the next one starts; an honest cell has a few under way when it is told. */
const MAX_LATE_FRAMES = 1_000;
/** Heap that parsed JSON takes for each byte of its text, at its worst. */
const HEADER_WEIGHT = 16;
/** From this process's clock to the machine's monotonic one, which cells go by too: a deadline is no later for waiting. */
const CLOCK_OFFSET_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();
/**
 * The heap is small, and on a busy machine a pause that waits for helper threads is a long one. One thread compiles what
 * is hot: four take 15 MiB more for each cell, and the processor from everybody else while a new one warms up. What a
 * call leaves is garbage by the next one, so a small nursery stays in the caches. When bombs were thrown away the cell
 * collects by itself (`cell/context/remains.ts`). Preparing has validated every module; here a function is validated
 * when it is first called, as most never are: a sixth of what a cell does before its first answer.
 */
const NODE_FLAGS = [
  "--single-threaded-gc",
  "--v8-pool-size=1",
  "--max-semi-space-size=2",
  "--expose-gc",
  "--wasm-lazy-validation",
] as const;
const MAX_MEMORY_BYTES = 2 ** 40;

interface LiveCall {
  readonly id: number;
  readonly call: CellCall;
  readonly guest: number;
  readonly startedAt: number;
  readonly resolve: (response: GuestResponse) => void;
  readonly reject: (error: RunnerError) => void;
  readonly onAbort: (() => void) | null;
  timer: NodeJS.Timeout;
  pendingHostCalls: number;
  hostCalls: number;
}

interface Loading {
  readonly settled: PromiseWithResolvers<void>;
  readonly timer: NodeJS.Timeout;
  state: "pending" | "loaded" | "refused";
}

let cellScript: string | undefined;

/** Options of {@link startCell}. */
export interface StartCellOptions {
  readonly wall: Wall;
  readonly limits: RunnerLimits;
  /** @default "fresh" */
  readonly isolation?: Isolation;
  /** What it compiles as soon as it is up, so that components made with it start faster. */
  readonly engine?: Engine | null;
}

/** Start an empty cell behind the wall and hand it its code; identity is the pipe. */
export function startCell({ wall, limits, isolation = "fresh", engine = null }: StartCellOptions): Cell {
  cellScript ??= readFileSync(new URL("../../dist/cell.js", import.meta.url), "utf8");
  const rehearsal = engine === null ? null : rehearsalOf(engine, isolation);
  const engineFrame =
    engine === null
      ? []
      : [encodeFrameHead({ t: "engine" }, engine.module.bytes.length), engine.module.bytes];
  const engineBytes = engineFrame.reduce((sum, { length }) => sum + length, 0);
  const child = spawnSandboxed(wall, {
    script: cellScript,
    scriptArguments:
      rehearsal === null ? [] : [engineBytes, rehearsal.frames.length, rehearsal.calls].map(String),
    limits: { dataBytes: limits.cellDataBytes },
    maxMemoryPages: Math.ceil(limits.memoryBytes / PAGE_BYTES),
    nodeFlags: engine === null ? NODE_FLAGS : [...NODE_FLAGS, "--no-wasm-lazy-compilation"],
  });
  child.write([...engineFrame, ...(rehearsal === null ? [] : [rehearsal.frames])]);
  return new ProcessCell(child, limits, { isolation, engine });
}

class ProcessCell implements Cell {
  readonly up: Promise<void>;
  readonly ended: Promise<void>;
  #dead = false;
  #nextId = 0;
  #why = "the cell ended";
  #stoppedByUs = false;
  #pendingHostBytes = 0;
  #lateFrames = 0;
  #isUp = false;
  #isReady = false;
  #settled = Promise.withResolvers<void>();
  /**
   * A list of few, for a map that calls come to and go from keeps them: the tables it outgrew point to the next one and
   * to what they held, and once one of them is old, all do until the old heap is collected.
   */
  readonly #calls: LiveCall[] = [];
  readonly #cancelled = new Map<number, NodeJS.Timeout>();
  readonly #guests: Loading[] = [];
  readonly #child: SandboxedProcess;
  readonly #channel: FrameChannel;
  readonly #limits: RunnerLimits;
  readonly #isolation: Isolation;
  readonly #engine: Engine | null;
  readonly #started = Promise.withResolvers<void>();

  constructor(
    child: SandboxedProcess,
    limits: RunnerLimits,
    { isolation, engine }: { isolation: Isolation; engine: Engine | null },
  ) {
    this.#child = child;
    this.#limits = limits;
    this.#isolation = isolation;
    this.#engine = engine;
    this.up = this.#started.promise;
    this.up.catch(() => undefined);
    this.#channel = openFrameChannel(child, {
      maxFrameBytes: limits.frameBytes,
      maxHeaderBytes: limits.frameHeaderBytes,
      onFrame: (frame) => this.#receive(frame),
      onViolation: (violation) => (this.#why = `the cell broke its protocol (${violation.message})`),
    });
    this.ended = child.ended.then(({ code, signal }) => {
      this.#buryAll(
        `${this.#why} (${signal ?? code ?? "not started"}) ${child.complaint().slice(0, 300)}`.trim(),
      );
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get inFlight(): number {
    return this.#calls.length;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  load(artifact: Artifact): CellGuest {
    const settled = Promise.withResolvers<void>();
    settled.promise.catch(() => undefined);
    const timer = setTimeout(() => {
      this.#why = "the cell did not load its code in time";
      this.#child.kill();
    }, LOAD_TIMEOUT_MS);
    const loading: Loading = { settled, timer, state: "pending" };
    const guest = this.#guests.push(loading) - 1;
    if (this.#dead) {
      clearTimeout(timer);
      settled.reject(crashed(this.#why));
    }
    const engine = engineOf(artifact);
    const compiled = engine?.digest === this.#engine?.digest ? engine?.module : undefined;
    const { header, parts } = toLoadFrame(artifact, {
      guest,
      compiled,
      isWarm: this.#isolation === "warm",
    });
    this.#channel.sendParts(header, parts);
    const isSound = () => loading.state === "loaded" && !this.#dead && this.#cancelled.size === 0;
    return {
      ready: settled.promise,
      get isSound() {
        return isSound();
      },
      call: (call) =>
        loading.state === "loaded"
          ? this.#call(guest, call)
          : settled.promise.then(() => this.#call(guest, call)),
    };
  }

  async responsive(): Promise<void> {
    if (this.#cancelled.size > 0 && !this.#dead) await this.#settled.promise;
  }

  kill(): void {
    this.#dead = true;
    this.#child.kill();
  }

  #call(guest: number, call: CellCall): Promise<GuestResponse> {
    if (this.#dead) return Promise.reject(crashed(this.#why));
    if (call.signal?.aborted === true) return Promise.reject(goneAway());
    return new Promise((resolve, reject) => {
      const id = (this.#nextId += 1);
      const startedAt = performance.now();
      const ms = Math.max(0, call.deadlineAt - startedAt);
      const live: LiveCall = {
        id,
        call,
        guest,
        startedAt,
        resolve,
        reject,
        timer: setTimeout(() => this.#overrun(live), ms),
        onAbort: call.signal === undefined ? null : () => this.#abandon(id, goneAway()),
        pendingHostCalls: 0,
        hostCalls: 0,
      };
      if (live.onAbort !== null) call.signal?.addEventListener("abort", live.onAbort, { once: true });
      this.#calls.push(live);
      this.#lateFrames = 0;
      const { json, bytes } = packValue(call.request);
      const pages = call.memoryBytes === undefined ? null : Math.floor(call.memoryBytes / PAGE_BYTES);
      const at = call.deadlineAt + CLOCK_OFFSET_MS;
      this.#channel.send({ t: "call", guest, id, at, cpu: call.cpuMs ?? null, pages, v: json }, bytes);
    });
  }

  /** The call is over, whatever comes of it. */
  #take(id: number): LiveCall | undefined {
    const at = this.#calls.findIndex((one) => one.id === id);
    const live = this.#calls[at];
    if (live === undefined) return undefined;
    this.#calls.splice(at, 1);
    clearTimeout(live.timer);
    if (live.onAbort !== null) live.call.signal?.removeEventListener("abort", live.onAbort);
    return live;
  }

  /** A guest that runs is about to be stopped by its fuel; one that waits for the host is not. */
  #overrun(live: LiveCall): void {
    const stop = () => this.#abandon(live.id, overdue());
    if (live.pendingHostCalls > 0) stop();
    else live.timer = setTimeout(stop, SELF_STOP_MS);
  }

  /** Answer the caller now; then the cell either says at once that it dropped the call, or is killed. */
  #abandon(id: number, error: RunnerError): void {
    const live = this.#take(id);
    if (live === undefined) return;
    live.reject(error);
    if (this.#cancelled.size === 0) this.#settled = Promise.withResolvers<void>();
    const look = () =>
      void this.#lookAfter(id, { usedMs: null, until: performance.now() + CANCEL_LONGEST_MS });
    this.#cancelled.set(id, setTimeout(look, CANCEL_GRACE_MS));
    this.#channel.send({ t: "cancel", guest: live.guest, id });
  }

  /** A cell that worked on for a while after it was told to drop a call is killed. */
  async #lookAfter(
    id: number,
    seen: { readonly usedMs: number | null; readonly until: number },
  ): Promise<void> {
    // Reading takes a turn, in which what the cell said meanwhile comes in.
    const usedMs = this.pid === undefined ? 0 : await processCpuMs(this.pid);
    if (this.#dead || !this.#cancelled.has(id)) return;
    const hasWorked = usedMs === 0 || (seen.usedMs !== null && usedMs - seen.usedMs >= CANCEL_CPU_MS);
    if (hasWorked || performance.now() > seen.until) {
      this.#why = "the cell was stopped because another call of the same install did not end";
      this.#stoppedByUs = true;
      this.kill();
      return;
    }
    const look = () => void this.#lookAfter(id, { ...seen, usedMs: seen.usedMs ?? usedMs });
    this.#cancelled.set(id, setTimeout(look, CANCEL_LOOK_MS));
  }

  #receive(frame: Frame): void {
    const { header, body } = frame;
    const id = header["id"];
    switch (header["t"]) {
      case "up":
        if (this.#isUp) throw new FrameViolation("unasked up");
        this.#isUp = true;
        if (this.pid !== undefined) void yieldBackground(this.pid);
        if (this.#engine === null) this.#started.resolve();
        return;
      case "engine":
        if (!this.#isUp || this.#isReady || this.#engine === null) throw new FrameViolation("unasked engine");
        this.#isReady = true;
        this.#started.resolve();
        return;
      case "loaded":
        this.#settleLoad(header, null);
        return;
      case "unloadable":
        this.#settleLoad(
          header,
          new RunnerError("component_rejected", `The cell cannot load it: ${messageOf(header)}`),
        );
        return;
      case "cancelled":
        if (typeof id !== "number" || !this.#cancelled.has(id))
          throw new FrameViolation("nothing was cancelled");
        clearTimeout(this.#cancelled.get(id));
        this.#cancelled.delete(id);
        if (this.#cancelled.size === 0) this.#settled.resolve();
        return;
    }
    if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 1 || id > this.#nextId) {
      throw new FrameViolation("frame names no call");
    }
    const live = this.#calls.find((one) => one.id === id);
    if (live === undefined) {
      // A call we gave up on may still speak for a moment.
      if ((this.#lateFrames += 1) > MAX_LATE_FRAMES)
        throw new FrameViolation("calls that are over go on and on");
      return;
    }
    switch (header["t"]) {
      case "result":
        // Over at once: what the same chunk says about it further on is late.
        this.#take(id);
        tellCost(live, header);
        try {
          live.resolve(readGuestResponse(unpackValue(header["v"], body), this.#limits));
        } catch (error) {
          if (error instanceof RunnerError) live.reject(error);
          else {
            live.reject(crashed(`the cell broke its protocol (${String(error)})`));
            throw error;
          }
        }
        return;
      case "trap":
        this.#take(id);
        tellCost(live, header);
        live.reject(trapped(header));
        return;
      case "host":
        this.#answerHostCall(live, frame);
        return;
      default:
        throw new FrameViolation("frame of an unknown kind");
    }
  }

  /** A component is loaded, or cannot be; each once, and none that was not asked for. */
  #settleLoad({ guest }: Frame["header"], error: RunnerError | null): void {
    const loading = typeof guest === "number" ? this.#guests[guest] : undefined;
    if (loading === undefined || !this.#isUp || loading.state !== "pending")
      throw new FrameViolation("nothing was to be loaded");
    clearTimeout(loading.timer);
    loading.state = error === null ? "loaded" : "refused";
    if (error === null) loading.settled.resolve();
    else loading.settled.reject(error);
  }

  #answerHostCall(live: LiveCall, { header, headerBytes, body }: Frame): void {
    const { seq, target } = header;
    if (
      typeof seq !== "number" ||
      !Number.isSafeInteger(seq) ||
      typeof target !== "string" ||
      target.length > 200
    ) {
      throw new FrameViolation("host call is malformed");
    }
    live.hostCalls += 1;
    if ((live.pendingHostCalls += 1) > MAX_PENDING_HOST_CALLS)
      throw new FrameViolation("too many host calls at once");
    const heldBytes = body.length + headerBytes * HEADER_WEIGHT;
    if ((this.#pendingHostBytes += heldBytes) > this.#limits.pendingHostBytes)
      throw new FrameViolation("unanswered host calls hold too much memory");
    const args = unpackValue(header["v"], body);
    if (!Array.isArray(args)) throw new FrameViolation("host call has no arguments");
    const { id, guest } = live;
    const isOver = () => void (live.pendingHostCalls -= 1);
    void live.call.onHostCall(target, args as readonly WireValue[]).then((answer) => {
      this.#pendingHostBytes -= heldBytes;
      if (!this.#calls.includes(live)) {
        isOver();
        return;
      }
      if (answer.kind === "trap") {
        isOver();
        // The glue cannot carry every rejection into the guest, so the call ends from outside.
        this.#abandon(id, new RunnerError("execute_failed", `The extension stopped: ${answer.value}.`));
        return;
      }
      const { json, bytes } = packValue(answer.value);
      // One that asks and asks and never reads would have us make all of its answers.
      this.#channel.send({ t: "answer", guest, id, seq, kind: answer.kind, v: json }, bytes, isOver);
    });
  }

  #buryAll(why: string): void {
    this.#dead = true;
    this.#why = why;
    this.#started.reject(crashed(why));
    for (const loading of this.#guests) {
      clearTimeout(loading.timer);
      loading.settled.reject(crashed(why));
    }
    for (const timer of this.#cancelled.values()) clearTimeout(timer);
    this.#settled.resolve();
    // Host calls are a guest's only effects: a bystander that made none may run again as if nothing had been.
    for (const live of Array.from(this.#calls)) {
      this.#take(live.id);
      live.reject(crashed(why, this.#stoppedByUs && live.hostCalls === 0));
    }
  }
}

/** What the cell says a call took, as far as it can be true. */
function tellCost({ call, startedAt }: LiveCall, { cpu, mem }: Frame["header"]): void {
  if (call.onCost === undefined) return;
  const atLeastZero = (value: unknown) => (typeof value === "number" && value > 0 ? value : 0);
  call.onCost({
    cpuMs: Math.min(atLeastZero(cpu), performance.now() - startedAt),
    memoryBytes: Math.min(atLeastZero(mem), MAX_MEMORY_BYTES),
  });
}
