import { createLocalStorageThemeStore } from "@alga-ext/ui-kit/adapters/local-storage-theme-store";

/** Where the chosen theme is kept; `public/theme-boot.js` reads the same key before the first paint. */
export const themeStore = createLocalStorageThemeStore("acme-theme");
