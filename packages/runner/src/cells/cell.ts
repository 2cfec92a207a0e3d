import { readFileSync } from "node:fs";
import type { JsonValue } from "@alga-ext/protocol";
import { RunnerError } from "../errors.ts";
import { FrameViolation, type Frame } from "../frames/frame.ts";
import { openFrameChannel, type FrameChannel } from "../frames/frame-channel.ts";
import { packValue, unpackValue, type WireValue } from "../frames/wire-value.ts";
import type { Isolation, RunnerLimits } from "../options.ts";
import type { Artifact } from "../prepare/artifact.ts";
import { HOST_FUNCTIONS } from "../prepare/host-functions.ts";
import { spawnSandboxed, type SandboxedProcess } from "../wall/spawn-sandboxed.ts";
import type { Wall } from "../wall/wall.ts";
import { readGuestResponse, type GuestResponse } from "./guest-response.ts";

/** How long a cell may take to admit that it dropped a call before it is killed. */
const CANCEL_GRACE_MS = 50;
const PAGE_BYTES = 65_536;
const LOAD_TIMEOUT_MS = 15_000;
/** A sync guest waits for one host call at a time; more than this is an attack. */
const MAX_PENDING_HOST_CALLS = 16;
/** Frames of calls that are over, until the next one starts; an honest cell has a few under way when it is told. */
const MAX_LATE_FRAMES = 1_000;
/** Heap that parsed JSON takes for each byte of its text, at its worst. */
const HEADER_WEIGHT = 16;

/** What a guest import evaluates to: the WIT result's halves, or a trap. */
export type HostAnswer =
  | { readonly kind: "ok"; readonly value: WireValue }
  | { readonly kind: "err"; readonly value: WireValue }
  | { readonly kind: "trap"; readonly value: string };

/** Detail of a `runner_crashed` whose call had no effect yet and may run again in another cell. */
export const UNTOUCHED = "untouched";

/** One call into a cell. */
export interface CellCall {
  /** The WIT `execute-request`. */
  readonly request: WireValue;
  /** `performance.now()` time when the call must be over. */
  readonly deadlineAt: number;
  /** Cap of each memory for this call. @default the artifact's */
  readonly memoryBytes?: number;
  /** Answers a guest import; `target` is `interface#function`. Must not reject. */
  readonly onHostCall: (target: string, args: readonly WireValue[]) => Promise<HostAnswer>;
  readonly signal?: AbortSignal;
}

/** One sandboxed process that runs the calls of one install. */
export interface Cell {
  /** Settles when the artifact is loaded; rejects when the process cannot take it. */
  readonly ready: Promise<void>;
  readonly pid: number | undefined;
  readonly inFlight: number;
  readonly isDead: boolean;
  /** Whether it is loaded, alive and owes no answer to a cancellation: a call may enter at once. */
  readonly isSound: boolean;
  /** Settles when the process is gone. */
  readonly ended: Promise<void>;
  /** Settles when the cell answered every cancellation, or is dead because it did not. */
  responsive(): Promise<void>;
  /**
   * Run one call on an instance that no other call shares, in the state of a new one unless isolation is `warm`.
   *
   * @throws {RunnerError} `deadline_exceeded`, `runner_crashed`, `memory_exceeded`, `execute_failed`,
   * `response_too_large`
   */
  call(call: CellCall): Promise<GuestResponse>;
  kill(): void;
}

interface LiveCall extends CellCall {
  resolve(response: GuestResponse): void;
  reject(error: RunnerError): void;
  pendingHostCalls: number;
  hostCalls: number;
}

let cellScript: string | undefined;

/** Start a cell behind the wall and hand it its code; identity is the pipe. */
export function startCell(
  artifact: Artifact,
  options: { wall: Wall; limits: RunnerLimits; isolation?: Isolation },
): Cell {
  cellScript ??= readFileSync(new URL("../../dist/cell.js", import.meta.url), "utf8");
  const { limits } = options;
  const child = spawnSandboxed(options.wall, {
    script: cellScript,
    limits: { dataBytes: limits.cellDataBytes },
    maxMemoryPages: Math.ceil(artifact.memoryCapBytes / PAGE_BYTES),
  });
  return new ProcessCell(child, artifact, limits, options.isolation ?? "fresh");
}

