import { randomUUID } from "node:crypto";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { lockInstall } from "../installs/lock-install.ts";
import { touchInstall } from "../installs/touch-install.ts";
import { appendOutbox } from "../publish/append-outbox.ts";
import { appendEvent } from "../releases/append-event.ts";
import type { DataKey, DataKeys } from "./data-key.ts";
import { lockActiveKid } from "./lock-active-kid.ts";
import { invalidSecrets, MAX_SECRETS, parseSecrets } from "./parse-secrets.ts";
import { openSecret, SECRET_ALGORITHM, sealSecret } from "./seal-secret.ts";

const MAX_ATTEMPTS = 10;

/** What {@link setSecrets} stores. */
export interface SetSecretsRequest {
  readonly tenantId: string;
  readonly registryId: string;
  /** New values by name: they merge over the old ones. Null deletes; an empty value is skipped. */
  readonly secrets: Readonly<Record<string, string | null>>;
  /** User id for the release log. @default "system" */
  readonly actor?: string;
}

interface Keys {
  readonly active: DataKey;
  readonly all: ReadonlyMap<string, DataKey | null>;
}

/**
 * Encrypt and store secrets of one install under the tenant's data key.
 *
 * A secret that no longer opens is not replaced, so that a lost key is noticed while it can still be restored; deleting
 * it works, and needs no key.
 *
 * @param alongside What else is to be written in the same transaction, or not at all.
 * @throws {RegistryError} `install_not_found`, `invalid_request`, `secret_unreadable`, `key_provider_unavailable`.
 */
export async function setSecrets(
  context: { readonly db: RegistryDb; readonly dataKeys: DataKeys; readonly clock: () => number },
  request: SetSecretsRequest,
  alongside: (tx: TenantDb) => Promise<void> = async () => undefined,
): Promise<void> {
  const { tenantId } = request;
  const entries = parseSecrets(request.secrets);
  const needsKey = entries.some(([, value]) => value !== null);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    // The key provider may take its time: it is asked before the transaction, which then checks the answer still holds.
    const keys = needsKey ? await openKeys(context.dataKeys, tenantId) : null;
    const now = new Date(context.clock());
    const done = await context.db.withTenant(tenantId, async (tx) => {
      const isDone = await apply(tx, { request, entries, keys, now });
      if (isDone) await alongside(tx);
      return isDone;
    });
    if (done) return;
  }
  throw new RegistryError("key_provider_unavailable", "The data key kept changing. Try again.", {
    retryable: true,
  });
}

async function openKeys(dataKeys: DataKeys, tenantId: string): Promise<Keys> {
  const active = await dataKeys.active(tenantId);
  return { active, all: await dataKeys.openAll(tenantId) };
}

/** False when a rotation came in between; nothing is written then. */
async function apply(
  tx: TenantDb,
  change: {
    readonly request: SetSecretsRequest;
    readonly entries: ReturnType<typeof parseSecrets>;
    readonly keys: Keys | null;
    readonly now: Date;
  },
): Promise<boolean> {
  const { request, entries, keys, now } = change;
  const { tenantId, actor = "system" } = request;
  const { id: installId, registryId } = await lockInstall(tx, request);
  const version = randomUUID();
  if (keys !== null) {
    if ((await lockActiveKid(tx, tenantId)) !== keys.active.kid) return false;
    if (!(await assertReadable(tx, { tenantId, installId, entries, keys: keys.all }))) return false;
  }
  for (const [name, value] of entries) {
    if (value === null || keys === null) await remove(tx, { tenantId, installId, name });
    else await upsert(tx, { place: { tenantId, installId, name, version }, value, key: keys.active, now });
  }
  const { count } = await tx
    .selectFrom("tenant_extension_install_secrets")
    .select((eb) => eb.fn.countAll<string | number>().as("count"))
    .where("tenant_id", "=", tenantId)
    .where("install_id", "=", installId)
    .executeTakeFirstOrThrow();
  if (Number(count) > MAX_SECRETS) throw invalidSecrets(`An install holds at most ${MAX_SECRETS} secrets.`);
  await tx
    .updateTable("tenant_extension_install")
    .set({ secrets_version: Number(count) === 0 ? null : version })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", installId)
    .execute();
  await touchInstall(tx, { tenantId, installId, now });
  const payload = { registryId, installId, version };
  await appendOutbox(tx, { kind: "secrets.changed", tenantId, payload, at: now });
  await appendEvent(tx, {
    tenantId,
    type: "secrets_changed",
    actor,
    payload: { ...payload, names: entries.map(([name]) => name) },
    at: now,
  });
  return true;
}

/** Whether the values that would be replaced open; false when one has a key that was not there a moment ago. */
async function assertReadable(
  tx: TenantDb,
  change: {
    readonly tenantId: string;
    readonly installId: string;
    readonly entries: ReturnType<typeof parseSecrets>;
    readonly keys: ReadonlyMap<string, DataKey | null>;
  },
): Promise<boolean> {
  const { tenantId, installId, entries, keys } = change;
  const replaced = entries.flatMap(([name, value]) => (value === null ? [] : [name]));
  const rows = await tx
    .selectFrom("tenant_extension_install_secrets")
    .select(["name", "ciphertext", "version", "key_id"])
    .where("tenant_id", "=", tenantId)
    .where("install_id", "=", installId)
    .where("name", "in", replaced)
    .execute();
  for (const { name, ciphertext, version, key_id } of rows) {
    const key = keys.get(key_id);
    if (key === undefined) return false;
    if (key === null) {
      throw new RegistryError(
        "secret_unreadable",
        `The stored secret ${name} no longer opens: restore its key, or delete it first.`,
        { details: { name } },
      );
    }
    openSecret(ciphertext, { tenantId, installId, name, version }, key);
  }
  return true;
}

async function upsert(
  tx: TenantDb,
  write: {
    readonly place: { tenantId: string; installId: string; name: string; version: string };
    readonly value: string;
    readonly key: DataKey;
    readonly now: Date;
  },
): Promise<void> {
  const { place, value, key, now } = write;
  const changed = {
    ciphertext: sealSecret(value, place, key),
    algorithm: SECRET_ALGORITHM,
    key_id: key.kid,
    version: place.version,
    updated_at: now,
  };
  const own = { tenant_id: place.tenantId, install_id: place.installId, name: place.name, created_at: now };
  await tx
    .insertInto("tenant_extension_install_secrets")
    .values({ ...own, ...changed })
    .onConflict((conflict) => conflict.columns(["tenant_id", "install_id", "name"]).doUpdateSet(changed))
    .execute();
}

async function remove(
  tx: TenantDb,
  {
    tenantId,
    installId,
    name,
  }: { readonly tenantId: string; readonly installId: string; readonly name: string },
): Promise<void> {
  await tx
    .deleteFrom("tenant_extension_install_secrets")
    .where("tenant_id", "=", tenantId)
    .where("install_id", "=", installId)
    .where("name", "=", name)
    .execute();
}
