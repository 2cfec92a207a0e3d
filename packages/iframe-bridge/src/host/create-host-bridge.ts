import { toEnvelope, type ApiProxyPayload, type ClientToHostMessage } from "../envelope.ts";
import { BridgeError } from "../errors.ts";
import { stepHandshake, type HandshakeEvent, type HandshakeState } from "../internal/handshake.ts";
import { inspectMessage } from "../internal/inspect-message.ts";
import { proxyCall } from "../internal/proxy-call.ts";
import { createTokenBucket } from "../internal/token-bucket.ts";
import { BRIDGE_LIMITS } from "../limits.ts";
import type { HostWindow } from "../ports.ts";
import { isClientPath, toProxyUrl } from "../route.ts";
import { toThemeTokens } from "../theme-tokens.ts";
import type { BridgeViolationKind, HostBridge, HostBridgeOptions } from "./options.ts";

/**
 * Connect a host page to the extension in one sandboxed frame.
 *
 * The frame's first hello gets a MessagePort; the frame proves with its nonce that it is still the document that
 * asked. From then on everything goes over that port, and it dies with the document: a reload, a navigation or a
 * second hello ends the bridge and the newcomer gets nothing.
 *
 * @throws {TypeError} when the extension id or the initial path cannot be used.
 * @example
 * const bridge = createHostBridge({ iframe, extensionId, initialPath: "/", themeTokens: readThemeTokens(document.body) });
 * addEventListener("popstate", () => bridge.navigate(extensionPath(location)));
 */
