import { matchesHost } from "@alga-ext/manifest";
import type { Egress } from "../egress/egress.ts";
import type { WireValue } from "../frames/wire-value.ts";
import { err, ok, record, text, type CapabilityInterface } from "./capability.ts";
import type { CallSession } from "./call-session.ts";
import { noteEgress } from "./capability-use.ts";
import { take } from "./take.ts";

/**
 * `alga:extension/http`: requests to the hosts this install declared and was granted.
 *
 * `{{secret:NAME}}` in a header becomes the secret on its way out, so that the guest never holds it; only towards hosts
 * the secret is bound to, any other use refuses the request.
 */
export function createHttpInterface(egress: Egress, now: () => number): CapabilityInterface {
  return {
    grant: "cap:http.fetch",
    denied: () => err("not-allowed"),
    functions: {
      fetch: async (session, [request]) => {
        const { scope, limits, usage } = session;
        if (!take(session, "egress_requests")) return err("not-allowed");
        const { method, url, headers, body } = record(request);
        const startedAt = performance.now();
        const outcome = await egress.fetch(
          {
            method: text(method),
            url: text(url),
            headers: (Array.isArray(headers) ? (headers as readonly WireValue[]) : []).map((header) => {
              const { name, value } = record(header);
              return [text(name), text(value)] as const;
            }),
            body: body instanceof Uint8Array ? body : null,
          },
          {
            allowed: session.egress,
            caller: { tenantId: scope.tenantId, installId: scope.installId, requestId: scope.requestId },
            maxBytes: limits.egress_bytes - usage.egressBytes,
            secret: (name, hostname) => secretFor(session, { name, hostname, at: now() }),
            signal: session.ending.signal,
          },
        );
        usage.egressBytes += outcome.bytes;
        const seen = { bytes: outcome.bytes, failed: outcome.error !== null, startedAt };
        noteEgress(usage.capabilities, text(url), seen);
        if (outcome.error === null) {
          return ok({
            status: outcome.status,
            headers: outcome.headers.map(([name, value]) => ({ name, value })),
            body: outcome.body,
          });
        }
        if (outcome.isOverBudget === true) usage.exceeded.set("egress_bytes", limits.egress_bytes);
        return err(outcome.error);
      },
    },
  };
}

function secretFor(
  { providers, secrets, secretHosts }: CallSession,
  { name, hostname, at }: { readonly name: string; readonly hostname: string; readonly at: number },
): string | null {
  if (!providers.has("cap:secrets.get") || !Object.hasOwn(secretHosts, name)) return null;
  if (secrets.expiresAt !== null && at >= secrets.expiresAt) return null;
  const isBound = secretHosts[name]?.some((pattern) => matchesHost(pattern, hostname)) === true;
  return isBound ? (secrets.values.get(name) ?? null) : null;
}
