import { randomUUID } from "node:crypto";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { lockInstall } from "../installs/lock-install.ts";
import { touchInstall } from "../installs/touch-install.ts";
import { appendOutbox } from "../publish/append-outbox.ts";
import { appendEvent } from "../releases/append-event.ts";
import type { DataKey, DataKeys } from "./data-key.ts";
import { areReadable, removeSecret, upsertSecret } from "./secret-rows.ts";
import { lockActiveKid } from "./lock-active-kid.ts";
import { invalidSecrets, MAX_SECRETS, parseSecrets } from "./parse-secrets.ts";

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
    if (!(await areReadable(tx, { tenantId, installId, entries, keys: keys.all }))) return false;
  }
  for (const [name, value] of entries) {
    if (value === null || keys === null) await removeSecret(tx, { tenantId, installId, name });
    else
      await upsertSecret(tx, { place: { tenantId, installId, name, version }, value, key: keys.active, now });
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
