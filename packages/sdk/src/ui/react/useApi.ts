import type { ApiClient } from "../api-client.ts";
import { useExtensionContext } from "./useExtensionContext.ts";

/**
 * The JSON client for the extension's own endpoints; the same object at every render.
 *
 * @throws {TypeError} outside an `ExtensionProvider`.
 */
export function useApi(): ApiClient {
  return useExtensionContext().api;
}
