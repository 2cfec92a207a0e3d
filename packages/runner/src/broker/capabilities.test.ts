import { ALGA_EXTENSION_WIT } from "@alga-ext/protocol/wit";
import type { ContentHash } from "@alga-ext/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildComponent } from "../../test-support/build-component.ts";
import { bodyOf, requestFor, startTestRunner } from "../../test-support/test-runner.ts";
import type { Runner } from "../create-runner.ts";
import { CapabilityRefusal, type CapabilityProvider, type EgressRecord } from "../ports.ts";
import { extendWorld } from "../prepare/host-interfaces.ts";
import { createMemoryStorage } from "../testing/index.ts";

const NAME = "acme:psa/tickets@1.2.0";
const WIT = `package acme:psa@1.2.0;
interface tickets {
  use alga:extension/types.{http-header};
  record ticket { id: u64, title: string, tags: list<http-header>, data: option<list<u8>> }
  list-tickets: func(search: option<string>) -> result<list<ticket>, string>;
}
`;
const GUEST = `
import { get as config, listEntries } from "alga:extension/config";
import { add, observe } from "alga:extension/metrics";
import { put, listPage } from "alga:extension/storage";
import { call } from "alga:extension/ui-proxy";
import { createSchedule } from "alga:extension/scheduler";
import { listClients } from "alga:extension/clients";
import { createManualInvoice } from "alga:extension/invoicing";
import { fetch } from "alga:extension/http";
import { logInfo } from "alga:extension/logging";
import { getContext } from "alga:extension/context";
import { listTickets } from "acme:psa/tickets@1.2.0";
const routes = {
  "/config": () => ({ one: config("region") ?? null, none: config("x") ?? null, all: listEntries() }),
  "/metrics": () => { add("jobs", 2); add("jobs", 1.5); observe("ms", 7); },
  "/pages": () => {
    for (let i = 0; i < 5; i++) put({ namespace: "n", key: "k" + i, value: bytes("v") });
    const keys = [];
    let cursor;
    do {
      const page = listPage("n", { cursor, limit: 2 });
      keys.push(page.entries.map(({ key }) => key).join(""));
      cursor = page.cursor;
    } while (cursor !== undefined && cursor !== null);
    return keys;
  },
  "/proxy": () => string(call("DELETE", "/api/tickets/7", undefined)),
  "/proxy-denied": () => call("PUT", "/api/tickets/7", undefined),
  "/schedule": () => createSchedule({ endpoint: "/run", cron: "0 5 * * *", payload: "{}" }),
  "/clients": () => listClients({ page: 1, pageSize: 10 }),
  "/invoice": () => createManualInvoice({ clientId: "c", items: [] }),
  "/tickets": () => listTickets("x").map(({ id, title, tags, data }) => [String(id), title, tags[0].name, string(data)]),
  "/tickets-refused": () => listTickets(undefined),
  "/fetch": () => fetch({ method: "GET", url: "https://metadata.example/", headers: [] }),
  "/logs": () => { for (let i = 0; i < 50; i++) logInfo("line " + i); },
  "/calls": () => { for (;;) getContext(); },
  "/storage-ops": () => { let n = 0; while (attempt(() => put({ namespace: "n", key: "k", value: bytes("v") })).ok) n++; return n; },
};
export function handler({ http: { url } }) {
  const path = url.split("?")[0];
  if (path === "/large") return answer("x".repeat(2000));
  if (path === "/headers") return { status: 200, headers: Array.from({ length: 20 }, (_, i) => ({ name: "x-" + i, value: "v" })) };
  return answer(JSON.stringify(attempt(routes[path]), (_, value) => typeof value === "bigint" ? Number(value) : value));
}
`;

const clients: CapabilityProvider = {
  interfaceName: "alga:extension/clients",
  call: () => Promise.resolve({ items: [], totalCount: 7, page: 1, pageSize: 10 }),
};
const tickets: CapabilityProvider = {
  interfaceName: NAME,
  capability: {
    name: "cap:ticket.read",
    interfaces: [NAME],
    byDefault: false,
    risk: "medium",
    sentence: "Read your tickets",
    route: "tickets",
  },
  wit: WIT,
  denied: () => "not granted",
  call: ({ args: [search] }) => {
    if (search === undefined || search === null) throw new CapabilityRefusal("say what");
    const ticket = {
      id: 7n,
      title: `about ${typeof search === "string" ? search : "?"}`,
      tags: [{ name: "a", value: "b" }],
      data: Buffer.from("hi"),
    };
    return Promise.resolve([ticket]);
  },
};
const PROVIDERS = [
  "cap:context.read",
  "cap:log.emit",
  "cap:config.read",
  "cap:metrics.emit",
  "cap:storage.kv",
  "cap:ui.proxy",
  "cap:scheduler.manage",
  "cap:client.read",
  "cap:http.fetch",
  "Ticket.Read",
];
const egress: EgressRecord[] = [];
let runner: Runner;
let hash: ContentHash;

beforeAll(async () => {
  const wit = extendWorld(ALGA_EXTENSION_WIT, [{ name: NAME, wit: WIT }]);
  const started = await startTestRunner([{ component: await buildComponent(GUEST, wit) }], {
    allowNoWall: true,
    storage: createMemoryStorage(),
    scheduler: {
      scheduler: () =>
        Promise.resolve({ success: false, error: "No.", fieldErrors: { endpoint: "is not declared" } }),
    },
    providers: [clients, tickets],
    uiProxy: {
      routes: [{ method: "DELETE", path: "/api/tickets/:id" }],
      proxy: {
        call: (_scope, { method, path }) =>
          Promise.resolve({ status: 200, body: Buffer.from(`${method} ${path}`) }),
      },
    },
    egressAudit: { record: (row) => egress.push(row) },
    resolver: { resolve: () => Promise.resolve(["169.254.169.254"]) },
    tenantLimits: (tenantId) => (tenantId === "small" ? { storage_ops: 3 } : undefined),
  });
  ({ runner } = started);
  hash = started.hashes[0]!;
});
afterAll(() => runner.close());

