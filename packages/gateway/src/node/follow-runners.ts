import type { GatewayLogger } from "../ports.ts";

/** Most runners one gateway spreads over; a list beyond that is a mistake. */
const MAX_RUNNERS = 256;

/**
 * The origins of a list of runner addresses, each once.
 *
 * @throws {TypeError} on an address that is no `http:` or `https:` URL, and on more than 256 of them.
 */
export function toOrigins(urls: readonly string[]): string[] {
  if (urls.length > MAX_RUNNERS) throw new TypeError(`More than ${MAX_RUNNERS} runners.`);
  const origins = urls.map((text) => {
    const url = URL.parse(text);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw new TypeError(`A runner's address must be an http or https URL: ${JSON.stringify(text)}`);
    }
    return url.origin;
  });
  return [...new Set(origins)];
}

/** Asks who the runners are, again and again. */
export interface RunnerFollower {
  close(): void;
}

/**
 * Ask `discover` now and then every `everyMs`. An answer that fails, is empty or makes no sense changes nothing: calls
 * go on to the runners known so far.
 */
export function followRunners(options: {
  readonly discover: (about: { readonly signal: AbortSignal }) => Promise<readonly string[]>;
  readonly everyMs: number;
  readonly assign: (origins: readonly string[]) => void;
  readonly logger: GatewayLogger;
}): RunnerFollower {
  const { discover, everyMs, assign, logger } = options;
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const ask = async (): Promise<void> => {
    try {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(everyMs)]);
      const origins = toOrigins(await discover({ signal }));
      if (origins.length === 0) throw new TypeError("No runners were found.");
      if (!closing.signal.aborted) assign(origins);
    } catch (error) {
      if (!closing.signal.aborted) logger.warn("runner_discovery_failed", { error: String(error) });
    }
    if (!closing.signal.aborted) timer = setTimeout(() => void ask(), everyMs).unref();
  };
  void ask();
  return {
    close() {
      closing.abort();
      clearTimeout(timer);
    },
  };
}
