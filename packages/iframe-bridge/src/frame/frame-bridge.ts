import {
  PROXY_METHODS,
  isHostToClient,
  toEnvelope,
  type ApiProxyResponsePayload,
  type BootstrapPayload,
  type ProxyHttpMethod,
} from "../envelope.ts";
import { BridgeError, isBridgeErrorCode } from "../errors.ts";
import { BRIDGE_LIMITS } from "../limits.ts";
import { isClientPath } from "../route.ts";
import { toThemeTokens, type ThemeTokens } from "../theme-tokens.ts";

/** Options of {@link FrameBridge.callProxy}. */
export interface ProxyCallOptions {
  /** @default "POST" */
  readonly method?: ProxyHttpMethod;
  /** `content-type`, `accept` and `x-request-id` are passed on; others are dropped by the host. */
  readonly headers?: { readonly [name: string]: string };
  /** Text is sent as UTF-8. An `ArrayBuffer` is transferred and empty afterwards; a view is copied. At most 10 MiB. */
  readonly body?: string | ArrayBuffer | Uint8Array;
  /** @default 35000, a little above the gateway's own limit */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The HTTP answer to a proxied call, whatever its status. */
export interface ProxyResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: { readonly [name: string]: string };
  readonly body: Uint8Array;
}

/** The extension's end of one bridge. */
export interface FrameBridge {
  /** Where the extension is; starts with the host's deep link. */
  readonly path: string;
  /** The host's current theme. */
  readonly themeTokens: ThemeTokens;
  /**
   * Call the extension's own API. Resolves with any HTTP answer; only a failure of the bridge rejects.
   *
   * @throws {BridgeError} `invalid_route`, `payload_too_large`, `rate_limited`, `proxy_failed`, `proxy_timeout`, `closed`.
   * @throws {TypeError} for a GET with a body or an unknown method.
   */
  callProxy(route: string, options?: ProxyCallOptions): Promise<ProxyResponse>;
  /**
   * Tell the host that the extension moved, so that its address and history follow.
   *
   * @throws {TypeError} when the path is not absolute or holds dot segments.
   */
  navigate(path: string, options?: { readonly replace?: boolean }): void;
  /** The host moved the extension (browser back or forward). Returns the way to stop listening. */
  onNavigate(listener: (path: string) => void): () => void;
  /** The host's theme changed. */
  onTheme(listener: (tokens: ThemeTokens) => void): () => void;
  /** The bridge ended; a listener added later is called at once. */
  onClose(listener: () => void): () => void;
  /** Ask for a height in CSS pixels. */
  resize(heightPx: number): void;
  /** End the bridge; calls under way reject with `closed`. */
  close(): void;
}

interface PendingCall {
  resolve(response: ProxyResponse): void;
  reject(error: unknown): void;
}