async function ask(path: string, overrides: Parameters<typeof requestFor>[2] = {}) {
  const request = requestFor(hash, path, { providers: PROVIDERS, ...overrides });
  const response = await runner.execute({
    ...request,
    context: { ...request.context, config: { region: "eu", plan: "gold" } },
  });
  return {
    response,
    said: response.error === null ? (JSON.parse(bodyOf(response)) as unknown) : response.error,
  };
}

describe("capabilities, from the guest to the host", () => {
  it("R20: config", async () => {
    expect((await ask("/config")).said).toEqual({
      ok: {
        one: "eu",
        none: null,
        all: [
          ["plan", "gold"],
          ["region", "eu"],
        ],
      },
    });
    const denied = await ask("/config", { providers: ["cap:context.read"] });
    expect(denied.said).toEqual({ err: "denied" });
  });

  it("metrics are in the usage, and never in the runner's own", async () => {
    const { response } = await ask("/metrics");
    expect(response.usage?.metrics).toEqual([
      { name: "jobs", kind: "counter", sum: 3.5 },
      { name: "ms", kind: "distribution", count: 1, sum: 7, min: 7, max: 7 },
    ]);
    const text = await (await runner.fetch(new Request("http://runner/metrics"))).text();
    expect(text).toContain('alga_runner_host_calls_total{interface="alga:extension/metrics",outcome="ok"} 3');
    expect(text).not.toContain("jobs");
  });

  it("R18: pages of storage", async () => {
    const { said, response } = await ask("/pages");
    expect(said).toEqual({ ok: ["k0k1", "k2k3", "k4"] });
    expect(response.usage?.storage_ops).toBe(8);
  });

  it("R17: routes of the host, with a method, by the policy", async () => {
    expect((await ask("/proxy")).said).toEqual({ ok: "DELETE /api/tickets/7" });
    expect((await ask("/proxy-denied")).said).toEqual({ err: "denied" });
  });

  it("R19: what is wrong with a schedule, by field", async () => {
    expect((await ask("/schedule")).said).toMatchObject({
      ok: { success: false, error: "No.", fieldErrors: '{"endpoint":"is not declared"}' },
    });
  });

  it("domain interfaces of the platform", async () => {
    expect((await ask("/clients")).said).toMatchObject({ ok: { totalCount: 7 } });
    expect((await ask("/invoice")).said).toMatchObject({ ok: { success: false } });
  });

  it("an interface of the host's own: values, its errors, and without the grant", async () => {
    expect((await ask("/tickets")).said).toEqual({ ok: [["7", "about x", "a", "hi"]] });
    expect((await ask("/tickets-refused")).said).toEqual({ err: "say what" });
    expect((await ask("/tickets", { providers: ["cap:context.read"] })).said).toEqual({ err: "not granted" });
  });

  it("E03: a granted name that leads to metadata is refused, and recorded", async () => {
    expect((await ask("/fetch", { egress: ["metadata.example"] })).said).toEqual({ err: "not-allowed" });
    expect(egress).toMatchObject([
      { host: "metadata.example", ip: null, error: "not-allowed", tenantId: "acme" },
    ]);
  });
});

describe("limits, from the guest to the answer", () => {
  it.each([
    ["/calls", { host_calls: 20 }, "host_calls_exceeded", 500],
    ["/large", { response_bytes: 1_000 }, "response_too_large", 502],
    ["/headers", { response_headers: 10 }, "response_headers_exceeded", 502],
    ["/headers", { response_header_bytes: 50 }, "response_headers_exceeded", 502],
  ])("%s %j ends as %s", async (path, limits, code, status) => {
    const { response } = await ask(path, { limits });
    expect(response).toMatchObject({ status, body_b64: null });
    expect(response.error?.split(":")[0]).toBe(code);
    const [[limit, value]] = Object.entries(limits) as [[string, number]];
    expect(response.usage?.exceeded).toEqual([{ limit, code, value }]);
  });

  it("ends nothing for what can be refused in its own terms", async () => {
    const logs = (await ask("/logs", { limits: { log_lines: 5 } })).response;
    expect(logs.status).toBe(200);
    expect(logs.usage?.log_lines).toHaveLength(6);
    expect(logs.usage).toMatchObject({
      log_dropped: 45,
      exceeded: [{ limit: "log_lines", code: "log_exceeded", value: 5 }],
    });
    const { said, response } = await ask("/storage-ops", { limits: { storage_ops: 4 } });
    expect([said, response.usage?.exceeded?.[0]?.code]).toEqual([{ ok: 4 }, "storage_ops_exceeded"]);
  });

  it("takes the tenant's where the install says nothing, and none above the operator's", async () => {
    expect((await ask("/storage-ops", { tenant: "small" })).said).toEqual({ ok: 3 });
    expect((await ask("/storage-ops", { tenant: "small", limits: { storage_ops: 5 } })).said).toEqual({
      ok: 5,
    });
    const { said } = await ask("/storage-ops", { limits: { storage_ops: 1_000_000 } });
    expect(said).toEqual({ ok: 500 });
  });

  it("counts every limit that was reached, in the runner's metrics", async () => {
    const text = await (await runner.fetch(new Request("http://runner/metrics"))).text();
    for (const limit of ["host_calls", "response_bytes", "log_lines", "storage_ops"])
      expect(text).toMatch(new RegExp(`alga_runner_limits_hit_total\\{limit="${limit}"\\} [1-9]`));
  });
});
