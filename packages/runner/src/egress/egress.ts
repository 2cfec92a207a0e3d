import { lookup } from "node:dns/promises";
import { Client } from "undici";
import type { RunnerLimits } from "../options.ts";
import type { EgressAudit, EgressRecord, NameResolver } from "../ports.ts";
import { isPublicAddress, normalizeAddress } from "./address.ts";
import { exchange, type Exchanged } from "./exchange.ts";
import { fillSecrets } from "./fill-secrets.ts";
import { toRequestHeaders } from "./request-headers.ts";
import { toTarget, type EgressTarget } from "./target.ts";
import { createVettedConnector } from "./vetted-connector.ts";

/** What a guest wants to send. */
export interface EgressRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
}

/** On whose behalf, and how far it may go. */
export interface EgressScope {
  /** Effective patterns of the call. */
  readonly allowed: readonly string[];
  readonly caller: Pick<EgressRecord, "tenantId" | "installId" | "requestId">;
  /** What is left of the call's bytes. */
  readonly maxBytes: number;
  /** A secret that may be sent to a host; null when it may not, or there is none of that name. */
  readonly secret: (name: string, hostname: string) => string | null;
  readonly signal: AbortSignal;
}

/** What came of it; `error` is the WIT's `http-error`. */
export type EgressOutcome =
  | {
      readonly error: null;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Uint8Array;
      /** Bytes sent and received, heads included. */
      readonly bytes: number;
    }
  | {
      readonly error: "invalid-url" | "not-allowed" | "transport" | "internal";
      readonly bytes: number;
      /** Set when it was cut off because `maxBytes` were used up. */
      readonly isOverBudget?: true;
    };

/** Requests to the outside, one connection each, to vetted addresses only. */
export interface Egress {
  /** Send one request. Never rejects. */
  fetch(request: EgressRequest, scope: EgressScope): Promise<EgressOutcome>;
}

/** Options of {@link createEgress}. */
export interface EgressOptions {
  readonly limits: Pick<
    RunnerLimits,
    "egressTimeoutMs" | "egressResponseBytes" | "egressHeaders" | "egressConcurrent"
  >;
  /** Public host name → loopback base URL; development only. Applied after the host was found allowed. */
  readonly overrides: ReadonlyMap<string, URL>;
  /** Hosts that the operator lets anybody reach. @default every public one */
  readonly allowed?: readonly string[] | undefined;
  /** Plain http too. @default false */
  readonly allowHttp?: boolean | undefined;
  /** @default nobody is told */
  readonly audit?: EgressAudit | undefined;
  /** @default the operating system's */
  readonly resolver?: NameResolver | undefined;
  /** Certificate authorities instead of the built-in ones, and addresses that count as public; for tests. */
  readonly trial?: { readonly ca: string; readonly isPublic: (address: string) => boolean } | undefined;
}

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const CONNECT_TIMEOUT_MS = 3_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** Resolve with the operating system, every address at once. */
const systemResolver: NameResolver = {
  resolve: async (hostname) =>
    (await lookup(hostname, { all: true, order: "verbatim" })).map(({ address }) => address),
};

/** What is known of a request when it is over, for the audit. */
interface Seen {
  host: string | null;
  port: number | null;
  ip: string | null;
}

