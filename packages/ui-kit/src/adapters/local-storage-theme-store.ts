import type { ThemeStore } from "../ports.ts";

/** Keep the mode in `localStorage`; where storage is blocked (an opaque frame) nothing is remembered. */
export function createLocalStorageThemeStore(key = "alga-theme"): ThemeStore {
  return {
    read() {
      try {
        const mode = localStorage.getItem(key);
        return mode === "light" || mode === "dark" ? mode : null;
      } catch {
        return null;
      }
    },
    write(mode) {
      try {
        localStorage.setItem(key, mode);
      } catch {
        // Blocked or full storage: the mode simply lasts as long as the document.
      }
    },
  };
}
