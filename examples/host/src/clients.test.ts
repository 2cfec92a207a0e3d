import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmitRequest } from "@alga-ext/registry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClients } from "./clients.ts";

let dir: string;
let events: EmitRequest[];
const emit = async (event: EmitRequest): Promise<void> => {
  events.push(event);
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "alga-clients-"));
  events = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test("a new name is kept, told once, and the other tenant's clients stay as they are", async () => {
  const file = join(dir, "clients.json");
  const clients = await createClients(file, emit);
  const [first] = clients.list("acme");
  const renamed = await clients.rename("acme", { id: first?.id, name: "  Northwind Ltd " });
  expect(renamed).toEqual({ id: first?.id, name: "Northwind Ltd" });
  expect(await clients.rename("acme", { id: first?.id, name: "Northwind Ltd" })).toEqual(renamed);
  expect(events).toEqual([
    {
      tenantId: "acme",
      topic: "client.renamed",
      key: first?.id,
      payload: { clientId: first?.id, from: first?.name, to: "Northwind Ltd" },
    },
  ]);
  const again = await createClients(file, emit);
  expect(again.list("acme")[0]).toEqual(renamed);
  expect(again.list("globex")[0]).toEqual(first);
});

test.each([
  ["nobody", "A name"],
  ["client-1", ""],
  ["client-1", "   "],
  ["client-1", 7],
  ["client-1", "x".repeat(121)],
])("%j cannot be renamed to %j", async (id, name) => {
  const clients = await createClients(join(dir, "clients.json"), emit);
  expect(await clients.rename("acme", { id, name })).toBeNull();
  expect(events).toEqual([]);
});

test("what could not be told is not renamed", async () => {
  const clients = await createClients(join(dir, "clients.json"), () => Promise.reject(new Error("down")));
  const before = clients.list("acme");
  await expect(clients.rename("acme", { id: "client-1", name: "Other" })).rejects.toThrow();
  expect(clients.list("acme")).toEqual(before);
});
