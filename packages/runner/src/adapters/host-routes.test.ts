import { createHash } from "node:crypto";
import { jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import type { SchedulerOperation, ServiceClaims } from "@alga-ext/protocol";
import { brokerWith, everything, sessionWith } from "../../test-support/broker.ts";
import { createServiceTokens } from "../auth/service-tokens.ts";
import { createHttpCapabilityProvider } from "./http-capability-provider.ts";
import { createHttpDomainProviders } from "./http-domain-providers.ts";
import { createHttpHostScheduler } from "./http-host-scheduler.ts";
import { createHttpUiProxy } from "./http-ui-proxy.ts";

const user = { user_id: "u", user_email: "e@x", user_name: "n", user_type: "internal" };
const session = sessionWith({
  ...everything,
  user,
  scope: { installId: "i/1", requestId: "r", callToken: "call" },
});
const signal = new AbortController().signal;

/** A host that records what it is asked and answers this. */
function hostThat(status: number, body: unknown, headers: Record<string, string> = {}) {
  const seen: { url: string; headers: Headers; body: string; init: RequestInit }[] = [];
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const request = new Request(input as URL, init);
    seen.push({ url: request.url, headers: request.headers, body: await request.text(), init });
    const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    return new Response(text, { status, headers });
  };
  return { seen, options: { baseUrl: "http://host.example/api/", token: "runner", fetch } };
}

describe("createHttpHostScheduler", () => {
  const list: SchedulerOperation = { operation: "list" };

  it("posts to the host's route with both credentials, and follows no redirect", async () => {
    const { seen, options } = hostThat(200, { schedules: [] });
    expect(await createHttpHostScheduler(options).scheduler(session.scope, list, { signal })).toEqual({
      schedules: [],
    });
    expect(seen[0]).toMatchObject({
      url: "http://host.example/api/internal/ext-scheduler/install/i%2F1",
      body: '{"operation":"list"}',
      init: { method: "POST", redirect: "error" },
    });
    expect(seen[0]?.headers.get("x-runner-auth")).toBe("runner");
    expect(seen[0]?.headers.get("x-alga-call")).toBe("call");
  });

  it("hands on what is wrong with the fields", async () => {
    const refused = { success: false, error: "No.", fieldErrors: { cron: "six" } };
    const { options } = hostThat(400, refused);
    expect(await createHttpHostScheduler(options).scheduler(session.scope, list, { signal })).toEqual(
      refused,
    );
  });

  it.each([
    [
      400,
      { code: "VALIDATION_FAILED", error: "words", details: { fieldErrors: { a: "b" } } },
      "VALIDATION_FAILED",
    ],
    [401, {}, "UNAUTHORIZED"],
    [403, { code: "NOT_ALLOWED" }, "NOT_ALLOWED"],
    [404, "no JSON", "NOT_FOUND"],
    [429, { code: "RATE_LIMITED" }, "RATE_LIMITED"],
    [500, { code: "toString" }, "INTERNAL_ERROR"],
  ])("turns %i %j into %s", async (status, body, code) => {
    const scheduler = createHttpHostScheduler(hostThat(status, body).options);
    await expect(scheduler.scheduler(session.scope, list, { signal })).rejects.toMatchObject({ code });
  });
});