/** Create the egress proxy of the supervisor. */
export function createEgress(options: EgressOptions): Egress {
  const { limits, overrides } = options;
  const resolver = options.resolver ?? systemResolver;
  const isPublic = options.trial?.isPublic ?? isPublicAddress;
  const open = new Map<string, number>();

  /** A client that reaches only this target, at an address vetted just now. */
  const connectTo = async (
    { protocol, hostname, port }: EgressTarget,
    seen: Seen,
    signal: AbortSignal,
  ): Promise<Client | "not-allowed" | "transport"> => {
    const shared = {
      allowH2: false,
      pipelining: 1,
      maxHeaderSize: MAX_HEADER_BYTES,
      maxResponseSize: limits.egressResponseBytes,
      headersTimeout: limits.egressTimeoutMs,
      bodyTimeout: limits.egressTimeoutMs,
    } as const;
    const override = overrides.get(hostname);
    if (override !== undefined) {
      seen.ip = override.hostname;
      return new Client(override.origin, shared);
    }
    const addresses = await within(signal, resolver.resolve(hostname, { signal }));
    if (addresses.length === 0) return "transport";
    // One bad answer condemns the name: a resolver that mixes them is rebinding.
    if (!addresses.every(isPublic)) return "not-allowed";
    const vetted = new Set(addresses.map(normalizeAddress));
    return new Client(`${protocol}//${hostname}:${port}`, {
      ...shared,
      connect: createVettedConnector(addresses, {
        isAllowed: (address) => isPublic(address) && vetted.has(normalizeAddress(address)),
        timeoutMs: CONNECT_TIMEOUT_MS,
        onConnected: (address) => (seen.ip = address),
        ...(options.trial === undefined ? {} : { ca: options.trial.ca }),
      }),
    });
  };

  const send = async (
    request: EgressRequest,
    { scope, seen, signal }: { scope: EgressScope; seen: Seen; signal: AbortSignal },
  ): Promise<EgressOutcome> => {
    const method = request.method.toUpperCase();
    if (!METHODS.has(method)) return { error: "invalid-url", bytes: 0 };
    const target = toTarget(request.url, {
      allowed: scope.allowed,
      operatorAllowed: options.allowed,
      allowHttp: options.allowHttp,
    });
    seen.host = target.hostname;
    seen.port = target.port;
    if ("error" in target) return { error: target.error, bytes: 0 };
    const plain = toRequestHeaders(request.headers);
    if (plain === null) return { error: "invalid-url", bytes: 0 };
    const headers = fillSecrets(plain, (name) => scope.secret(name, target.hostname));
    if (headers === null) return { error: "not-allowed", bytes: 0 };
    const sent = sizeOf(target.path, headers) + (request.body?.length ?? 0);
    if (sent >= scope.maxBytes) return { error: "not-allowed", bytes: 0, isOverBudget: true };
    const client = await connectTo(target, seen, signal);
    if (typeof client === "string") return { error: client, bytes: 0 };
    try {
      const exchanged = await exchange(
        client,
        { method, path: target.path, headers, body: request.body },
        {
          limits: {
            maxBytes: Math.min(limits.egressResponseBytes, scope.maxBytes - sent),
            maxHeaders: limits.egressHeaders,
          },
          signal,
        },
      );
      return toOutcome(exchanged, { sent, maxBytes: scope.maxBytes });
    } catch {
      // Counted as if all of it had left: nobody can say how much did.
      return { error: "transport", bytes: sent };
    } finally {
      await client.destroy();
    }
  };

  return {
    async fetch(request, scope) {
      const started = performance.now();
      const seen: Seen = { host: null, port: null, ip: null };
      const key = JSON.stringify([scope.caller.tenantId, scope.caller.installId]);
      const count = open.get(key) ?? 0;
      let outcome: EgressOutcome = { error: "internal", bytes: 0 };
      if (count < limits.egressConcurrent) {
        open.set(key, count + 1);
        const signal = AbortSignal.any([scope.signal, AbortSignal.timeout(limits.egressTimeoutMs)]);
        outcome = await send(request, { scope, seen, signal }).catch((): EgressOutcome => ({
          error: "transport",
          bytes: 0,
        }));
        const left = (open.get(key) ?? 1) - 1;
        if (left === 0) open.delete(key);
        else open.set(key, left);
      }
      options.audit?.record({
        ...scope.caller,
        ...seen,
        method: METHODS.has(request.method.toUpperCase()) ? request.method.toUpperCase() : "invalid",
        bytes: outcome.bytes,
        status: outcome.error === null ? outcome.status : null,
        error: outcome.error,
        durationMs: Math.round(performance.now() - started),
      });
      return outcome;
    },
  };
}

/** Rejects when the signal aborts first; a resolver may not listen to it. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function sizeOf(path: string, headers: readonly (readonly [string, string])[]): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, path.length);
}

function toOutcome(
  exchanged: Exchanged,
  { sent, maxBytes }: { readonly sent: number; readonly maxBytes: number },
): EgressOutcome {
  const bytes = sent + exchanged.received;
  if (!exchanged.isComplete) {
    const isOverBudget = exchanged.isTooLarge && bytes >= maxBytes;
    return { error: "transport", bytes, ...(isOverBudget ? { isOverBudget } : {}) };
  }
  const { status, headers, body } = exchanged;
  return { error: null, status, headers, body, bytes };
}
