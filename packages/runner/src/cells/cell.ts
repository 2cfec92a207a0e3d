import type { WireValue } from "../frames/wire-value.ts";
import type { Artifact } from "../prepare/artifact.ts";
import type { CallSignal } from "./call-signal.ts";
import type { GuestResponse } from "./guest-response.ts";

/** What a guest import evaluates to: the WIT result's halves, or a trap. */
export type HostAnswer =
  | { readonly kind: "ok"; readonly value: WireValue }
  | { readonly kind: "err"; readonly value: WireValue }
  | { readonly kind: "trap"; readonly value: string };

/** Detail of a `runner_crashed` whose call had no effect yet and may run again in another cell. */
export const UNTOUCHED = "untouched";

/** What a call took, as its cell says; never more than could be. */
export interface CallCost {
  readonly cpuMs: number;
  /** Largest size of all its memories together. */
  readonly memoryBytes: number;
}

/** One call into a cell. */
export interface CellCall {
  /** The WIT `execute-request`. */
  readonly request: WireValue;
  /** `performance.now()` time when the call must be over. */
  readonly deadlineAt: number;
  /** CPU time it may take. @default unlimited */
  readonly cpuMs?: number;
  /** Cap of each memory for this call. @default the artifact's */
  readonly memoryBytes?: number;
  /** Answers a guest import; `target` is `interface#function`. Must not reject. */
  readonly onHostCall: (target: string, args: readonly WireValue[]) => Promise<HostAnswer>;
  /** Told before the call settles, unless its cell died or did not answer in time. */
  readonly onCost?: (cost: CallCost) => void;
  readonly signal?: CallSignal | undefined;
}

/** A component in a cell. */
export interface CellGuest {
  /** Settles when it is loaded; rejects when the cell cannot take it. */
  readonly ready: Promise<void>;
  /** Whether it is loaded in a cell that is alive and owes no answer to a cancellation: a call may enter at once. */
  readonly isSound: boolean;
  /**
   * Run one call on an instance that no other call shares, in the state of a new one unless isolation is `warm`.
   *
   * @throws {RunnerError} `deadline_exceeded`, `cpu_exceeded`, `runner_crashed`, `memory_exceeded`, `execute_failed`,
   * `response_too_large`
   */
  call(call: CellCall): Promise<GuestResponse>;
}

/** One sandboxed process; it is empty until a component is loaded. */
export interface Cell {
  /** Settles when it could load a component; rejects when it ends before. */
  readonly up: Promise<void>;
  readonly pid: number | undefined;
  readonly inFlight: number;
  readonly isDead: boolean;
  /** Settles when the process is gone. */
  readonly ended: Promise<void>;
  /** Put a component in; the process need not be up yet. */
  load(artifact: Artifact): CellGuest;
  /** Settles when the cell answered every cancellation, or is dead because it did not. */
  responsive(): Promise<void>;
  kill(): void;
}