describe("createHttpDomainProviders", () => {
  const ask = (status: number, body: unknown) => {
    const { seen, options } = hostThat(status, body);
    return { seen, ask: brokerWith({ providers: createHttpDomainProviders(options) }).ask };
  };

  it("lists clients as the contract words it", async () => {
    const item = {
      clientId: "c",
      clientName: "C",
      isInactive: false,
      clientType: null,
      billingEmail: "b@c",
      extra: 1,
    };
    const host = ask(200, { items: [item], totalCount: 1, page: 1, pageSize: 25 });
    const answer = await host.ask(
      "clients#listClients",
      [{ search: "x", page: null, pageSize: 25 }],
      session,
    );
    expect(answer).toEqual({
      kind: "ok",
      value: {
        items: [
          {
            clientId: "c",
            clientName: "C",
            isInactive: false,
            clientType: null,
            defaultCurrencyCode: null,
            accountManagerId: null,
            accountManagerName: null,
            billingEmail: "b@c",
          },
        ],
        totalCount: 1,
        page: 1,
        pageSize: 25,
      },
    });
    expect(host.seen[0]?.url).toBe("http://host.example/api/internal/ext-clients/install/i%2F1");
    expect(JSON.parse(host.seen[0]?.body ?? "")).toEqual({
      operation: "list",
      input: { search: "x", pageSize: 25 },
      user: { userId: "u", userType: "internal" },
    });
  });

  it("gets one, or none", async () => {
    const found = ask(200, {
      item: { serviceId: "s", serviceName: "S", itemKind: "product", defaultRate: 5 },
    });
    expect(await found.ask("services#getService", ["s"], session)).toMatchObject({
      kind: "ok",
      value: { serviceId: "s", itemKind: "product", billingMethod: "fixed", defaultRate: 5, sku: null },
    });
    expect(JSON.parse(found.seen[0]?.body ?? "")).toMatchObject({
      operation: "get",
      input: { serviceId: "s" },
    });
    expect(await ask(200, { item: null }).ask("clients#getClient", ["c"], session)).toEqual({
      kind: "ok",
      value: null,
    });
  });

  it.each([
    [400, "invalid-input"],
    [401, "not-allowed"],
    [403, "not-allowed"],
    [404, "internal"],
    [500, "internal"],
  ])("turns status %i into %s", async (status, value) => {
    expect(await ask(status, {}).ask("clients#getClient", ["c"], session)).toEqual({ kind: "err", value });
  });

  it("makes sense of an answer that makes none", async () => {
    for (const body of ["text", [], null, { items: "x", totalCount: -1, page: "1" }]) {
      expect(await ask(200, body).ask("services#listServices", [{}], session)).toEqual({
        kind: "ok",
        value: { items: [], totalCount: 0, page: 0, pageSize: 0 },
      });
    }
  });

  it("creates an invoice", async () => {
    const invoice = { invoiceId: "i", invoiceNumber: "7", status: "draft", subtotal: 1, tax: 2, total: 3 };
    const host = ask(201, { success: true, invoice });
    const input = {
      clientId: "c",
      items: [{ serviceId: "s", quantity: 1.5, rate: 100, isDiscount: null }],
      poNumber: null,
    };
    expect(await host.ask("invoicing#createManualInvoice", [input], session)).toEqual({
      kind: "ok",
      value: { success: true, ...invoice },
    });
    expect(JSON.parse(host.seen[0]?.body ?? "")).toEqual({
      operation: "createManualInvoice",
      clientId: "c",
      items: [{ serviceId: "s", quantity: 1.5, rate: 100 }],
      user: { userId: "u", userType: "internal" },
    });
  });

  it("R19: says which fields of an invoice are wrong, and never shows a raw answer", async () => {
    const wrong = ask(400, { success: false, error: "No.", fieldErrors: { "items[0].rate": "negative" } });
    expect(await wrong.ask("invoicing#createManualInvoice", [{}], session)).toEqual({
      kind: "ok",
      value: { success: false, error: "No.", fieldErrors: '{"items[0].rate":"negative"}' },
    });
    const broken = await ask(502, "<html>stack at db.internal</html>").ask(
      "invoicing#createManualInvoice",
      [{}],
      session,
    );
    expect(broken).toEqual({ kind: "ok", value: { success: false, error: "internal", fieldErrors: null } });
  });
});