/** Wrap a port whose host has just sent its bootstrap. */
export function createFrameBridge(port: MessagePort, bootstrap: BootstrapPayload): FrameBridge {
  let path = bootstrap.navigation.path;
  let themeTokens = toThemeTokens(bootstrap.theme_tokens);
  let closed = false;
  let lastId = 0;
  const pending = new Map<string, PendingCall>();
  const navigateListeners = new Set<(path: string) => void>();
  const themeListeners = new Set<(tokens: ThemeTokens) => void>();
  const closeListeners = new Set<() => void>();

  function end(): void {
    if (closed) return;
    closed = true;
    port.removeEventListener("message", onMessage);
    port.close();
    const error = closedError();
    for (const call of pending.values()) call.reject(error);
    pending.clear();
    for (const listener of closeListeners) listener();
    closeListeners.clear();
  }

  function onMessage(event: MessageEvent): void {
    const message: unknown = event.data;
    if (!isHostToClient(message)) return;
    switch (message.type) {
      case "apiproxy_response": {
        const call = pending.get(message.request_id);
        pending.delete(message.request_id);
        if (call !== undefined) settle(call, message.payload);
        return;
      }
      case "navigation":
        path = message.payload.path;
        for (const listener of navigateListeners) listener(path);
        return;
      case "theme_tokens":
      case "theme":
        themeTokens = toThemeTokens(
          message.type === "theme" ? message.payload : message.payload.theme_tokens,
        );
        for (const listener of themeListeners) listener(themeTokens);
        return;
      case "close":
        end();
        return;
      default:
    }
  }

  port.addEventListener("message", onMessage);
  port.addEventListener("close", end);

  return {
    get path() {
      return path;
    },
    get themeTokens() {
      return themeTokens;
    },
    async callProxy(route, options = {}) {
      const method = options.method ?? "POST";
      if (!PROXY_METHODS.includes(method))
        throw new TypeError(`method must be one of ${PROXY_METHODS.join(", ")}.`);
      if (method === "GET" && options.body !== undefined) {
        throw new TypeError("A GET call has no body: put the values in the route's query.");
      }
      const { timeoutMs = 35_000, signal } = options;
      signal?.throwIfAborted();
      if (closed) throw closedError();
      const body = toBuffer(options.body);
      if ((body?.byteLength ?? 0) > BRIDGE_LIMITS.proxyBodyBytes) {
        throw new BridgeError("payload_too_large", "The body is larger than 10 MiB.", {
          details: { limitBytes: BRIDGE_LIMITS.proxyBodyBytes },
        });
      }
      const requestId = `c${(lastId += 1)}`;
      const { promise, resolve, reject } = Promise.withResolvers<ProxyResponse>();
      const cancel = (reason: unknown): void => {
        if (!pending.delete(requestId)) return;
        port.postMessage(toEnvelope("apiproxy_cancel", {}, requestId));
        reject(reason);
      };
      const onAbort = (): void => cancel(signal?.reason);
      const timer = setTimeout(() => {
        cancel(
          new BridgeError("proxy_timeout", "The call got no answer in time.", {
            details: { timeoutMs },
            retryable: true,
          }),
        );
      }, timeoutMs);
      pending.set(requestId, { resolve, reject });
      signal?.addEventListener("abort", onAbort, { once: true });
      const payload = {
        route,
        method,
        ...(options.headers === undefined ? {} : { headers: { ...options.headers } }),
        ...(body === undefined ? {} : { body }),
      };
      port.postMessage(toEnvelope("apiproxy", payload, requestId), body === undefined ? [] : [body]);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      }
    },
    navigate(next, options = {}) {
      if (!isClientPath(next)) {
        throw new TypeError('navigate() takes a path that starts with "/" and holds no dot segments.');
      }
      path = next;
      if (!closed) port.postMessage(toEnvelope("navigate", { path, replace: options.replace === true }));
    },
    onNavigate: (listener) => listen(navigateListeners, listener),
    onTheme: (listener) => listen(themeListeners, listener),
    onClose(listener) {
      if (closed) listener();
      return listen(closeListeners, listener);
    },
    resize(heightPx) {
      if (!Number.isFinite(heightPx)) throw new TypeError("resize() takes a height in CSS pixels.");
      if (!closed) port.postMessage(toEnvelope("resize", { height: heightPx }));
    },
    close() {
      if (!closed) port.postMessage(toEnvelope("close", {}));
      end();
    },
  };
}

function listen<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function settle(call: PendingCall, payload: ApiProxyResponsePayload): void {
  if ("error" in payload) {
    const code = isBridgeErrorCode(payload.error) ? payload.error : "proxy_failed";
    call.reject(new BridgeError(code, payload.message ?? "The host refused the call."));
    return;
  }
  call.resolve({
    status: payload.status,
    headers: payload.headers,
    body: new Uint8Array(payload.body ?? new ArrayBuffer(0)),
  });
}

function toBuffer(body: ProxyCallOptions["body"]): ArrayBuffer | undefined {
  if (body === undefined || body instanceof ArrayBuffer) return body;
  return typeof body === "string" ? new TextEncoder().encode(body).buffer : new Uint8Array(body).buffer;
}

function closedError(): BridgeError {
  return new BridgeError("closed", "The bridge to the host is closed; reload the extension.");
}
