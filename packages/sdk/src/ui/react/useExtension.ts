import type { FrameBridge } from "@alga-ext/iframe-bridge/frame";
import type { ApiClient } from "../api-client.ts";
import { useExtensionContext } from "./useExtensionContext.ts";

/** The connected extension. */
export interface Extension {
  readonly bridge: FrameBridge;
  readonly api: ApiClient;
}

/**
 * The bridge and the API client.
 *
 * @throws {TypeError} outside an `ExtensionProvider`.
 */
export function useExtension(): Extension {
  return useExtensionContext();
}