describe("createHttpCapabilityProvider", () => {
  const provider = (status: number, body: unknown) => {
    const { seen, options } = hostThat(status, body);
    const made = createHttpCapabilityProvider({
      ...options,
      interfaceName: "acme:psa/tickets",
      capability: {
        name: "cap:ticket.read",
        interfaces: ["acme:psa/tickets"],
        byDefault: false,
        risk: "medium",
        sentence: "Read tickets",
        route: "tickets",
      },
      wit: "package acme:psa;\ninterface tickets { get: func(id: u64, data: list<u8>) -> result<list<u8>, string>; }",
    });
    const granted = { ...session, providers: new Set(["cap:ticket.read"]) };
    const { ask } = brokerWith({ providers: [made] });
    return { seen, get: () => ask("acme:psa/tickets#get", [7n, Buffer.from("hi")], granted) };
  };

  it("carries the call and both halves of the result", async () => {
    const { seen, get } = provider(200, { ok: { _bytes_b64: "aGk=" } });
    expect(await get()).toEqual({ kind: "ok", value: Buffer.from("hi") });
    expect(seen[0]?.url).toBe("http://host.example/api/internal/ext-tickets/install/i%2F1");
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({
      operation: "get",
      args: [7, { _bytes_b64: "aGk=" }],
      user: { userId: "u", userType: "internal" },
    });
    expect(await provider(403, { err: "closed" }).get()).toEqual({ kind: "err", value: "closed" });
  });

  it.each([
    [500, "oops"],
    [200, {}],
    [403, { error: "NOT_ALLOWED" }],
  ])("stops the guest on %i %j", async (status, body) => {
    expect(await provider(status, body).get()).toMatchObject({ kind: "trap" });
  });
});

describe("createHttpUiProxy", () => {
  const secret = new Uint8Array(32).fill(1);
  const proxyTo = async (status: number, body: unknown, more: object = {}) => {
    const { seen, options } = hostThat(status, body, { location: "/elsewhere" });
    const tokens = await createServiceTokens({ audience: "psa", key: { alg: "HS256", secret } });
    return {
      seen,
      proxy: createHttpUiProxy({ ...options, baseUrl: "http://host.example/app/", tokens, ...more }),
    };
  };
  const request = { method: "POST", path: "/api/tickets?x=1", body: Buffer.from("{}"), user };

  it("R17: who is calling is said in a signed token for this one request, and no secret goes along", async () => {
    const { seen, proxy } = await proxyTo(200, "ok", { authKey: "auth" });
    expect(await proxy.call(session.scope, request, { signal })).toEqual({
      status: 200,
      body: Buffer.from("ok"),
    });
    const { url, headers, body } = seen[0]!;
    expect([url, body]).toEqual(["http://host.example/app/api/tickets?x=1", "{}"]);
    const names = [...headers.keys()].sort();
    expect(names).toEqual([
      "accept",
      "authorization",
      "content-type",
      "x-alga-extension",
      "x-alga-tenant",
      "x-ext-install-id",
      "x-request-id",
      "x-runner-auth",
    ]);
    const token = headers.get("authorization")?.replace("Bearer ", "") ?? "";
    const { payload } = await jwtVerify<ServiceClaims>(token, secret, { audience: "psa" });
    expect(payload).toMatchObject({
      tenant: "acme",
      sub: "i/1",
      method: "POST",
      path: "/app/api/tickets?x=1",
      bh: createHash("sha256").update("{}").digest("base64url"),
      user: { id: "u", email: "e@x" },
    });
  });

  it("follows no redirect and takes no endless answer", async () => {
    const { proxy, seen } = await proxyTo(302, undefined);
    expect((await proxy.call(session.scope, request, { signal })).status).toBe(302);
    expect(seen[0]?.init.redirect).toBe("manual");
    const { proxy: small } = await proxyTo(200, "x".repeat(11), { maxBytes: 10 });
    await expect(small.call(session.scope, request, { signal })).rejects.toThrow(RangeError);
  });

  it("does not send a path that the parser would change", async () => {
    const { proxy, seen } = await proxyTo(200, "");
    for (const path of ["/api/../x", "/a\\b", "/a b", "/a#b", "@evil.example/"])
      await expect(proxy.call(session.scope, { ...request, path }, { signal })).rejects.toThrow(TypeError);
    expect(seen).toEqual([]);
    const tokens = await createServiceTokens({ audience: "psa", key: { alg: "HS256", secret } });
    for (const baseUrl of ["ftp://host.example/", "nonsense", "http://host.example/?x"])
      expect(() => createHttpUiProxy({ baseUrl, tokens })).toThrow(TypeError);
  });
});
