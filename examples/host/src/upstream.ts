import { createServer, type Server } from "node:http";

const STANDINGS = ["good", "good", "watch", "blocked"] as const;

/** Key the demo upstream accepts; the deployment stores it as the extension's secret. */
export const LEDGERLINE_API_KEY = "ledgerline-demo-key";

/**
 * A small outside service on loopback, "Ledgerline": what `https://api.ledgerline.example` is in this deployment.
 *
 * `GET /v1/customers/{name}/standing` with `authorization: Bearer <key>` answers `{customer, standing, score}`. Whose
 * trace a request is part of, where it says so, is told to `say`.
 */
export function createUpstream({ say }: { readonly say: (line: string) => void }): Server {
  return createServer((request, response) => {
    const { traceparent } = request.headers;
    if (traceparent !== undefined) say(`[ledgerline] traceparent ${String(traceparent).slice(0, 60)}`);
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${LEDGERLINE_API_KEY}`)
      return answer(401, { error: "bad_key" });
    const match = /^\/v1\/customers\/([^/]+)\/standing$/.exec(request.url ?? "");
    if (request.method !== "GET" || match === null) return answer(404, { error: "not_found" });
    const customer = decodeURIComponent(match[1]!);
    const score = Buffer.from(customer).reduce((sum, byte) => (sum * 31 + byte) % 1000, 7);
    answer(200, { customer, standing: STANDINGS[score % STANDINGS.length], score });
  });
}
