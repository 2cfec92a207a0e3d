import type { Principal } from "@alga-ext/protocol";
import type { RegistryLogger } from "../ports.ts";
import type { Registry } from "../registry.ts";

/** Options of {@link createRegistryHandler}. */
export interface RegistryHandlerOptions {
  /** The host's own session or API key check; null when nobody is signed in. Never reads tenant headers. */
  authenticate(request: Request): Promise<Principal | null>;
  /** The value runners send as `x-api-key`. */
  readonly runnerApiKey: string;
  /** @default silent */
  readonly logger?: RegistryLogger;
}

/** One request on its way through a route family; null means the path is not the registry's. */
export interface RouteContext {
  readonly registry: Registry;
  readonly options: RegistryHandlerOptions;
  readonly request: Request;
  readonly url: URL;
  readonly requestId: string;
}
