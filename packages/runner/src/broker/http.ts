import type { Egress } from "../egress/egress.ts";
import type { WireValue } from "../frames/wire-value.ts";
import { err, ok, record, text, type CapabilityInterface } from "./capability.ts";

/** `alga:extension/http`: requests to the hosts this install declared and was granted. */
export function createHttpInterface(egress: Egress): CapabilityInterface {
  return {
    grant: "cap:http.fetch",
    denied: () => err("not-allowed"),
    functions: {
      fetch: async (session, [request]) => {
        const { method, url, headers, body } = record(request);
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
            key: `${session.scope.tenantId}/${session.scope.installId}`,
            signal: session.signal,
          },
        );
        session.usage.egressBytes += outcome.bytes;
        return outcome.error === null
          ? ok({
              status: outcome.status,
              headers: outcome.headers.map(([name, value]) => ({ name, value })),
              body: outcome.body,
            })
          : err(outcome.error);
      },
    },
  };
}
