import type { Pool } from "undici";
import type { HandshakeRequest } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import type { CallAuthority, CallSession, GatewayLogger } from "../ports.ts";
import { postJson } from "./post-json.ts";

/** The session key shared with one runner. */
export interface RunnerSession {
  /** A session the runner has accepted; opens one when there is none. Calls at once share one handshake. */
  current(): Promise<CallSession>;
  /** Drop a session the runner no longer knows. */
  forget(session: CallSession): void;
}

const HANDSHAKE_TIMEOUT_MS = 5000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** A token made this close to the end could arrive after it. */
const SAFETY_MS = 5000;

/** Keep a session with the runner behind a pool, renewed in the background before it ends. */
export function createRunnerSession(options: {
  readonly pool: Pool;
  readonly calls: CallAuthority;
  readonly logger: GatewayLogger;
  /** The runner has accepted a session. */
  readonly onOpened: () => void;
}): RunnerSession {
  let accepted: CallSession | null = null;
  let opening: Promise<CallSession> | null = null;

  const open = async (): Promise<CallSession> => {
    const session = await options.calls.handshake();
    const { status, json } = await postJson(options.pool, {
      path: "/v1/handshake",
      headers: ["content-type", "application/json"],
      body: Buffer.from(JSON.stringify({ token: session.token } satisfies HandshakeRequest)),
      signal: AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS),
      maxResponseBytes: MAX_ANSWER_BYTES,
    }).catch((cause: unknown) => {
      // Whatever happened to a handshake, no call was admitted.
      throw new GatewayError("runner_unreachable", "The extension runner cannot be reached.", {
        cause,
        retryable: true,
      });
    });
    if (status !== 200) {
      // A token made before the runner's process started: the next one will be younger.
      if (status === 401 && (json as { error?: unknown } | undefined)?.error === "call_token_expired") {
        throw new GatewayError("runner_unreachable", "The extension runner has just started.", {
          retryable: true,
        });
      }
      options.logger.error("runner_refused_handshake", { status });
      // Retryable elsewhere: another runner may know this gateway, and this one took nothing.
      throw new GatewayError("bad_gateway", "The runner does not accept this gateway's key.", {
        retryable: true,
      });
    }
    accepted = session;
    options.onOpened();
    return session;
  };

  const openOnce = (): Promise<CallSession> =>
    (opening ??= open().finally(() => {
      opening = null;
    }));

  return {
    async current() {
      const now = Date.now();
      if (accepted === null || now >= accepted.expiresAtMs - SAFETY_MS) return openOnce();
      if (now >= accepted.renewAtMs) {
        openOnce().catch((error: unknown) => {
          options.logger.warn("handshake_renewal_failed", { error: String(error) });
        });
      }
      return accepted;
    },
    forget(session) {
      if (accepted === session) accepted = null;
    },
  };
}
