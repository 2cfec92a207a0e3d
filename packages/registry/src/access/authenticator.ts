import type { Principal } from "@alga-ext/protocol";

/**
 * One way to prove who makes a request.
 *
 * Undefined: the request holds no credential of this kind, so another way may be tried. Null: it holds one, and it is
 * no good; then nothing else of the request counts either.
 */
export type Authenticator = (request: Request) => Promise<Principal | null | undefined>;

/** Try ways to prove who makes a request, in this order; the first that knows the kind of credential decides. */
export function chainAuthenticators(
  ...authenticators: readonly Authenticator[]
): (request: Request) => Promise<Principal | null> {
  return async (request) => {
    for (const authenticate of authenticators) {
      const principal = await authenticate(request);
      if (principal !== undefined) return principal;
    }
    return null;
  };
}
