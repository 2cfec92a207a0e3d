import { createMockHostBindings, type MockHostOverrides } from "@alga-ext/sdk/testing";
import type { HostBindings, UserData } from "@alga-ext/sdk/handler";
import { SdkError } from "@alga-ext/sdk";
import { beforeEach, describe, expect, test } from "vitest";
import type { Agreement } from "./agreement.ts";
import { handler } from "./handler.ts";

const draft = {
  title: "Managed workstations",
  customer: "globex",
  status: "draft",
  value: 1200,
  currency: "USD",
  startDate: "2026-01-01",
  endDate: "2026-12-31",
  notes: "",
};

let host: HostBindings;
let lines: string[];
function useHost(overrides: MockHostOverrides = {}): void {
  lines = [];
  host = createMockHostBindings({
    logging: {
      info: async (line) => {
        lines.push(line);
      },
    },
    user: { getUser: () => Promise.reject(new SdkError("user_not_available", "nobody asks")) },
    ...overrides,
  });
}
beforeEach(() => useHost());

async function call(method: string, url: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
  const response = await handler(
    {
      context: { tenantId: "acme", extensionId: "ext" },
      http: { method, url, headers: [], ...(bytes === undefined ? {} : { body: bytes }) },
    },
    host,
  );
  const text = new TextDecoder().decode(response.body ?? undefined);
  return { status: response.status, json: text === "" ? null : JSON.parse(text) };
}

async function create(changes: object = {}): Promise<Agreement> {
  const { status, json } = await call("POST", "/agreements", { ...draft, ...changes });
  expect(status).toBe(201);
  return json as Agreement;
}

describe("agreements", () => {
  test("begin empty", async () => {
    expect(await call("GET", "/agreements")).toEqual({ status: 200, json: { items: [] } });
  });

  test("are created, listed newest first, read, replaced and deleted", async () => {
    const first = await create({ title: "  First  " });
    const second = await create({ title: "Second", id: "chosen", createdAt: "1999" });
    expect(first.title).toBe("First");
    expect(second.id).not.toBe("chosen");
    expect(second.createdAt).toBe(second.updatedAt);
    const { items } = (await call("GET", "/agreements")).json as { items: Agreement[] };
    expect(items.map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted());

    const replaced = await call("PUT", `/agreements/${first.id}`, { ...draft, status: "active", value: 0.5 });
    expect(replaced).toMatchObject({
      status: 200,
      json: { id: first.id, createdAt: first.createdAt, status: "active", value: 0.5 },
    });
    expect((await call("GET", `/agreements/${first.id}`)).json).toEqual(replaced.json);
    expect(await call("DELETE", `/agreements/${first.id}`)).toEqual({ status: 204, json: null });
    expect((await call("GET", `/agreements/${first.id}`)).status).toBe(404);
    expect(lines).toEqual([
      `Created agreement ${first.id}`,
      `Created agreement ${second.id}`,
      `Updated agreement ${first.id}`,
      `Deleted agreement ${first.id}`,
    ]);
  });

  test.each([
    ["GET", "/agreements/none"],
    ["DELETE", "/agreements/none"],
    ["GET", "/agreements/none/standing"],
  ])("%s %s is 404", async (method, url) => {
    expect(await call(method, url)).toEqual({ status: 404, json: { error: "agreement_not_found" } });
  });

  test("that do not exist cannot be replaced", async () => {
    expect(await call("PUT", "/agreements/none", draft)).toMatchObject({ status: 404 });
  });

  test("tell the second of two people who edit at once", async () => {
    const agreement = await create();
    const racing: HostBindings = {
      ...host,
      storage: {
        ...host.storage,
        getEntry: async (namespace, key) => {
          const entry = await host.storage.getEntry(namespace, key);
          await host.storage.putJson(namespace, key, { ...agreement, title: "Somebody else" });
          return entry;
        },
      },
    };
    const request = {
      context: { tenantId: "acme", extensionId: "ext" },
      http: {
        method: "PUT",
        url: `/agreements/${agreement.id}`,
        headers: [],
        body: new TextEncoder().encode(JSON.stringify(draft)),
      },
    };
    const answer = await handler(request, racing);
    expect(answer.status).toBe(409);
    expect(JSON.parse(new TextDecoder().decode(answer.body ?? undefined))).toMatchObject({
      error: "conflict",
      current: { title: "Somebody else" },
    });
    expect((await call("GET", `/agreements/${agreement.id}`)).json).toMatchObject({ title: "Somebody else" });
  });
});