class ProcessCell implements Cell {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  readonly pid: number | undefined;
  #dead = false;
  #nextId = 0;
  #why = "the cell ended";
  #stoppedByUs = false;
  #pendingHostBytes = 0;
  #lateFrames = 0;
  #stage: "starting" | "up" | "loaded" = "starting";
  #settled = Promise.withResolvers<void>();
  readonly #calls = new Map<number, LiveCall>();
  readonly #cancelled = new Map<number, NodeJS.Timeout>();
  readonly #child: SandboxedProcess;
  readonly #channel: FrameChannel;
  readonly #limits: RunnerLimits;
  readonly #loaded = Promise.withResolvers<void>();

  constructor(child: SandboxedProcess, artifact: Artifact, limits: RunnerLimits, isolation: Isolation) {
    this.#child = child;
    this.#limits = limits;
    this.pid = child.pid;
    this.ready = this.#loaded.promise;
    this.ready.catch(() => undefined);
    this.#channel = openFrameChannel(child, {
      maxFrameBytes: limits.frameBytes,
      maxHeaderBytes: limits.frameHeaderBytes,
      onFrame: (frame) => this.#receive(frame),
      onViolation: (violation) => (this.#why = `the cell broke its protocol (${violation.message})`),
    });
    const loadTimer = setTimeout(() => {
      this.#why = "the cell did not load its code in time";
      child.kill();
    }, LOAD_TIMEOUT_MS);
    this.#loaded.promise.then(
      () => clearTimeout(loadTimer),
      () => clearTimeout(loadTimer),
    );
    this.ended = child.ended.then(({ code, signal }) => {
      this.#buryAll(
        `${this.#why} (${signal ?? code ?? "not started"}) ${child.complaint().slice(0, 300)}`.trim(),
      );
    });
    this.#load(artifact, isolation);
  }

  get inFlight(): number {
    return this.#calls.size;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  get isSound(): boolean {
    return this.#stage === "loaded" && !this.#dead && this.#cancelled.size === 0;
  }

  async call(call: CellCall): Promise<GuestResponse> {
    if (this.#stage !== "loaded") await this.ready;
    if (this.#dead) throw crashed(this.#why);
    const id = (this.#nextId += 1);
    const { promise, resolve, reject } = Promise.withResolvers<GuestResponse>();
    const live: LiveCall = { ...call, resolve, reject, pendingHostCalls: 0, hostCalls: 0 };
    this.#calls.set(id, live);
    this.#lateFrames = 0;
    const timer = setTimeout(
      () => this.#abandon(id, new RunnerError("deadline_exceeded", "The call ran past its deadline.")),
      Math.max(0, call.deadlineAt - performance.now()),
    );
    const onAbort = () => this.#abandon(id, new RunnerError("execute_failed", "The caller went away."));
    call.signal?.addEventListener("abort", onAbort, { once: true });
    const { json, bytes } = packValue(call.request);
    const pages = call.memoryBytes === undefined ? null : Math.floor(call.memoryBytes / PAGE_BYTES);
    const ms = Math.max(0, call.deadlineAt - performance.now());
    this.#channel.send({ t: "call", id, ms, pages, v: json }, bytes);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      call.signal?.removeEventListener("abort", onAbort);
      this.#calls.delete(id);
    }
  }

  async responsive(): Promise<void> {
    if (this.#cancelled.size > 0 && !this.#dead) await this.#settled.promise;
  }

  kill(): void {
    this.#dead = true;
    this.#child.kill();
  }

  #load(artifact: Artifact, isolation: Isolation): void {
    const glue = Buffer.from(artifact.glue);
    const functions: JsonValue = Array.from(HOST_FUNCTIONS, ([name, members]) => [
      `alga:extension/${name}`,
      members.map(({ js }) => js),
    ]);
    this.#channel.send(
      {
        t: "load",
        glueBytes: glue.length,
        modules: artifact.modules.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
        functions,
        imports: [...artifact.imports],
        memoryCapBytes: artifact.memoryCapBytes,
        isRestorable: artifact.isRestorable,
        isWarm: isolation === "warm",
      },
      Buffer.concat([glue, ...artifact.modules.map(({ bytes }) => bytes)]),
    );
  }

  /** Answer the caller now; then the cell either says at once that it dropped the call, or is killed. */
  #abandon(id: number, error: RunnerError): void {
    const live = this.#calls.get(id);
    if (live === undefined) return;
    this.#calls.delete(id);
    live.reject(error);
    const timer = setTimeout(() => {
      this.#why = "the cell was stopped because another call of the same install did not end";
      this.#stoppedByUs = true;
      this.kill();
    }, CANCEL_GRACE_MS);
    if (this.#cancelled.size === 0) this.#settled = Promise.withResolvers<void>();
    this.#cancelled.set(id, timer);
    this.#channel.send({ t: "cancel", id });
  }

  #receive(frame: Frame): void {
    const { header, body } = frame;
    const id = header["id"];
    switch (header["t"]) {
      case "up":
      case "loaded":
        this.#advance(header["t"]);
        return;
      case "unloadable":
        if (this.#stage === "loaded") throw new FrameViolation("unasked unloadable");
        this.#loaded.reject(
          new RunnerError("component_rejected", `The cell cannot load it: ${messageOf(header)}`),
        );
        this.kill();
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
    const live = this.#calls.get(id);
    if (live === undefined) {
      // A call we gave up on may still speak for a moment.
      if ((this.#lateFrames += 1) > MAX_LATE_FRAMES)
        throw new FrameViolation("calls that are over go on and on");
      return;
    }
    switch (header["t"]) {
      case "result":
        // Over at once: what the same chunk says about it further on is late.
        this.#calls.delete(id);
        try {
          live.resolve(readGuestResponse(unpackValue(header["v"], body), this.#limits));
        } catch (error) {
          if (!(error instanceof RunnerError)) throw error;
          live.reject(error);
        }
        return;
      case "trap":
        this.#calls.delete(id);
        live.reject(trapped(header));
        return;
      case "host":
        this.#answerHostCall(id, live, frame);
        return;
      default:
        throw new FrameViolation("frame of an unknown kind");
    }
  }

  /** A cell says that it is up, then that it has loaded, each once. */
  #advance(step: "up" | "loaded"): void {
    if (this.#stage !== (step === "up" ? "starting" : "up")) throw new FrameViolation(`unasked ${step}`);
    this.#stage = step;
    if (step === "loaded") this.#loaded.resolve();
  }

  #answerHostCall(id: number, live: LiveCall, { header, headerBytes, body }: Frame): void {
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
    void live.onHostCall(target, args as readonly WireValue[]).then((answer) => {
      live.pendingHostCalls -= 1;
      this.#pendingHostBytes -= heldBytes;
      if (!this.#calls.has(id)) return;
      if (answer.kind === "trap") {
        // The glue cannot carry every rejection into the guest, so the call ends from outside.
        this.#abandon(id, new RunnerError("execute_failed", `The extension stopped: ${answer.value}.`));
        return;
      }
      const { json, bytes } = packValue(answer.value);
      this.#channel.send({ t: "answer", id, seq, kind: answer.kind, v: json }, bytes);
    });
  }

  #buryAll(why: string): void {
    this.#dead = true;
    this.#why = why;
    this.#loaded.reject(crashed(why));
    for (const timer of this.#cancelled.values()) clearTimeout(timer);
    this.#settled.resolve();
    // Host calls are a guest's only effects: a bystander that made none may run again as if nothing had been.
    for (const live of this.#calls.values())
      live.reject(crashed(why, this.#stoppedByUs && live.hostCalls === 0));
    this.#calls.clear();
  }
}

function crashed(why: string, untouched = false): RunnerError {
  return new RunnerError("runner_crashed", `The call did not finish: ${why}.`, {
    retryable: true,
    details: untouched ? { [UNTOUCHED]: true } : {},
  });
}

function messageOf({ message }: Frame["header"]): string {
  return typeof message === "string" ? message.slice(0, 500) : "no reason given";
}

function trapped(header: Frame["header"]): RunnerError {
  const message = messageOf(header);
  if (header["deadline"] === true)
    return new RunnerError("deadline_exceeded", "The call ran past its deadline.");
  return header["memory"] === true
    ? new RunnerError("memory_exceeded", `The extension ran out of memory: ${message}`, {
        details: { limit: "memoryBytes" },
      })
    : new RunnerError("execute_failed", `The extension stopped: ${message}`);
}
