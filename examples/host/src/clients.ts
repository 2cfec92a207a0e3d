import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import type { EmitRequest } from "@alga-ext/registry";

/** A client of the service desk. */
export interface Client {
  readonly id: string;
  readonly name: string;
}

const NAMES = ["Northwind Traders", "Contoso Health", "Fabrikam Logistics", "Tailspin Toys"];
const MAX_NAME = 120;

/** The product's clients: what extensions hear of when it changes. */
export interface Clients {
  list(tenantId: string): readonly Client[];
  /** Null when there is no such client, or the name is none. */
  rename(tenantId: string, change: { readonly id: unknown; readonly name: unknown }): Promise<Client | null>;
}

/**
 * The clients of every tenant, in one small file: a product has a table here.
 *
 * The event is written before the name: when this process dies in between, the same change asked for again is the same
 * event again. A product with the registry's database beside its own writes an outbox row instead.
 */
export async function createClients(
  file: string,
  emit: (event: EmitRequest) => Promise<unknown>,
): Promise<Clients> {
  const stored = new Map(
    Object.entries(
      JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as Record<string, readonly Client[]>,
    ),
  );
  const list = (tenantId: string): readonly Client[] =>
    stored.get(tenantId) ?? NAMES.map((name, index) => ({ id: `client-${index + 1}`, name }));
  let saving = Promise.resolve();

  async function save(): Promise<void> {
    const part = `${file}.${randomUUID()}`;
    await writeFile(part, JSON.stringify(Object.fromEntries(stored)), { mode: 0o600 });
    await rename(part, file);
  }

  return {
    list,
    async rename(tenantId, { id, name }) {
      const before = list(tenantId).find((one) => one.id === id);
      const to = typeof name === "string" ? name.trim() : "";
      if (before === undefined || to === "" || to.length > MAX_NAME) return null;
      if (to === before.name) return before;
      const payload = { clientId: before.id, from: before.name, to };
      await emit({ tenantId, topic: "client.renamed", key: before.id, payload });
      const after = { id: before.id, name: to };
      stored.set(
        tenantId,
        list(tenantId).map((one) => (one.id === id ? after : one)),
      );
      saving = saving.then(save, save);
      await saving;
      return after;
    },
  };
}
