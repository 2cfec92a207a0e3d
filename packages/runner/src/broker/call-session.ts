import type { ExecuteUser } from "@alga-ext/protocol";
import type { CallScope } from "../ports.ts";
import type { CallLimits } from "./call-limits.ts";
import type { CallUsage } from "./call-usage.ts";

/** Everything the broker knows about one call; made by the supervisor from the verified request. */
export interface CallSession {
  readonly scope: CallScope;
  /** Effective capabilities, normalised `cap:` names. */
  readonly providers: ReadonlySet<string>;
  /** Effective egress patterns. */
  readonly egress: readonly string[];
  readonly secrets: SecretBox;
  /** Hosts that each secret may be sent to, by name. */
  readonly secretHosts: Readonly<Record<string, readonly string[]>>;
  /** Settings of the install, without secrets. */
  readonly config: Readonly<Record<string, string>>;
  readonly user: ExecuteUser | null;
  readonly limits: CallLimits;
  /** Host calls end with the call. */
  readonly ending: { readonly signal: AbortSignal };
  readonly usage: CallUsage;
}

/** The opened secrets of one call. */
export interface SecretBox {
  readonly values: ReadonlyMap<string, string>;
  /** Epoch ms after which every read answers `expired`; null for never. */
  readonly expiresAt: number | null;
}
