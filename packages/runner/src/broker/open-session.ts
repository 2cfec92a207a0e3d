import type { ContentHash, ExecuteRequest } from "@alga-ext/protocol";
import type { Catalogue } from "@alga-ext/manifest";
import { LRUCache } from "lru-cache";
import { NO_SECRETS, openSecrets } from "../auth/open-secrets.ts";
import type { RunnerLimits } from "../options.ts";
import { assertRequestFits } from "./assert-fits.ts";
import { callCeilings, createLimitResolver, defaultCallLimits, type CallLimits } from "./call-limits.ts";
import type { CallSession, SecretBox } from "./call-session.ts";
import type { CallUsage } from "./call-usage.ts";

const NO_GRANTS: ReadonlySet<string> = new Set();
const MAX_KNOWN = 1_000;
const MAX_KEY_CHARS = 4_096;

/** Makes the session of a call from its verified request. */
export interface SessionOpener {
  /** Limits of a call; never above the operator's ceilings. */
  limitsOf(request: ExecuteRequest): CallLimits;
  /**
   * Open a session: a promise of one when there are secrets to open.
   *
   * @throws {RunnerError} `secret_decrypt_failed`, `payload_too_large`, `request_headers_exceeded`
   */
  open(
    request: ExecuteRequest,
    call: {
      readonly contentHash: ContentHash;
      readonly callToken: string | null;
      readonly limits: CallLimits;
      readonly ending: CallSession["ending"];
      readonly usage: CallUsage;
    },
  ): CallSession | Promise<CallSession>;
}

/** Create what opens sessions. */
export function createSessionOpener(options: {
  readonly runnerKey: CryptoKey;
  readonly limits: RunnerLimits;
  /** What no call gets more of. @default the limits themselves */
  readonly maxLimits?: Partial<CallLimits> | undefined;
  /** Limits of a tenant. */
  readonly tenantLimits?: ((tenantId: string) => Partial<CallLimits> | undefined) | undefined;
  readonly catalogue: Catalogue;
}): SessionOpener {
  const resolveLimits = createLimitResolver({
    defaults: defaultCallLimits(options.limits),
    ceilings: callCeilings(options.limits, options.maxLimits),
  });
  /** Grants by the names they are made of: calls of an install come with the same. */
  const known = new LRUCache<string, ReadonlySet<string>>({ max: MAX_KNOWN });
  const grantsOf = (providers: readonly string[]): ReadonlySet<string> => {
    const key = JSON.stringify(providers);
    const found = known.get(key);
    if (found !== undefined) return found;
    const grants = toGrants(providers, options.catalogue);
    if (key.length <= MAX_KEY_CHARS) known.set(key, grants);
    return grants;
  };
  return {
    limitsOf: ({ context, limits }) =>
      resolveLimits({ tenant: options.tenantLimits?.(context.tenant_id), install: limits }),
    open(request, call) {
      const { contentHash, callToken, limits, ending, usage } = call;
      assertRequestFits(request, { limits, usage });
      const { context, secret_envelope: envelope } = request;
      const sessionWith = (secrets: SecretBox): CallSession => ({
        scope: {
          tenantId: context.tenant_id,
          extensionId: context.extension_id,
          installId: context.install_id ?? "",
          requestId: context.request_id ?? null,
          versionId: context.version_id ?? null,
          contentHash,
          callToken,
        },
        providers: request.providers === undefined ? NO_GRANTS : grantsOf(request.providers),
        egress: request.egress ?? [],
        secrets,
        secretHosts: request.secret_hosts ?? {},
        config: context.config ?? {},
        user: request.user ?? null,
        limits,
        ending,
        usage,
      });
      return envelope === undefined
        ? sessionWith(NO_SECRETS)
        : openSecrets(envelope, options.runnerKey).then(sessionWith);
    },
  };
}

/** Normalised effective capabilities of a call; names nobody knows are dropped. */
export function toGrants(providers: readonly string[], catalogue: Catalogue): ReadonlySet<string> {
  return new Set(providers.map((name) => catalogue.normalize(name)).filter((name) => name !== null));
}
