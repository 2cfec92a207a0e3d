import { describe, expect, inject, test } from "vitest";
import { login } from "./deployment.ts";

const { baseUrl, agreements, probe } = inject("deployment");
const admin = await login(baseUrl, { tenantId: "acme", role: "admin" });
const member = await login(baseUrl, { tenantId: "acme", role: "member" });
const globex = await login(baseUrl, { tenantId: "globex", role: "admin" });

const DRAFT = {
  title: "Ünïcode & <b>",
  customer: "Zoë’s Läden 株式会社",
  status: "draft",
  value: 12.5,
  currency: "EUR",
  startDate: "2026-01-01",
  endDate: "2026-12-31",
  notes: "",
};

interface Agreement {
  id: string;
  title: string;
  customer: string;
  status: string;
}

describe("agreements by curl", () => {
  test("create, list, get, update, delete through both gateway routes", async () => {
    const created = await admin(`/api/ext/${agreements}/agreements`, { method: "POST", json: DRAFT });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as Agreement;

    const listed = (await (await member(`/api/ext-proxy/${agreements}/agreements`)).json()) as {
      items: Agreement[];
    };
    expect(listed.items.find((one) => one.id === id)).toMatchObject({
      title: DRAFT.title,
      customer: DRAFT.customer,
    });

    const updated = await admin(`/api/ext-proxy/${agreements}/agreements/${id}`, {
      method: "PUT",
      json: { ...DRAFT, status: "active" },
    });
    expect([updated.status, ((await updated.json()) as Agreement).status]).toEqual([200, "active"]);

    expect((await admin(`/api/ext/${agreements}/agreements/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await admin(`/api/ext/${agreements}/agreements/${id}`)).status).toBe(404);
  });

  test("bad input is a 422 that names the fields and stores nothing", async () => {
    const before = ((await (await admin(`/api/ext/${agreements}/agreements`)).json()) as { items: unknown[] })
      .items.length;
    const refused = await admin(`/api/ext/${agreements}/agreements`, {
      method: "POST",
      json: { ...DRAFT, title: "", value: -1 },
    });
    expect(refused.status).toBe(422);
    expect(Object.keys(((await refused.json()) as { fields: object }).fields).toSorted()).toEqual([
      "title",
      "value",
    ]);
    const after = ((await (await admin(`/api/ext/${agreements}/agreements`)).json()) as { items: unknown[] })
      .items.length;
    expect(after).toBe(before);
  });

  test("secret and egress reach the upstream behind the declared public name", async () => {
    const { items } = (await (await admin(`/api/ext/${agreements}/agreements`)).json()) as {
      items: Agreement[];
    };
    const standing = await admin(`/api/ext/${agreements}/agreements/${items[0]!.id}/standing`);
    expect(standing.status).toBe(200);
    expect(await standing.json()).toMatchObject({
      customer: items[0]!.customer,
      standing: expect.stringMatching(/^(good|watch|blocked)$/),
    });
  });

  test("dynamic answers are not cached and carry the request id", async () => {
    const response = await admin(`/api/ext/${agreements}/agreements`, {
      headers: { "x-request-id": "e2e-1" },
    });
    expect(response.headers.get("cache-control")).toContain("no-store");
    expect(response.headers.get("x-request-id")).toBe("e2e-1");
    expect(response.headers.get("content-type")).toContain("application/json");
  });
});

describe("who may do what", () => {
  test("no session is 401", async () => {
    const response = await fetch(`${baseUrl}/api/ext/${agreements}/agreements`);
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
      401,
      "unauthenticated",
    ]);
  });

  test("a tenant without an install gets 404 extension_not_available", async () => {
    for (const id of [agreements, "acme-labs.agreements"]) {
      const response = await globex(`/api/ext/${id}/agreements`);
      expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
        404,
        "extension_not_available",
      ]);
    }
  });

  test("an undeclared path or method is 404 endpoint_not_found", async () => {
    for (const [method, path] of [
      ["GET", "nothing"],
      ["PATCH", "agreements"],
      ["GET", "agreements/1/2/3"],
    ]) {
      const response = await admin(`/api/ext/${agreements}/${path}`, { method: method! });
      expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
        404,
        "endpoint_not_found",
      ]);
    }
  });

  test("a member cannot install, uninstall, grant, disable or set secrets", async () => {
    const attempts = [
      member("/api/v1/extensions/install", {
        method: "POST",
        json: { registryId: agreements, version: "0.1.0" },
      }),
      member("/api/v1/extensions/uninstall", { method: "POST", json: { registryId: agreements } }),
      member("/api/v1/extensions/update", {
        method: "POST",
        json: { registryId: agreements, version: "0.1.0" },
      }),
      member(`/api/extensions/${agreements}/enabled`, { method: "POST", json: { enabled: false } }),
      member(`/api/extensions/${agreements}/grants`, {
        method: "PUT",
        json: { capabilities: [], egress: [] },
      }),
      member(`/api/extensions/${agreements}/secrets`, { method: "PUT", json: { ledgerline_api_key: "x" } }),
    ];
    for (const response of await Promise.all(attempts)) expect(response.status).toBe(403);
    expect((await admin(`/api/ext/${agreements}/agreements`)).status).toBe(200);
  });

  test("an administrator of a tenant cannot publish; nobody can claim to be one by header", async () => {
    const upload = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${baseUrl}/api/ext-bundles/upload-proxy?filename=bundle.tar.zst&size=3`, {
        method: "POST",
        headers,
        body: "abc",
      });
    expect((await upload({ cookie: admin.cookie })).status).toBe(403);
    expect((await upload({ "x-alga-admin": "true" })).status).toBeGreaterThanOrEqual(401);
    expect((await upload({ "x-api-key": "guess" })).status).toBeGreaterThanOrEqual(401);
  });

  test("a withheld capability is a typed refusal inside the guest, and comes back with the grant", async () => {
    const all = { capabilities: ["cap:http.fetch", "cap:storage.kv"], egress: ["api.ledgerline.example"] };
    const withhold = await admin(`/api/extensions/${probe}/grants`, {
      method: "PUT",
      json: { ...all, capabilities: ["cap:http.fetch"] },
    });
    expect(withhold.ok).toBe(true);
    const denied = (await (await admin(`/api/ext/${probe}/slow-host`)).json()) as { error: string };
    expect(denied.error).toContain("denied");
    expect((await admin(`/api/extensions/${probe}/grants`, { method: "PUT", json: all })).ok).toBe(true);
    expect((await admin(`/api/ext/${probe}/slow-host`)).status).toBe(200);
  });

  test("disable takes effect at once, enable brings it back", async () => {
    expect(
      (await admin(`/api/extensions/${probe}/enabled`, { method: "POST", json: { enabled: false } })).ok,
    ).toBe(true);
    expect((await admin(`/api/ext/${probe}/ok`)).status).toBe(404);
    expect(
      (await admin(`/api/extensions/${probe}/enabled`, { method: "POST", json: { enabled: true } })).ok,
    ).toBe(true);
    expect((await admin(`/api/ext/${probe}/ok`)).status).toBe(200);
  });

  test("calls leave a row with status, duration and log lines", async () => {
    await admin(`/api/ext/${agreements}/agreements`, { headers: { "x-request-id": "e2e-log" } });
    const { entries } = (await (await admin(`/api/extensions/${agreements}/logs`)).json()) as {
      entries: { requestId: string; status: string; httpStatus: number; durationMs: number }[];
    };
    expect(entries.find((one) => one.requestId === "e2e-log")).toMatchObject({
      status: "ok",
      httpStatus: 200,
      durationMs: expect.any(Number),
    });
    const foreign = await globex(`/api/extensions/${agreements}/logs`);
    expect(await foreign.text()).not.toContain("e2e-log");
  });
});
