import { useMemo, useSyncExternalStore } from "react";
import type { ThemeStore } from "../ports.ts";
import type { ThemeMode } from "./tokens.ts";

/** Name of the window event every mode change is announced with; `detail` is `{ mode, source }`. */
export const THEME_CHANGE_EVENT = "alga-theme-change";

/** What {@link useTheme} needs beyond the document. */
export interface UseThemeOptions {
  /** Remembers the user's choice. @default none: the mode lasts as long as the document */
  readonly store?: ThemeStore;
}

/** Answer of {@link useTheme}. */
export interface ThemeControl {
  /** Set `html[data-theme]`, remember it in the store and announce it. */
  readonly setMode: (mode: ThemeMode) => void;
  /** The mode right now, outside of rendering. */
  readonly getMode: () => ThemeMode;
  /** The mode this render shows. */
  readonly resolvedMode: ThemeMode;
}

const DARK_QUERY = "(prefers-color-scheme: dark)";

function currentMode(): ThemeMode {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "light" || chosen === "dark") return chosen;
  return window.matchMedia(DARK_QUERY).matches ? "dark" : "light";
}

function subscribe(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const query = window.matchMedia(DARK_QUERY);
  query.addEventListener("change", onChange);
  return () => {
    observer.disconnect();
    query.removeEventListener("change", onChange);
  };
}

const onServer = (): ThemeMode => "light";

/** Read and set the theme mode; state lives in `html[data-theme]`, the system's preference is the fallback. */
export function useTheme({ store }: UseThemeOptions = {}): ThemeControl {
  const resolvedMode = useSyncExternalStore(subscribe, currentMode, onServer);
  return useMemo(
    () => ({
      resolvedMode,
      getMode: currentMode,
      setMode(mode) {
        document.documentElement.dataset["theme"] = mode;
        store?.write(mode);
        window.dispatchEvent(
          new CustomEvent(THEME_CHANGE_EVENT, { detail: { mode, source: "@alga-ext/ui-kit" } }),
        );
      },
    }),
    [resolvedMode, store],
  );
}
