import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RegistryError } from "../../errors.ts";
import { createLimit } from "./create-limit.ts";
import { canonicalQuery, EMPTY_SHA256, signRequest, type S3Credentials } from "./sign-request.ts";

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2000;
/** Listings of a thousand keys are the longest documents. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;
/** At once; a stream counts until its first byte. More would only be refused further down. */
const MAX_REQUESTS = 64;
/** Set by the way, and changed by proxies: never part of a signature. */
const UNSIGNED = ["range", "accept-encoding"];

/** How to reach one bucket. */
export interface S3ClientOptions {
  /** Base URL of the bucket, without a slash at its end. */
  readonly bucketUrl: string;
  readonly region: string;
  readonly credentials: () => S3Credentials | Promise<S3Credentials>;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since the epoch, for signatures. */
  readonly clock: () => number;
  /** How long one attempt may be silent. */
  readonly timeoutMs: number;
  /** Attempts for one request, the first included. */
  readonly attempts: number;
}

/** One request to a bucket. */
export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Absent for the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Statuses that are an answer and no failure, beside 2xx. */
  readonly expected?: readonly number[];
}

/** What came back. */
export interface S3Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `Code` of an error document, else null. */
  readonly code: string | null;
  /** True when an earlier attempt may have taken effect without our hearing of it. */
  readonly isRepeated: boolean;
}

/** A body that is still coming. */
export interface S3Stream extends S3Answer {
  readonly body: AsyncIterable<Uint8Array>;
  /** Let the silence timer run (false) or stand still (true), as while a consumer works. */
  readonly hold: (isHeld: boolean) => void;
}

/**
 * Sends requests, several times if need be. Both throw {@link RegistryError} `blob_store_unavailable`, with the
 * operation and S3's code in its details; never with a signature, a token or what the store wrote.
 */
export interface S3Client {
  /** Send and read the whole answer. */
  send(request: S3Request): Promise<S3Answer>;
  /** Send, and leave the body of a 2xx answer to be read. */
  open(request: S3Request): Promise<S3Stream>;
  /** Wait before attempt `n + 1`: a random time, up to twice as long with each attempt. */
  pause(attempt: number): Promise<void>;
}

/** A bucket over HTTP: signed, bounded in time, retried with jitter. */
export function createS3Client(options: S3ClientOptions): S3Client {
  const pause = (attempt: number): Promise<void> =>
    sleep(Math.random() * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)));

  const atMost = createLimit(MAX_REQUESTS);

  const retry = async (request: S3Request, isStream: boolean): Promise<S3Stream> => {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await atMost(() => sendOnce(options, request, isStream));
      if ("body" in outcome) return { ...outcome, isRepeated: attempt > 1 };
      if (!outcome.isTransient || attempt >= options.attempts) throw unavailable(request.method, outcome);
      await pause(attempt);
    }
  };

  return {
    pause,
    send: (request) => retry(request, false),
    open: (request) => retry(request, true),
  };
}

interface S3Failure {
  readonly status: number | null;
  readonly code: string | null;
  readonly isTransient?: boolean;
  readonly cause?: unknown;
}

/** A failure in the registry's terms. */
export function unavailable(
  operation: string,
  { status, code, cause, isTransient = true }: S3Failure,
): RegistryError {
  const what = code ?? (status === null ? "no answer in time" : `status ${status}`);
  return new RegistryError(
    "blob_store_unavailable",
    `The object store failed at ${operation}: ${what}. Check its address, bucket and credentials, or try again.`,
    { cause, retryable: isTransient, details: { operation, status, code } },
  );
}

async function sendOnce(
  options: S3ClientOptions,
  request: S3Request,
  isStream: boolean,
): Promise<Omit<S3Stream, "isRepeated"> | S3Failure> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const hold = (isHeld: boolean): void => {
    clearTimeout(timer);
    if (!isHeld) timer = setTimeout(() => abort.abort(), options.timeoutMs);
  };
  hold(false);
  try {
    const response = await fetchSigned(options, request, abort.signal);
    const { ok, status, headers } = response;
    if (ok && isStream) {
      return { ok, status, headers, text: "", code: null, body: response.body ?? emptyBody(), hold };
    }
    const text = await readText(response);
    hold(true);
    const code = codeOf(text);
    if (ok || request.expected?.includes(status) === true) {
      return { ok, status, headers, text, code, body: emptyBody(), hold };
    }
    return { status, code, isTransient: status >= 500 || status === 429 || status === 408 };
  } catch (cause) {
    hold(true);
    return { status: null, code: null, isTransient: true, cause };
  }
}

async function fetchSigned(
  options: S3ClientOptions,
  request: S3Request,
  signal: AbortSignal,
): Promise<Response> {
  const { body, method, key = "", query = {} } = request;
  const url = new URL(`${options.bucketUrl}/${key}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  url.search = canonicalQuery(url.searchParams);
  const all = Object.entries(request.headers ?? {});
  const signed = signRequest(
    {
      method,
      url,
      headers: Object.fromEntries(all.filter(([name]) => !UNSIGNED.includes(name))),
      bodySha256: body === undefined ? EMPTY_SHA256 : createHash("sha256").update(body).digest("hex"),
    },
    { credentials: await options.credentials(), region: options.region, atMs: options.clock() },
  );
  return options.fetch(url, {
    method,
    headers: { ...signed, ...Object.fromEntries(all.filter(([name]) => UNSIGNED.includes(name))) },
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    redirect: "manual",
    signal,
  });
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_TEXT_BYTES) throw new Error("the object store answered with too long a document");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Only the code: the rest of an error document may quote what was signed. */
function codeOf(text: string): string | null {
  return /<Error>[^]{0,65536}?<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(text)?.[1] ?? null;
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {
  // Nothing to read.
}
