import type { ThemeTokens } from "@alga-ext/iframe-bridge";
import { useCallback, useSyncExternalStore } from "react";
import { useExtensionContext } from "./useExtensionContext.ts";

/**
 * The host's current theme values, for drawing what CSS variables cannot reach (a canvas, a chart).
 *
 * @throws {TypeError} outside an `ExtensionProvider`.
 */
export function useThemeTokens(): ThemeTokens {
  const { bridge } = useExtensionContext();
  const read = (): ThemeTokens => bridge.themeTokens;
  const subscribe = useCallback((changed: () => void) => bridge.onTheme(changed), [bridge]);
  return useSyncExternalStore(subscribe, read, read);
}
