import { sql } from "kysely";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import type { DataKey, DataKeys } from "./data-key.ts";
import { lockActiveKid } from "./lock-active-kid.ts";
import { nullIfUnreadable } from "./provider-failure.ts";
import { openSecret, sealSecret, type SecretPlace } from "./seal-secret.ts";

const FIRST_UUID = "00000000-0000-0000-0000-000000000000";

/** What {@link reencryptAll} did. */
export interface Reencryption {
  /** The key that was active at the end. */
  readonly kid: string;
  readonly reencrypted: number;
  readonly unreadable: readonly { readonly installId: string; readonly name: string }[];
}

interface Context {
  readonly db: RegistryDb;
  readonly dataKeys: DataKeys;
}

/**
 * Seal what is sealed with another key than the active one: install by install, each in a transaction of its own, so
 * that nobody waits long.
 *
 * @throws {RegistryError} `key_provider_unavailable`
 */
export async function reencryptAll(context: Context, tenantId: string): Promise<Reencryption> {
  let active = await context.dataKeys.active(tenantId);
  let [after, reencrypted] = [FIRST_UUID, 0];
  const unreadable = new Map<string, { installId: string; name: string }>();
  for (;;) {
    const installId = await nextInstall(context.db, { tenantId, kid: active.kid, after });
    if (installId === null) return { kid: active.kid, reencrypted, unreadable: [...unreadable.values()] };
    const keys = await context.dataKeys.openAll(tenantId);
    const done = await context.db.withTenant(tenantId, (tx) =>
      reencryptInstall(tx, { tenantId, installId, active, keys }),
    );
    if (done === "rotated") {
      // Another rotation overtook this one: finish with its key.
      active = await context.dataKeys.active(tenantId);
      after = FIRST_UUID;
      continue;
    }
    after = installId;
    reencrypted += done.reencrypted;
    for (const name of done.unreadable)
      unreadable.set(JSON.stringify([installId, name]), { installId, name });
  }
}

async function nextInstall(
  db: RegistryDb,
  { tenantId, kid, after }: { readonly tenantId: string; readonly kid: string; readonly after: string },
): Promise<string | null> {
  const row = await db.withTenant(tenantId, (tx) =>
    tx
      .selectFrom("tenant_extension_install_secrets")
      .select("install_id")
      .where("tenant_id", "=", tenantId)
      .where("key_id", "!=", kid)
      .where("install_id", ">", after)
      .orderBy("install_id")
      .limit(1)
      .executeTakeFirst(),
  );
  return row?.install_id ?? null;
}

async function reencryptInstall(
  tx: TenantDb,
  work: {
    readonly tenantId: string;
    readonly installId: string;
    readonly active: DataKey;
    readonly keys: ReadonlyMap<string, DataKey | null>;
  },
): Promise<"rotated" | { reencrypted: number; unreadable: string[] }> {
  const { tenantId, installId, active, keys } = work;
  // The same order of locks as `setSecrets`: the install, then the key.
  await sql`select 1 from tenant_extension_install where tenant_id = ${tenantId} and id = ${installId} for update`.execute(
    tx,
  );
  if ((await lockActiveKid(tx, tenantId)) !== active.kid) return "rotated";
  const rows = await tx
    .selectFrom("tenant_extension_install_secrets")
    .select(["name", "ciphertext", "version", "key_id"])
    .where("tenant_id", "=", tenantId)
    .where("install_id", "=", installId)
    .where("key_id", "!=", active.kid)
    .execute();
  const unreadable: string[] = [];
  for (const { name, ciphertext, version, key_id } of rows) {
    const place = { tenantId, installId, name, version };
    const value = openOrNull(ciphertext, place, keys.get(key_id) ?? null);
    if (value === null) {
      unreadable.push(name);
      continue;
    }
    // The version stays: the value is the same, so is every envelope.
    await tx
      .updateTable("tenant_extension_install_secrets")
      .set({ ciphertext: sealSecret(value, place, active), key_id: active.kid })
      .where("tenant_id", "=", tenantId)
      .where("install_id", "=", installId)
      .where("name", "=", name)
      .execute();
  }
  return { reencrypted: rows.length - unreadable.length, unreadable };
}

function openOrNull(ciphertext: string, place: SecretPlace, key: DataKey | null): string | null {
  if (key === null) return null;
  try {
    return openSecret(ciphertext, place, key);
  } catch (error) {
    return nullIfUnreadable(error);
  }
}
