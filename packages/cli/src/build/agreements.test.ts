import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGuest, type Guest, type WireRequest } from "../../test-support/open-guest.ts";
import { createWorkFolder, type WorkFolder } from "../../test-support/work-folder.ts";

const draft = {
  title: "Wartung für Zoë 🚀 – 年間契約",
  customer: "Globex & Söhne",
  status: "active",
  value: 48000.5,
  currency: "EUR",
  startDate: "2026-01-01",
  endDate: "2026-12-31",
  notes: "first line\nsecond “line”",
};

let work: WorkFolder;
let guest: Guest;
beforeAll(async () => {
  work = await createWorkFolder();
  const example = fileURLToPath(new URL("../../../../examples/extensions/agreements", import.meta.url));
  guest = await openGuest(example, work.dir);
  expect(guest.built.warnings).toEqual([]);
});
afterAll(async () => {
  await work.remove();
});

describe("the agreements example", () => {
  test("names the packages that are built in, the engine too, and not itself", () => {
    const names = guest.built.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["@alga-ext/sdk", "componentize-qjs", "react"]));
    expect(names).not.toContain("alga-extensions");
    expect(names.filter((name) => name.includes("agreements"))).toEqual([]);
  });

  test("creates, lists, reads, replaces and deletes through asynchronous host calls", async () => {
    const created = await guest.call("POST", "/agreements", draft);
    expect(created).toMatchObject({
      status: 201,
      headers: { "content-type": "application/json" },
      json: draft,
    });
    const { id, createdAt } = created.json as { id: string; createdAt: string };
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(createdAt).toBe("2026-01-31T00:00:00.000Z");
    expect((await guest.call("GET", "/agreements")).json).toEqual({ items: [created.json] });

    guest.host.nowMs += 1500;
    const replaced = await guest.call("PUT", `/agreements/${id}`, { ...draft, status: "ended" });
    expect(replaced.json).toEqual({
      ...(created.json as object),
      status: "ended",
      updatedAt: "2026-01-31T00:00:01.500Z",
    });
    await guest.restart();
    expect((await guest.call("GET", `/agreements/${id}`)).json).toEqual(replaced.json);
    expect((await guest.call("DELETE", `/agreements/${id}`)).status).toBe(204);
    expect(await guest.call("GET", `/agreements/${id}`)).toMatchObject({
      status: 404,
      json: { error: "agreement_not_found" },
    });
    expect(guest.logs).toContain(`info Deleted agreement ${id}`);
  });

  test("pages through more entries than the host answers at once", async () => {
    const titles = Array.from({ length: 60 }, (_, index) => `Agreement ${index}`);
    for (const title of titles) await guest.call("POST", "/agreements", { ...draft, title });
    const { items } = (await guest.call("GET", "/agreements")).json as { items: { title: string }[] };
    expect(items.map(({ title }) => title).toSorted()).toEqual(titles.toSorted());
  });

  test("says which fields are wrong", async () => {
    const answer = await guest.call("POST", "/agreements", {
      ...draft,
      title: " ",
      value: -1,
      endDate: "2025-01-01",
    });
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ error: "validation_failed" });
    expect(Object.keys((answer.json as { fields: object }).fields).toSorted()).toEqual([
      "endDate",
      "title",
      "value",
    ]);
  });

  test("asks for the standing with its key, and says why there is none", async () => {
    const created = (await guest.call("POST", "/agreements", draft)).json as { id: string };
    const standing = `/agreements/${created.id}/standing`;
    expect(await guest.call("GET", standing)).toMatchObject({
      status: 502,
      json: { error: "standing_unavailable", reason: "secret_missing" },
    });
    guest.host.secret = (key) => `${key}!`;
    expect((await guest.call("GET", standing)).json).toMatchObject({ reason: "http_not_allowed" });
    const seen: WireRequest[] = [];
    guest.host.fetch = (request) => {
      seen.push(request);
      const body = new TextEncoder().encode(
        JSON.stringify({ customer: draft.customer, standing: "good", score: 801 }),
      );
      return { status: 200, headers: [], body };
    };
    expect((await guest.call("GET", standing)).json).toEqual({
      customer: draft.customer,
      standing: "good",
      score: 801,
    });
    expect(seen[0]).toMatchObject({
      method: "GET",
      url: "https://api.ledgerline.example/v1/customers/Globex%20%26%20S%C3%B6hne/standing",
      headers: [
        { name: "authorization", value: "Bearer ledgerline_api_key!" },
        { name: "accept", value: "application/json" },
      ],
    });
  });
});
