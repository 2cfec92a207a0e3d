import { ARCHIVE_LIMITS } from "@alga-ext/bundle";
import { bundleBlobPath, type BundleSource } from "@alga-ext/protocol";
import { readStoredBundle } from "./read-stored-bundle.ts";

/** Options of {@link createHttpBundles}. */
export interface HttpBundlesOptions {
  /** Where the registry's blobs lie, such as `https://cdn.example/extensions/`; http or https. */
  readonly baseUrl: string;
  /** Sent along, such as `authorization`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Time for one object. @default 30000 */
  readonly timeoutMs?: number;
  /** Largest object that is read. @default the largest archive */
  readonly maxBytes?: number;
  /** @default the global one */
  readonly fetch?: typeof fetch;
}

/** Turns the address of an object into the one that is asked for. */
export type SignUrl = (url: URL, method: "GET" | "HEAD") => URL;

const CHECKED = bundleBlobPath(`sha256:${"0".repeat(64)}`);

/**
 * Read archives over HTTP, laid out below a base as the registry writes them. Redirects are not followed; what comes is
 * checked against its hash by the runner, so the store need not be trusted.
 *
 * @throws {TypeError} when the base is no http or https URL, or has credentials, a query or a fragment
 */
export function createHttpBundles(options: HttpBundlesOptions): BundleSource {
  return createSignedBundles(options, (url) => url);
}

/** {@link createHttpBundles} for stores that want addresses signed. */
export function createSignedBundles(options: HttpBundlesOptions, sign: SignUrl): BundleSource {
  const base = toBase(options.baseUrl);
  const { timeoutMs = 30_000, maxBytes = ARCHIVE_LIMITS.maxArchiveBytes, headers = {} } = options;
  const send = options.fetch ?? fetch;
  const ask = async (path: string, method: "GET" | "HEAD", given?: AbortSignal): Promise<Response> => {
    const late = AbortSignal.timeout(timeoutMs);
    return await send(sign(new URL(path, base), method), {
      method,
      headers: { ...headers },
      redirect: "error",
      signal: given === undefined ? late : AbortSignal.any([given, late]),
    });
  };
  return {
    open: (hash, { signal } = {}) =>
      readStoredBundle(hash, async (path) => {
        const response = await ask(path, "GET", signal);
        if (response.ok) return await readAll(response, maxBytes);
        await response.body?.cancel();
        if (response.status === 404) return null;
        throw new Error(`The bundle store answered ${response.status} for ${path}.`);
      }),
    async check({ signal } = {}) {
      // Nobody has it. Stores that must not say so answer 403, and are there all the same.
      const { status } = await ask(CHECKED, "HEAD", signal);
      if (status >= 500) throw new Error(`The bundle store answered ${status}.`);
    },
  };
}

function toBase(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || `${url.username}${url.search}${url.hash}` !== "")
    throw new TypeError("The base of a bundle store is an http or https URL without credentials and query.");
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

async function readAll(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    if ((size += bytes.length) > maxBytes)
      throw new Error(`The bundle store sent more than ${maxBytes} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, size);
}
