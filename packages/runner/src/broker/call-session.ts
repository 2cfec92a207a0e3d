import type { ExecuteLogLine, ExecuteUser } from "@alga-ext/protocol";
import type { CallScope } from "../ports.ts";

/** Everything the broker knows about one call; made by the supervisor from the verified request. */
export interface CallSession {
  readonly scope: CallScope;
  /** Effective capabilities, normalised `cap:` names. */
  readonly providers: ReadonlySet<string>;
  /** Effective egress patterns. */
  readonly egress: readonly string[];
  readonly secrets: SecretBox;
  readonly user: ExecuteUser | null;
  readonly signal: AbortSignal;
  readonly usage: {
    hostCalls: number;
    egressBytes: number;
    readonly logLines: ExecuteLogLine[];
    droppedLines: number;
  };
}

/** The opened secrets of one call. */
export interface SecretBox {
  readonly values: ReadonlyMap<string, string>;
  /** Epoch ms after which every read answers `expired`; null for never. */
  readonly expiresAt: number | null;
}
