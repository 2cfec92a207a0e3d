import type { UsedTokens } from "./oidc-options.ts";

const MAX_TOKENS = 100_000;

/** Remember used tokens in this process; when there is no room left, tokens are refused rather than forgotten. */
export function createMemoryUsedTokens(clock: () => number): UsedTokens {
  const expiries = new Map<string, number>();
  return {
    async use(id, expiresAtMs) {
      if (expiries.has(id)) return false;
      if (expiries.size >= MAX_TOKENS) {
        const now = clock();
        for (const [known, expiry] of expiries) if (expiry < now) expiries.delete(known);
        if (expiries.size >= MAX_TOKENS) return false;
      }
      expiries.set(id, expiresAtMs);
      return true;
    },
  };
}
