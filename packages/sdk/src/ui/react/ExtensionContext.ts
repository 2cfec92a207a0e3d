import type { FrameBridge } from "@alga-ext/iframe-bridge/frame";
import { createContext } from "react";
import type { ApiClient } from "../api-client.ts";
import type { RouteStore } from "./createRouteStore.ts";

/** What the provider hands to the hooks once connected. */
export interface ExtensionContextValue {
  readonly bridge: FrameBridge;
  readonly api: ApiClient;
  readonly route: RouteStore;
}

/** Null outside a connected provider. */
export const ExtensionContext = createContext<ExtensionContextValue | null>(null);
