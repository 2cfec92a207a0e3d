import type { HostAnswer } from "../cells/cell.ts";
import type { WireValue } from "../frames/wire-value.ts";
import type { CallSession } from "./call-session.ts";

/** One function a guest may import, after its grant was checked. Rejections become traps. */
export type CapabilityFunction = (
  session: CallSession,
  args: readonly WireValue[],
) => HostAnswer | Promise<HostAnswer>;

/** One interface of the pinned world. */
export interface CapabilityInterface {
  /** Grant that opens it. */
  readonly grant: string;
  readonly functions: Readonly<Record<string, CapabilityFunction>>;
  /** What a call without the grant evaluates to, by function. */
  readonly denied: (fn: string) => HostAnswer;
  /** What a call without an install id evaluates to, for interfaces that serve only installs. */
  readonly withoutInstall?: (fn: string) => HostAnswer;
  /** An answer the arguments alone decide, before anyone is asked; null to go on. */
  readonly precheck?: (fn: string, args: readonly WireValue[]) => HostAnswer | null;
}

/** The ok half of a WIT result, or the value of a function without one. */
export function ok(value?: WireValue): HostAnswer {
  return { kind: "ok", value };
}

/** The error half of a WIT result. */
export function err(value: WireValue): HostAnswer {
  return { kind: "err", value };
}

/** End the guest: the host cannot answer in the interface's own terms. */
export function trap(message: string): HostAnswer {
  return { kind: "trap", value: message };
}

/** Read a string argument; a cell that lies about types gets an empty string. */
export function text(value: WireValue): string {
  return typeof value === "string" ? value : "";
}

/** Read a record argument; anything else is an empty record. */
export function record(value: WireValue): { readonly [key: string]: WireValue } {
  const isRecord =
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  return isRecord ? (value as { readonly [key: string]: WireValue }) : {};
}