describe("two people who opened the same version", () => {
  const put = (id: string, changes: object) => call("PUT", `/agreements/${id}`, { ...draft, ...changes });

  test("cannot both save: the second is told what the first one saved", async () => {
    const { id, updatedAt } = await create();
    const first = await put(id, { title: "First", ifUpdatedAt: updatedAt });
    expect(first.status).toBe(200);
    expect(await put(id, { title: "Second", ifUpdatedAt: updatedAt })).toEqual({
      status: 409,
      json: { error: "conflict", current: first.json },
    });
    expect((await call("GET", `/agreements/${id}`)).json).toEqual(first.json);

    const seen = (first.json as Agreement).updatedAt;
    expect(seen > updatedAt).toBe(true);
    expect(await put(id, { title: "Second", ifUpdatedAt: seen })).toMatchObject({
      status: 200,
      json: { title: "Second" },
    });
  });

  test("a caller who names no version means what it says", async () => {
    const { id } = await create();
    expect([(await put(id, { title: "A" })).status, (await put(id, { title: "B" })).status]).toEqual([
      200, 200,
    ]);
  });

  test("a version that is no text is refused, and is not stored with the agreement", async () => {
    const { id, updatedAt } = await create();
    expect(await put(id, { ifUpdatedAt: 7 })).toMatchObject({ status: 422 });
    expect((await put(id, { ifUpdatedAt: updatedAt })).json).not.toHaveProperty("ifUpdatedAt");
  });
});

describe("what the host calls by itself", () => {
  test("a client's new name reaches its agreements, and once is enough", async () => {
    const mine = await create({ customer: "globex" });
    const other = await create({ customer: "initech" });
    const event = { clientId: "client-1", from: "globex", to: "Globex Ltd" };
    expect(await call("POST", "/client-renamed", event)).toEqual({ status: 200, json: { changed: 1 } });
    expect(await call("POST", "/client-renamed", event)).toEqual({ status: 200, json: { changed: 0 } });
    expect((await call("GET", `/agreements/${mine.id}`)).json).toMatchObject({ customer: "Globex Ltd" });
    expect((await call("GET", `/agreements/${other.id}`)).json).toEqual(other);
    expect(await call("POST", "/client-renamed", { from: "globex" })).toMatchObject({ status: 422 });
  });

  test("active agreements end after their last day, others are left alone", async () => {
    const past = { startDate: "2020-01-01", endDate: "2020-12-31" };
    const due = await create({ status: "active", ...past });
    const kept = await create({ status: "draft", ...past });
    const running = await create({ status: "active", endDate: "2999-12-31" });
    expect(await call("POST", "/end-expired")).toEqual({ status: 200, json: { changed: 1 } });
    expect((await call("GET", `/agreements/${due.id}`)).json).toMatchObject({ status: "ended" });
    expect((await call("GET", `/agreements/${kept.id}`)).json).toEqual(kept);
    expect((await call("GET", `/agreements/${running.id}`)).json).toEqual(running);
  });
});

describe("validation", () => {
  test.each([
    [{ title: "" }, ["title"]],
    [{ title: 5 }, ["title"]],
    [{ title: "x".repeat(201) }, ["title"]],
    [{ customer: "   " }, ["customer"]],
    [{ status: "paused" }, ["status"]],
    [{ value: "12" }, ["value"]],
    [{ value: -0.01 }, ["value"]],
    [{ currency: "euro" }, ["currency"]],
    [{ currency: 7 }, ["currency"]],
    [{ startDate: "2026-02-30" }, ["startDate"]],
    [{ startDate: "" }, ["startDate"]],
    [{ endDate: "tomorrow" }, ["endDate"]],
    [{ endDate: null }, ["endDate"]],
    [{ startDate: "2027-01-01" }, ["endDate"]],
    [{ notes: "x".repeat(5001) }, ["notes"]],
    [{ title: "", customer: "", value: null, endDate: "" }, ["customer", "endDate", "title"]],
  ])("%j names the wrong fields", async (changes, fields) => {
    const { status, json } = await call("POST", "/agreements", { ...draft, ...changes });
    expect(status).toBe(422);
    expect(json).toMatchObject({ error: "validation_failed" });
    expect(Object.keys((json as { fields: object }).fields).toSorted()).toEqual(fields);
    const agreement = await create();
    expect((await call("PUT", `/agreements/${agreement.id}`, { ...draft, ...changes })).status).toBe(422);
  });

  test("status, value, currency and notes have defaults", async () => {
    const { title, customer, startDate, endDate } = draft;
    const { json } = await call("POST", "/agreements", { title, customer, startDate, endDate });
    expect(json).toMatchObject({ status: "draft", value: 0, currency: "USD", notes: "" });
  });

  test.each([[[]], ["text"], [null]])("%j is no agreement", async (body) => {
    expect(await call("POST", "/agreements", body)).toMatchObject({ status: 422 });
  });

  test("a body that is not JSON is refused as such", async () => {
    await expect(call("POST", "/agreements")).rejects.toMatchObject({ code: "invalid_json" });
  });
});

