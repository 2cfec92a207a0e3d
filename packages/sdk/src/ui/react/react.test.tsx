import type { FrameBridge } from "@alga-ext/iframe-bridge/frame";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { createApiClient } from "../api-client.ts";
import { ExtensionContext } from "./ExtensionContext.ts";
import { ExtensionProvider, useApi, useExtension, useRoute, useThemeTokens } from "./index.ts";
import { createRouteStore } from "./createRouteStore.ts";

function fakeBridge(): FrameBridge & { hostMoves(path: string): void; readonly sent: unknown[] } {
  const listeners = new Set<(path: string) => void>();
  const sent: unknown[] = [];
  let path = "/agreements/7";
  return {
    sent,
    hostMoves(next) {
      path = next;
      for (const listener of listeners) listener(next);
    },
    get path() {
      return path;
    },
    themeTokens: { "--alga-bg": "#fff" },
    callProxy: () => Promise.reject(new TypeError("not called")),
    navigate(next, options) {
      path = next;
      sent.push([next, options?.replace === true]);
    },
    onNavigate(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    onTheme: () => () => {},
    onClose: () => () => {},
    resize() {},
    close() {},
  };
}

describe("createRouteStore", () => {
  it("tells its subscribers of moves from either side, once each, and skips a move to where it is", () => {
    const bridge = fakeBridge();
    const store = createRouteStore(bridge);
    const seen: string[] = [];
    const stop = store.subscribe(() => seen.push(store.getPath()));
    store.navigate("/agreements");
    store.navigate("/agreements");
    bridge.hostMoves("/agreements/7");
    store.navigate("/agreements/8", { replace: true });
    stop();
    bridge.hostMoves("/");
    expect(seen).toEqual(["/agreements", "/agreements/7", "/agreements/8"]);
    expect(bridge.sent).toEqual([
      ["/agreements", false],
      ["/agreements/8", true],
    ]);
  });
});

describe("hooks", () => {
  it("give path, theme, bridge and client", () => {
    const bridge = fakeBridge();
    const value = { bridge, api: createApiClient(bridge), route: createRouteStore(bridge) };
    function Probe(): ReactNode {
      const { path } = useRoute();
      const same = useApi() === value.api && useExtension().bridge === bridge;
      return `${path} ${useThemeTokens()["--alga-bg"]} ${same}`;
    }
    expect(
      renderToStaticMarkup(
        <ExtensionContext.Provider value={value}>
          <Probe />
        </ExtensionContext.Provider>,
      ),
    ).toBe("/agreements/7 #fff true");
  });

  it.each([useRoute, useApi, useExtension, useThemeTokens])(
    "%o outside the provider is a caller mistake",
    (hook) => {
      function Probe(): ReactNode {
        hook();
        return null;
      }
      expect(() => renderToStaticMarkup(<Probe />)).toThrow(TypeError);
    },
  );
});

it("ExtensionProvider shows its loading state first", () => {
  expect(renderToStaticMarkup(<ExtensionProvider>never</ExtensionProvider>)).toBe(
    "<output>Loading…</output>",
  );
  expect(renderToStaticMarkup(<ExtensionProvider loading="Connecting">never</ExtensionProvider>)).toBe(
    "Connecting",
  );
});
