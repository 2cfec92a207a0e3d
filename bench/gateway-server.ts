/** One server of `bench/gateway.ts`; told what to be by JSON on stdin, prints its port when it listens. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { pipeline } from "node:stream";
import { text } from "node:stream/consumers";
import { createBufferedAudit, createGateway, createTokenBucket } from "@alga-ext/gateway";
import { createHttpInvoker, createNodeCallAuthority, toNodeHandler } from "@alga-ext/gateway/node";
import { anInstall, aPrincipal } from "@alga-ext/gateway/testing";
import type { ContentHash, ExecuteRequest, ExecuteResponse } from "@alga-ext/protocol";
import { createRunner } from "@alga-ext/runner";
import { createMemoryBundles } from "@alga-ext/runner/testing";
import { Pool } from "undici";
import { W } from "./guest-w/src/w.ts";

/** What a server is told. */
export interface GatewayServerOrder {
  /**
   * `stub`: a runner that answers at once. `proxy`: undici and nothing else in front of a runner. `gateway`: the gateway
   * in front of one. `runner`: the real one. `direct`: the real one called in its own process, so without a token.
   */
  readonly kind: "stub" | "proxy" | "gateway" | "runner" | "direct";
  /** Where `proxy` and `gateway` send calls. */
  readonly runnerUrl?: string;
  readonly archiveFile: string;
  readonly contentHash: ContentHash;
  readonly work: string;
  readonly gatewayPrivateKeyPem: string;
  readonly gatewayPublicKeyPem: string;
  readonly runnerPrivateKeyPem: string;
  readonly runnerPublicKeyPem: string;
}

const bodyOf = async (request: NodeJS.ReadableStream): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(request, "end");
  return Buffer.concat(chunks);
};

/** Reads what it is sent and answers the same, so that only what stands before it counts. */
function stub({ work }: GatewayServerOrder): RequestListener {
  const answer: ExecuteResponse = {
    status: 200,
    headers: { "content-type": "application/json" },
    body_b64: Buffer.from(W("POST", "/w", work)).toString("base64"),
    error: null,
    usage: { duration_ms: 1, egress_bytes: 0, host_calls: 0, log_lines: [] },
  };
  const bytes = Buffer.from(JSON.stringify(answer));
  const head = { "content-type": "application/json", "content-length": bytes.length };
  return (request, response) => {
    request.resume().once("end", () => response.writeHead(200, head).end(bytes));
  };
}

function proxy({ runnerUrl = "" }: GatewayServerOrder): RequestListener {
  const pool = new Pool(runnerUrl, { connections: 128 });
  return (request, response) => {
    const { host: _, connection: __, ...headers } = request.headers;
    pool
      .request({ method: "POST", path: "/v1/execute", headers, body: request })
      .then((answer) => {
        response.writeHead(answer.statusCode, answer.headers as Record<string, string>);
        pipeline(answer.body, response, () => undefined);
      })
      // The client leaves when its time is over.
      .catch(() => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  };
}

async function gateway(order: GatewayServerOrder): Promise<RequestListener> {
  const calls = await createNodeCallAuthority({
    issuer: "bench",
    privateKeyPem: order.gatewayPrivateKeyPem,
    runnerPublicKeyPem: order.runnerPublicKeyPem,
  });
  const principal = aPrincipal();
  const install = anInstall({
    contentHash: order.contentHash,
    endpoints: [{ method: "POST", path: "/w", handler: "dist/main" }],
  });
  const audit = createBufferedAudit({ started: async () => "1", finished: async () => undefined });
  const made = createGateway({
    // No host knows who it is without a look at the headers.
    authenticate: async (request) => (request.headers.get("cookie") === null ? principal : null),
    installs: { resolve: async () => install },
    invoker: createHttpInvoker({ baseUrl: order.runnerUrl ?? "", calls }),
    calls,
    hostApi: { storage: () => Promise.reject(new TypeError("no storage here")) },
    runnerAuthToken: "a-token-for-this-bench",
    audit,
    rateLimiter: createTokenBucket({ capacity: 1e9, refillPerSecond: 1e6 }),
  });
  return toNodeHandler((request) => made.fetch(request));
}

async function runner(order: GatewayServerOrder, isDirect: boolean): Promise<RequestListener> {
  const made = await createRunner({
    bundles: createMemoryBundles(
      new Map([[order.contentHash, { archive: readFileSync(order.archiveFile), signatures: null }]]),
    ),
    trust: null,
    allowUnsigned: true,
    gatewayPublicKeyPem: order.gatewayPublicKeyPem,
    runnerPrivateKeyPem: order.runnerPrivateKeyPem,
    allowNoWall: true,
  });
  process.once("SIGTERM", () => void made.close({ graceMs: 100 }).then(() => process.exit(0)));
  if (!isDirect) return made.listener;
  return async (request, response) => {
    const call = JSON.parse(String(await bodyOf(request))) as ExecuteRequest;
    const bytes = Buffer.from(JSON.stringify(await made.execute(call)));
    response
      .writeHead(200, { "content-type": "application/json", "content-length": bytes.length })
      .end(bytes);
  };
}

const order = JSON.parse(await text(process.stdin)) as GatewayServerOrder;
const listeners = {
  stub: () => stub(order),
  proxy: () => proxy(order),
  gateway: () => gateway(order),
  runner: () => runner(order, false),
  direct: () => runner(order, true),
};
const server = createServer(await listeners[order.kind]()).listen(0, "127.0.0.1");
await once(server, "listening");
// Through the event loop's end, so that a profile is written.
process.once("SIGTERM", () => process.exit(0));
process.stdout.write(`${(server.address() as { port: number }).port}\n`);
