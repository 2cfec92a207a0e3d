import type { Principal } from "@alga-ext/protocol";
import type { Authenticator } from "../access/authenticator.ts";
import type { RegistryLogger } from "../ports.ts";
import type { Registry } from "../registry.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** Options of {@link createRegistryHandler}. */
export interface RegistryHandlerOptions {
  /** The host's own session or API key check; null when nobody is signed in. Never reads tenant headers. */
  authenticate(request: Request): Promise<Principal | null>;
  /** The value runners send as `x-api-key`. */
  readonly runnerApiKey: string;
  /**
   * Other origins whose pages may change something with the user's cookies, such as `https://admin.example.com`.
   *
   * @default none
   */
  readonly trustedOrigins?: readonly string[];
  /** Limits the calls of one principal to the bundle routes. @default 30 in 60 seconds, counted in this process */
  readonly rateLimiter?: RateLimiter;
  /** Whom to believe at `POST /api/ext-bundles/token`; from `createOidcPublisher`. @default nobody */
  readonly identityTokens?: Authenticator;
  /** @default silent */
  readonly logger?: RegistryLogger;
}

/** One request on its way through a route. */
export interface RouteContext {
  readonly registry: Registry;
  readonly options: RegistryHandlerOptions;
  readonly request: Request;
  readonly url: URL;
  readonly requestId: string;
}