describe("standing", () => {
  const answering = (status: number, body: string): MockHostOverrides => ({
    secrets: { get: async () => "key-1" },
    http: { fetch: async () => ({ status, headers: [], body: new TextEncoder().encode(body) }) },
  });
  const good = { customer: "globex", standing: "good", score: 812 };

  test("is what Ledgerline answers", async () => {
    useHost(answering(200, JSON.stringify(good)));
    const { id } = await create();
    expect(await call("GET", `/agreements/${id}/standing`)).toEqual({ status: 200, json: good });
  });

  test.each([
    ["upstream_unauthorized", answering(401, "")],
    ["upstream_status_503", answering(503, "busy")],
    ["upstream_invalid", answering(200, "<html>")],
    ["upstream_invalid", answering(200, JSON.stringify({ ...good, standing: "splendid" }))],
    ["upstream_invalid", answering(200, "null")],
    ["secret_missing", { secrets: { get: () => Promise.reject(new SdkError("secret_missing", "none")) } }],
    [
      "http_not_allowed",
      {
        secrets: { get: async () => "key-1" },
        http: { fetch: () => Promise.reject(new SdkError("http_not_allowed", "no")) },
      },
    ],
  ] satisfies [string, MockHostOverrides][])("is unavailable for a reason: %s", async (reason, overrides) => {
    useHost(overrides);
    const { id } = await create();
    expect(await call("GET", `/agreements/${id}/standing`)).toEqual({
      status: 502,
      json: { error: "standing_unavailable", reason },
    });
  });
});

describe("the client portal", () => {
  const ada: UserData = {
    tenantId: "acme",
    userId: "ada",
    userEmail: "ada@acme.test",
    userName: "Ada",
    userType: "internal",
    clientName: "Acme Services",
  };
  const cleo: UserData = { ...ada, userId: "cleo", userType: "client", clientId: "c1", clientName: "globex" };
  const become = (user: UserData): void => {
    host = { ...host, user: { getUser: async () => user } };
  };

  test("shows a client what is agreed with it, without the notes", async () => {
    become(ada);
    const mine = await create({ notes: "Drives a hard bargain" });
    const others = await create({ customer: "initech" });
    expect((await call("GET", "/agreements")).json).not.toHaveProperty("readOnly");
    become(cleo);
    expect(await call("GET", "/agreements?client_id=c2&clientName=initech")).toEqual({
      status: 200,
      json: { items: [{ ...mine, notes: "" }], readOnly: true },
    });
    expect(await call("GET", `/agreements/${mine.id}`)).toEqual({
      status: 200,
      json: { ...mine, notes: "", readOnly: true },
    });
    const hidden = await call("GET", `/agreements/${others.id}`);
    expect(hidden).toEqual(await call("GET", "/agreements/none"));
    expect(hidden.status).toBe(404);
  });

  test("lets a client change nothing, and ask nobody about itself", async () => {
    const agreement = await create();
    become(cleo);
    const tries = [
      await call("POST", "/agreements", draft),
      await call("PUT", `/agreements/${agreement.id}`, { ...draft, title: "Free of charge" }),
      await call("DELETE", `/agreements/${agreement.id}`),
      await call("POST", "/client-renamed", { from: "initech", to: "globex" }),
      await call("POST", "/end-expired"),
      await call("GET", `/agreements/${agreement.id}/standing`),
    ];
    expect(tries).toEqual(tries.map(() => ({ status: 403, json: { error: "read_only" } })));
    become(ada);
    expect((await call("GET", "/agreements")).json).toEqual({ items: [agreement] });
  });

  test("is what anybody gets who is not known to be staff, and nobody answers when the host does not tell", async () => {
    await create();
    become({ ...ada, userType: "guest" });
    expect((await call("GET", "/agreements")).json).toEqual({ items: [], readOnly: true });
    const denied = new SdkError("user_not_allowed", "no");
    useHost({ user: { getUser: () => Promise.reject(denied) } });
    await expect(call("GET", "/agreements")).rejects.toBe(denied);
  });
});