export function createHostBridge(options: HostBridgeOptions): HostBridge {
  const { iframe, extensionId, proxyBase } = options;
  const hostWindow: HostWindow = options.window ?? globalThis;
  const fetchProxy = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  toProxyUrl("/", extensionId, proxyBase);

  let path = checkPath(options.initialPath ?? "/");
  let tokens = toThemeTokens(options.themeTokens ?? {});
  let state: HandshakeState = { phase: "waiting", loads: 0 };
  let port: MessagePort | undefined;
  let violations = 0;
  const calls = new Map<string, AbortController>();
  const bucket = createTokenBucket({
    burst: BRIDGE_LIMITS.burstMessages,
    perSecond: BRIDGE_LIMITS.messagesPerSecond,
    now: () => performance.now(),
  });

  function violate(kind: BridgeViolationKind): void {
    violations += 1;
    options.onViolation?.({ kind, count: violations });
    if (violations === BRIDGE_LIMITS.violations) feed({ type: "close", reason: "too_many_violations" });
  }

  function feed(event: HandshakeEvent, message?: ClientToHostMessage): void {
    const step = stepHandshake(state, event);
    state = step.state;
    for (const effect of step.effects) {
      if (effect === "offer_port") offerPort();
      else if (effect === "send_bootstrap") {
        port?.postMessage(toEnvelope("bootstrap", { theme_tokens: tokens, navigation: { path } }));
        options.onReady?.();
      } else if (effect === "deliver" && message !== undefined) deliver(message);
      else if (effect === "teardown") teardown();
      else if (effect === "violation:second_hello") violate("second_hello");
      else if (effect === "violation:unexpected_load") violate("unexpected_load");
      else if (effect === "violation:unexpected_message") violate("unexpected_message");
    }
  }

  function offerPort(): void {
    const channel = new MessageChannel();
    port = channel.port1;
    port.addEventListener("message", onPortMessage);
    port.addEventListener("messageerror", () => violate("malformed"));
    port.addEventListener("close", () => feed({ type: "gone" }));
    port.start();
    // "*" because an opaque origin cannot be named; only whoever sits in the frame can receive it, and a port alone
    // is worth nothing without the nonce.
    iframe.contentWindow?.postMessage(toEnvelope("port", {}), "*", [channel.port2]);
  }

  function teardown(): void {
    hostWindow.removeEventListener("message", onWindowMessage);
    iframe.removeEventListener("load", onLoad);
    for (const call of calls.values()) call.abort();
    calls.clear();
    port?.removeEventListener("message", onPortMessage);
    port?.postMessage(toEnvelope("close", {}));
    port?.close();
    if (state.phase === "closed") options.onClose?.(state.reason);
  }

  function onLoad(): void {
    feed({ type: "load" });
  }

  function onWindowMessage(event: MessageEvent): void {
    if (event.source === null || event.source !== iframe.contentWindow) return;
    const data: unknown = event.data;
    if (typeof data !== "object" || data === null || Reflect.get(data, "alga") !== true) return;
    if (!bucket.take()) return violate("rate_exceeded");
    const verdict = inspectMessage(data);
    if ("fault" in verdict) return violate(verdict.fault);
    if (verdict.message.type !== "hello") return violate("unexpected_message");
    const { nonce, loading } = verdict.message.payload;
    feed({ type: "hello", nonce, loading: loading !== false });
  }

  function onPortMessage(event: MessageEvent): void {
    for (const extra of event.ports) extra.close();
    const withinRate = bucket.take();
    const verdict = inspectMessage(event.data);
    if ("fault" in verdict) return violate(verdict.fault);
    const { message } = verdict;
    if (!withinRate) {
      violate("rate_exceeded");
      if (message.type === "apiproxy") refuse(message.request_id, rateLimited());
      return;
    }
    feed({ type: "message", ...(message.type === "ready" ? { nonce: message.payload.nonce } : {}) }, message);
  }

  function deliver(message: ClientToHostMessage): void {
    switch (message.type) {
      case "navigate":
        path = message.payload.path;
        options.onNavigate?.(path, { replace: message.payload.replace === true });
        return;
      case "resize": {
        const height = Math.floor(message.payload.height);
        options.onResize?.(Math.min(BRIDGE_LIMITS.maxHeightPx, Math.max(BRIDGE_LIMITS.minHeightPx, height)));
        return;
      }
      case "apiproxy":
        void answer(message.request_id, message.payload);
        return;
      case "apiproxy_cancel":
        calls.get(message.request_id)?.abort();
        return;
      case "close":
        feed({
          type: "close",
          reason: message.payload.reason === "pagehide" ? "document_replaced" : "closed_by_frame",
        });
        return;
      default:
        violate("unexpected_message");
    }
  }

  async function answer(requestId: string, payload: ApiProxyPayload): Promise<void> {
    if (calls.has(requestId)) return violate("unexpected_message");
    if (calls.size >= BRIDGE_LIMITS.parallelCalls) return refuse(requestId, rateLimited());
    const abort = new AbortController();
    calls.set(requestId, abort);
    try {
      const url = toProxyUrl(payload.route, extensionId, proxyBase);
      const result = await proxyCall(url, payload, { fetch: fetchProxy, signal: abort.signal });
      if (!abort.signal.aborted) {
        port?.postMessage(toEnvelope("apiproxy_response", result, requestId), [result.body]);
      }
    } catch (error) {
      const failure =
        error instanceof BridgeError
          ? error
          : new BridgeError("proxy_failed", "The call could not be made.", { cause: error });
      if (failure.code === "invalid_route") violate("invalid_route");
      if (!abort.signal.aborted) refuse(requestId, failure);
    } finally {
      if (calls.get(requestId) === abort) calls.delete(requestId);
    }
  }

  function refuse(requestId: string, failure: BridgeError): void {
    port?.postMessage(
      toEnvelope("apiproxy_response", { error: failure.code, message: failure.message }, requestId),
    );
  }

  hostWindow.addEventListener("message", onWindowMessage);
  iframe.addEventListener("load", onLoad);

  return {
    setTheme(next) {
      tokens = toThemeTokens(next);
      if (state.phase === "open") port?.postMessage(toEnvelope("theme_tokens", { theme_tokens: tokens }));
    },
    navigate(next) {
      path = checkPath(next);
      if (state.phase === "open") port?.postMessage(toEnvelope("navigation", { path }));
    },
    close() {
      feed({ type: "close", reason: "closed_by_host" });
    },
  };
}

function checkPath(path: string): string {
  if (!isClientPath(path)) {
    throw new TypeError(
      'An extension path starts with "/" and holds no dot segments, such as /agreements/7.',
    );
  }
  return path;
}

function rateLimited(): BridgeError {
  return new BridgeError("rate_limited", "Too many calls at once; wait for some to finish.", {
    retryable: true,
  });
}
