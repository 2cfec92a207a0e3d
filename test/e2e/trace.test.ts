import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { agreementsFrame, launch, openPage, signIn } from "./browser.ts";
import { login, removeData, startDeployment, until, type Deployment } from "./deployment.ts";

/** One span, as a collector gets it. */
interface Span {
  readonly service: string;
  readonly name: string;
  /** OTLP: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty at the root. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<Span, "attributes" | "service" | "parentSpanId"> & {
        readonly parentSpanId?: string;
        readonly attributes: readonly OtlpAttribute[];
      })[];
    }[];
  }[];
}

let collector: Server;
let deployment: Deployment;
let browser: Browser;
const spans: Span[] = [];

const toAttributes = (list: readonly OtlpAttribute[]): Record<string, unknown> =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

function collect({ resourceSpans }: OtlpTraces): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = String(toAttributes(resource.attributes)["service.name"]);
    for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
      const { parentSpanId = "", attributes } = span;
      spans.push({ ...span, parentSpanId, service, attributes: toAttributes(attributes) });
    }
  }
}

beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.once("end", () => {
      collect(JSON.parse(body) as OtlpTraces);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  const { port } = collector.address() as AddressInfo;
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `http://127.0.0.1:${port}`);
  vi.stubEnv("OTEL_BSP_SCHEDULE_DELAY", "100");
  [deployment, browser] = await Promise.all([startDeployment(), launch()]);
  vi.unstubAllEnvs();
});
afterAll(async () => {
  await browser?.close();
  await deployment?.stop();
  if (deployment !== undefined) await removeData(deployment);
  collector.closeAllConnections();
  collector.close();
});

test("one click is one trace: host, gateway, runner, host calls, the host's own routes, egress, upstream", async () => {
  const context = await browser.newContext();
  const { page } = await openPage(context);
  await signIn(page, deployment.baseUrl, { tenantId: "acme", role: "admin" });
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Agreements" }).click();
  const frame = await agreementsFrame(page);
  await frame.getByRole("button", { name: "Managed workplace" }).click();
  await frame.getByText(/^Score \d+$/).waitFor();
  await context.close();

  // The page asks twice when it is shown: what it takes back is a trace that ends early.
  const standing = await until("the span of the call", 10_000, async () =>
    spans.find(
      ({ name, attributes }) =>
        name === "GET /api/ext/{extensionId}/agreements/:id/standing" &&
        attributes["http.response.status_code"] === 200,
    ),
  );
  const ofTrace = () => spans.filter(({ traceId }) => traceId === standing.traceId);
  /** The one span below another that is called so. */
  const below = (parent: Span, name: string, about: { service: string; kind: number }): Promise<Span> =>
    until(`${about.service} ${name}`, 10_000, async () => {
      const found = ofTrace().filter((span) => span.parentSpanId === parent.spanId && span.name === name);
      expect(found.length).toBeLessThan(2);
      const [one] = found;
      if (one !== undefined) expect(one).toMatchObject(about);
      return one;
    });

  const root = await until("the span of the request", 10_000, async () =>
    ofTrace().find(({ spanId }) => spanId === standing.parentSpanId),
  );
  expect(root).toMatchObject({ service: "acme-host", name: "GET", kind: 2, parentSpanId: "" });
  expect(standing).toMatchObject({ service: "acme-host", kind: 2 });
  const sent = await below(standing, "POST /v1/execute", { service: "acme-host", kind: 3 });
  const run = await below(sent, "POST /v1/execute", { service: "alga-runner", kind: 2 });
  expect(run.attributes).toMatchObject({ "alga.tenant_id": "acme", "http.response.status_code": 200 });
  const stored = await below(run, "alga:extension/storage#get", { service: "alga-runner", kind: 1 });
  await below(stored, "POST /api/internal/ext-storage", { service: "acme-host", kind: 2 });
  const fetched = await below(run, "alga:extension/http#fetch", { service: "alga-runner", kind: 1 });
  const egress = await below(fetched, "GET", { service: "alga-runner", kind: 3 });
  expect(egress.attributes).toMatchObject({
    "server.address": "api.ledgerline.example",
    "http.response.status_code": 200,
  });
  expect(deployment.output()).toContain(
    `[ledgerline] traceparent 00-${standing.traceId}-${egress.spanId}-01`,
  );
});

test("a caller's own traceparent chooses no trace", async () => {
  const ada = await login(deployment.baseUrl, { tenantId: "acme", role: "admin" });
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const before = spans.length;
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  expect((await ada("/api/ext/acme-labs.agreements/agreements", { headers })).status).toBe(200);
  expect((await ada("/api/internal/ext-storage/install/x", { method: "POST", headers })).status).toBe(401);
  await until("both spans", 10_000, async () =>
    ["GET /api/ext/{extensionId}/agreements", "POST /api/internal/ext-storage"].every((wanted) =>
      spans.slice(before).some(({ name }) => name === wanted),
    ),
  );
  expect(spans.filter((span) => span.traceId === traceId)).toEqual([]);
});
