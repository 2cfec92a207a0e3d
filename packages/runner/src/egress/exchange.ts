import type { Readable } from "node:stream";
import type { Client } from "undici";
import { createByteCollector } from "../http/byte-collector.ts";

/** Caps of one answer. */
export interface ExchangeLimits {
  /** Of its body. */
  readonly maxBytes: number;
  readonly maxHeaders: number;
}

/** What came back. */
export type Exchanged =
  | {
      readonly isComplete: true;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Uint8Array;
      readonly received: number;
    }
  | { readonly isComplete: false; readonly isTooLarge: boolean; readonly received: number };

/** Interim answers are for browsers; more than a few are an attack. */
const MAX_INTERIM = 4;
/** A body that comes crumb by crumb costs us many times what it weighs: the largest one in honest pieces has fewer. */
const MAX_PIECES = 20_000;
/** Of the connection, not of the answer, or a state we do not keep. */
const DROPPED: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Send one request over its own connection and read the answer under its caps; rejects when there is no whole answer. */
export async function exchange(
  client: Client,
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: Uint8Array | null;
  },
  { limits, signal }: { readonly limits: ExchangeLimits; readonly signal: AbortSignal },
): Promise<Exchanged> {
  const flooded = new AbortController();
  let interim = 0;
  const response = await client.request({
    method: request.method,
    path: request.path,
    headers: request.headers.flat(),
    body: request.body,
    signal: AbortSignal.any([signal, flooded.signal]),
    onInfo: () => {
      if ((interim += 1) > MAX_INTERIM) flooded.abort();
    },
  });
  const all = Object.entries(response.headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? ""]).map((one) => [name, one] as const),
  );
  let received = all.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (all.length > limits.maxHeaders) return { isComplete: false, isTooLarge: false, received };
  const body = createByteCollector();
  let pieces = 0;
  let isTooLarge = false;
  const isComplete = await readWhile(response.body, (piece) => {
    received += piece.length;
    isTooLarge = body.length + piece.length > limits.maxBytes;
    if (isTooLarge || (pieces += 1) > MAX_PIECES) return false;
    body.add(piece);
    return true;
  });
  if (!isComplete) return { isComplete, isTooLarge, received };
  return {
    isComplete,
    status: response.statusCode,
    headers: all.filter(([name]) => !DROPPED.has(name)),
    body: body.take(),
    received,
  };
}

/** Whether a body came to its end before `take` wanted no more. Iterating would do, but Node 24 joins pieces that wait. */
function readWhile(body: Readable, take: (piece: Uint8Array) => boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    body.on("data", (piece: Uint8Array) => {
      if (body.destroyed || take(piece)) return;
      resolve(false);
      body.destroy();
    });
    body.on("end", () => resolve(true));
    body.on("error", reject);
    body.on("close", () => reject(new Error("The answer was cut off.")));
  });
}
