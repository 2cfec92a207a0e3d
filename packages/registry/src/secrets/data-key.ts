import { createSecretKey, randomBytes, randomUUID, type KeyObject } from "node:crypto";
import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { KeyProvider, WrappedKey } from "../ports.ts";
import { nullIfUnreadable, throwProviderFailure } from "./provider-failure.ts";

/** How long a data key serves reads without asking the {@link KeyProvider} again. */
export const DATA_KEY_TTL_MS = 5 * 60_000;
const KEY_BYTES = 32;
const MAX_CACHED = 1000;

/** A tenant's key in the clear; a `KeyObject` lies outside the heap, is never printed, and is zeroed when freed. */
export interface DataKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** A data key as its table holds it. */
export interface DataKeyRow {
  readonly kid: string;
  readonly wrapped: string;
  readonly kek_id: string;
}

/** Access to the data keys of all tenants. */
export interface DataKeys {
  /**
   * The key to write with, made when there is none. Asks the provider every time: what cannot be opened again later
   * must not be written.
   *
   * @throws {RegistryError} `key_provider_unavailable`, `secret_unreadable`.
   */
  active(tenantId: string): Promise<DataKey>;
  /**
   * The key of a row that was read together with what it opens; from memory for {@link DATA_KEY_TTL_MS}.
   *
   * @throws {RegistryError} `key_provider_unavailable`, `secret_unreadable`.
   */
  open(tenantId: string, row: DataKeyRow): Promise<DataKey>;
  /** Every key of the tenant by kid; null for one that does not open. */
  openAll(tenantId: string): Promise<ReadonlyMap<string, DataKey | null>>;
  /** A new key, wrapped and not stored. */
  make(tenantId: string): Promise<DataKeyRow>;
  /** Forget every key. */
  close(): void;
}

/** What a wrapped data key is bound to; a JSON array keeps the fields apart, whatever characters they hold. */
export const dataKeyContext = (tenantId: string, kid: string): string => JSON.stringify([tenantId, kid]);

/** Data keys live in the database, wrapped by the {@link KeyProvider}; no transaction stays open while it works. */
export function createDataKeys(options: {
  readonly db: RegistryDb;
  readonly keys: KeyProvider;
  readonly clock: () => number;
}): DataKeys {
  const { db, keys, clock } = options;
  const cache = new Map<string, { readonly opened: Promise<DataKey>; readonly until: number }>();

  const remember = (id: string, opened: Promise<DataKey>): void => {
    const entry = { opened, until: clock() + DATA_KEY_TTL_MS };
    cache.delete(id);
    cache.set(id, entry);
    const oldest = cache.keys().next();
    if (cache.size > MAX_CACHED && oldest.done === false) cache.delete(oldest.value);
    opened.catch(() => {
      if (cache.get(id) === entry) cache.delete(id);
    });
  };

  const ask = async (tenantId: string, { kid, wrapped, kek_id }: DataKeyRow): Promise<DataKey> => ({
    kid,
    key: await unwrapKey(keys, { wrapped, keyId: kek_id }, dataKeyContext(tenantId, kid)),
  });

  const open: DataKeys["open"] = (tenantId, row) => {
    const id = dataKeyContext(tenantId, row.kid);
    const cached = cache.get(id);
    if (cached !== undefined && clock() < cached.until) return cached.opened;
    const opened = ask(tenantId, row);
    remember(id, opened);
    return opened;
  };

  /** Past the memory, which an answer renews and a failure leaves alone: reads go on while writes are refused. */
  const openForWriting = async (tenantId: string, row: DataKeyRow): Promise<DataKey> => {
    const opened = await ask(tenantId, row);
    remember(dataKeyContext(tenantId, row.kid), Promise.resolve(opened));
    return opened;
  };

  const make: DataKeys["make"] = async (tenantId) => {
    const kid = randomUUID();
    const key = randomBytes(KEY_BYTES);
    try {
      const { wrapped, keyId } = await keys
        .wrap(key, dataKeyContext(tenantId, kid))
        .catch(throwProviderFailure);
      return { kid, wrapped, kek_id: keyId };
    } finally {
      key.fill(0);
    }
  };

  const readActive = (tenantId: string): Promise<DataKeyRow | undefined> =>
    db.withTenant(tenantId, (tx) =>
      tx
        .selectFrom("tenant_data_key")
        .select(["kid", "wrapped", "kek_id"])
        .where("tenant_id", "=", tenantId)
        .where("is_active", "=", true)
        .executeTakeFirst(),
    );

  return {
    open,
    make,
    async active(tenantId) {
      const found = await readActive(tenantId);
      if (found !== undefined) return openForWriting(tenantId, found);
      const made = await make(tenantId);
      const row = { tenant_id: tenantId, ...made, is_active: true, created_at: new Date(clock()) };
      // Of several writers that find none at once, one creates; what the database then holds is what counts.
      await db.withTenant(tenantId, (tx) =>
        tx
          .insertInto("tenant_data_key")
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute(),
      );
      return openForWriting(tenantId, (await readActive(tenantId)) ?? made);
    },
    async openAll(tenantId) {
      const rows = await db.withTenant(tenantId, (tx) =>
        tx
          .selectFrom("tenant_data_key")
          .select(["kid", "wrapped", "kek_id"])
          .where("tenant_id", "=", tenantId)
          .execute(),
      );
      const opened = rows.map(
        async (row) => [row.kid, await open(tenantId, row).catch(nullIfUnreadable)] as const,
      );
      return new Map(await Promise.all(opened));
    },
    close: () => cache.clear(),
  };
}

async function unwrapKey(keys: KeyProvider, wrapped: WrappedKey, context: string): Promise<KeyObject> {
  const bytes = await keys.unwrap(wrapped, context).catch(throwProviderFailure);
  try {
    if (bytes.length === KEY_BYTES) return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
  throw new RegistryError("secret_unreadable", "The key provider returned a data key of another length.");
}
