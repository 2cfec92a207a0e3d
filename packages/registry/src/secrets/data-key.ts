import { randomBytes, randomUUID } from "node:crypto";
import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { KeyProvider } from "../ports.ts";

/** A tenant's key in the clear; keep it only as long as the work at hand. */
export interface DataKey {
  readonly kid: string;
  readonly key: Uint8Array;
}

/** Access to the data keys of all tenants. */
export interface DataKeys {
  /** The tenant's newest key, made when there is none. */
  active(tenantId: string): Promise<DataKey>;
  /**
   * The keys that some rows name.
   *
   * @throws {RegistryError} `secret_unreadable` when one is missing or does not open.
   */
  open(tenantId: string, kids: readonly string[]): Promise<ReadonlyMap<string, DataKey>>;
}

const contextOf = (tenantId: string, kid: string): string => JSON.stringify([tenantId, kid]);

/** Data keys live in the database, wrapped by the {@link KeyProvider}; no transaction stays open while it works. */
export function createDataKeys(options: {
  readonly db: RegistryDb;
  readonly keys: KeyProvider;
  readonly clock: () => number;
}): DataKeys {
  const { db, keys, clock } = options;

  const unwrap = async (
    tenantId: string,
    row: { readonly kid: string; readonly wrapped: string; readonly kek_id: string },
  ): Promise<DataKey> => ({
    kid: row.kid,
    key: await keys.unwrap({ wrapped: row.wrapped, keyId: row.kek_id }, contextOf(tenantId, row.kid)),
  });

  return {
    async active(tenantId) {
      const newest = await db.withTenant(tenantId, (tx) =>
        tx
          .selectFrom("tenant_data_key")
          .select(["kid", "wrapped", "kek_id"])
          .where("tenant_id", "=", tenantId)
          .orderBy("created_at", "desc")
          .limit(1)
          .executeTakeFirst(),
      );
      if (newest !== undefined) return unwrap(tenantId, newest);
      const kid = randomUUID();
      const key = randomBytes(32);
      const { wrapped, keyId } = await keys.wrap(key, contextOf(tenantId, kid));
      await db.withTenant(tenantId, (tx) =>
        tx
          .insertInto("tenant_data_key")
          .values({ tenant_id: tenantId, kid, wrapped, kek_id: keyId, created_at: new Date(clock()) })
          .execute(),
      );
      return { kid, key };
    },
    async open(tenantId, kids) {
      const wanted = [...new Set(kids)];
      const rows = await db.withTenant(tenantId, (tx) =>
        tx
          .selectFrom("tenant_data_key")
          .select(["kid", "wrapped", "kek_id"])
          .where("tenant_id", "=", tenantId)
          .where("kid", "in", wanted)
          .execute(),
      );
      if (rows.length < wanted.length) {
        throw new RegistryError(
          "secret_unreadable",
          "A secret names a data key that this tenant does not have.",
        );
      }
      const opened = await Promise.all(rows.map((row) => unwrap(tenantId, row)));
      return new Map(opened.map((dataKey) => [dataKey.kid, dataKey]));
    },
  };
}
