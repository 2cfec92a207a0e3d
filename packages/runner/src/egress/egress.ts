import { lookup } from "node:dns/promises";
import { Client } from "undici";
import type { RunnerLimits } from "../options.ts";
import type { NameResolver } from "../ports.ts";
import { isPublicAddress } from "./address.ts";
import { toRequestHeaders } from "./request-headers.ts";
import { toTarget } from "./target.ts";
import { createVettedConnector } from "./vetted-connector.ts";

/** What a guest wants to send. */
export interface EgressRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
}

/** What came of it; `error` is the WIT's `http-error`. */
export type EgressOutcome =
  | {
      readonly error: null;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Uint8Array;
      /** Bytes sent and received, for the usage report. */
      readonly bytes: number;
    }
  | { readonly error: "invalid-url" | "not-allowed" | "transport" | "internal"; readonly bytes: number };

/** Requests to the outside, one connection each, to vetted addresses only. */
export interface Egress {
  /**
   * Send one request. Never rejects.
   *
   * @param scope - `allowed` are the call's effective egress patterns; `key` names the install for its share of
   * connections
   */
  fetch(
    request: EgressRequest,
    scope: { readonly allowed: readonly string[]; readonly key: string; readonly signal: AbortSignal },
  ): Promise<EgressOutcome>;
}

/** Options of {@link createEgress}. */
export interface EgressOptions {
  readonly limits: Pick<RunnerLimits, "egressTimeoutMs" | "egressResponseBytes" | "egressHeaders">;
  /** Public host name → loopback base URL; development only. Applied after the host was found allowed. */
  readonly overrides: ReadonlyMap<string, URL>;
  /** @default the operating system's */
  readonly resolver?: NameResolver;
}

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const CONNECT_TIMEOUT_MS = 3_000;
const MAX_HEADER_BYTES = 16 * 1024;
const CONCURRENT_PER_INSTALL = 8;
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "set-cookie",
  "trailer",
  "upgrade",
]);

/** Resolve with the operating system, every address at once. */
const systemResolver: NameResolver = {
  resolve: async (hostname) =>
    (await lookup(hostname, { all: true, order: "verbatim" })).map(({ address }) => address),
};

/** Create the egress proxy of the supervisor. */
export function createEgress(options: EgressOptions): Egress {
  const { limits, overrides } = options;
  const resolver = options.resolver ?? systemResolver;
  const open = new Map<string, number>();

  const send = async (
    request: EgressRequest,
    allowed: readonly string[],
    signal: AbortSignal,
  ): Promise<EgressOutcome> => {
    const method = request.method.toUpperCase();
    if (!METHODS.has(method)) return { error: "invalid-url", bytes: 0 };
    const target = toTarget(request.url, allowed);
    if (typeof target === "string") return { error: target, bytes: 0 };
    const headers = toRequestHeaders(request.headers);
    if (headers === null) return { error: "invalid-url", bytes: 0 };
    const override = overrides.get(target.hostname);
    let client: Client;
    if (override === undefined) {
      const addresses = await resolver.resolve(target.hostname, { signal });
      if (addresses.length === 0) return { error: "transport", bytes: 0 };
      // One bad answer condemns the name: a resolver that mixes them is rebinding.
      if (!addresses.every(isPublicAddress)) return { error: "not-allowed", bytes: 0 };
      client = new Client(`https://${target.hostname}`, {
        ...clientOptions(limits),
        connect: createVettedConnector(addresses, {
          isAllowed: isPublicAddress,
          timeoutMs: CONNECT_TIMEOUT_MS,
        }),
      });
    } else {
      client = new Client(override.origin, clientOptions(limits));
    }
    try {
      return await exchange(
        client,
        { method, path: target.path, headers, body: request.body },
        { limits, signal },
      );
    } finally {
      await client.destroy();
    }
  };

  return {
    async fetch(request, { allowed, key, signal }) {
      const count = open.get(key) ?? 0;
      if (count >= CONCURRENT_PER_INSTALL) return { error: "internal", bytes: 0 };
      open.set(key, count + 1);
      try {
        return await send(
          request,
          allowed,
          AbortSignal.any([signal, AbortSignal.timeout(limits.egressTimeoutMs)]),
        );
      } catch {
        return { error: "transport", bytes: request.body?.length ?? 0 };
      } finally {
        const left = (open.get(key) ?? 1) - 1;
        if (left === 0) open.delete(key);
        else open.set(key, left);
      }
    },
  };
}

function clientOptions(limits: EgressOptions["limits"]) {
  return {
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: MAX_HEADER_BYTES,
    maxResponseSize: limits.egressResponseBytes,
    headersTimeout: limits.egressTimeoutMs,
    bodyTimeout: limits.egressTimeoutMs,
  } as const;
}

async function exchange(
  client: Client,
  request: { method: string; path: string; headers: [string, string][]; body: Uint8Array | null },
  { limits, signal }: { limits: EgressOptions["limits"]; signal: AbortSignal },
): Promise<EgressOutcome> {
  const sent = request.body?.length ?? 0;
  const response = await client.request({
    method: request.method,
    path: request.path,
    headers: request.headers.flat(),
    body: request.body,
    signal,
  });
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    received += chunk.length;
    if (received > limits.egressResponseBytes) return { error: "transport", bytes: sent + received };
    chunks.push(chunk);
  }
  const headers = Object.entries(response.headers).flatMap(([name, value]) => {
    if (value === undefined || HOP_BY_HOP.has(name)) return [];
    return (Array.isArray(value) ? value : [value]).map((one) => [name, one] as const);
  });
  if (headers.length > limits.egressHeaders) return { error: "transport", bytes: sent + received };
  return {
    error: null,
    status: response.statusCode,
    headers,
    body: Buffer.concat(chunks),
    bytes: sent + received,
  };
}
