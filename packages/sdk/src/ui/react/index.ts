/**
 * React bindings of the extension UI: one provider at the root, hooks below it.
 *
 * Import from `@alga-ext/sdk/ui/react`.
 * @module
 */
export { ExtensionProvider, type ExtensionProviderProps } from "./ExtensionProvider.tsx";
export { useApi } from "./useApi.ts";
export { useExtension, type Extension } from "./useExtension.ts";
export { useRoute, type Route } from "./useRoute.ts";
export { useThemeTokens } from "./useThemeTokens.ts";
