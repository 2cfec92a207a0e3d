import type { RegistryDb } from "../db/registry-db.ts";
import type { KeyProvider } from "../ports.ts";
import { dataKeyContext } from "./data-key.ts";
import { nullIfUnreadable, throwProviderFailure } from "./provider-failure.ts";

const BATCH = 100;

/** What {@link rewrapDataKeys} did. */
export interface RewrapReport {
  /** Data keys looked at. */
  readonly checked: number;
  /** Those that are now wrapped with the active key-encryption key, and were not before. */
  readonly rewrapped: number;
  /** Those that no key of the provider opens. While there is one, take no old key-encryption key away. */
  readonly unreadable: readonly { readonly tenantId: string; readonly kid: string }[];
}

/**
 * Wrap every data key with the provider's active key-encryption key, after which older ones are no longer needed.
 *
 * Secrets stay as they are and readable throughout. Safe to repeat, and to run by several processes at once.
 *
 * @throws {RegistryError} `key_provider_unavailable`; what was done by then stays done.
 */
export async function rewrapDataKeys(
  { db, keys }: { readonly db: RegistryDb; readonly keys: KeyProvider },
  { tenantId: only }: { readonly tenantId?: string } = {},
): Promise<RewrapReport> {
  const unreadable: { tenantId: string; kid: string }[] = [];
  let [checked, rewrapped, after] = [0, 0, { tenantId: "", kid: "" }];
  for (;;) {
    const rows = await readBatch(db, after, only);
    for (const row of rows) {
      after = { tenantId: row.tenant_id, kid: row.kid };
      checked += 1;
      const outcome = await rewrapOne({ db, keys }, row);
      if (outcome === "rewrapped") rewrapped += 1;
      if (outcome === "unreadable") unreadable.push(after);
    }
    if (rows.length < BATCH) return { checked, rewrapped, unreadable };
  }
}

interface Row {
  readonly tenant_id: string;
  readonly kid: string;
  readonly wrapped: string;
  readonly kek_id: string;
}

function readBatch(
  db: RegistryDb,
  after: { readonly tenantId: string; readonly kid: string },
  only: string | undefined,
): Promise<Row[]> {
  return db.housekeeping((tx) =>
    tx
      .selectFrom("tenant_data_key")
      .select(["tenant_id", "kid", "wrapped", "kek_id"])
      .$if(only !== undefined, (query) => query.where("tenant_id", "=", only ?? ""))
      .where((eb) => eb(eb.refTuple("tenant_id", "kid"), ">", eb.tuple(after.tenantId, after.kid)))
      .orderBy("tenant_id")
      .orderBy("kid")
      .limit(BATCH)
      .execute(),
  );
}

async function rewrapOne(
  { db, keys }: { readonly db: RegistryDb; readonly keys: KeyProvider },
  { tenant_id: tenantId, kid, wrapped, kek_id: keyId }: Row,
): Promise<"rewrapped" | "current" | "unreadable"> {
  const again = await keys
    .rewrap({ wrapped, keyId }, dataKeyContext(tenantId, kid))
    .catch(throwProviderFailure)
    .catch(nullIfUnreadable);
  if (again === null) return "unreadable";
  if (again.keyId === keyId && again.wrapped === wrapped) return "current";
  const { numUpdatedRows } = await db.withTenant(tenantId, (tx) =>
    tx
      .updateTable("tenant_data_key")
      .set({ wrapped: again.wrapped, kek_id: again.keyId })
      .where("tenant_id", "=", tenantId)
      .where("kid", "=", kid)
      // Someone else may have done the same meanwhile, or retired the key.
      .where("wrapped", "=", wrapped)
      .executeTakeFirstOrThrow(),
  );
  return numUpdatedRows === 1n ? "rewrapped" : "current";
}
