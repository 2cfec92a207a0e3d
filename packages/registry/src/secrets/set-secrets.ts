import { randomUUID } from "node:crypto";
import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { lockInstall } from "../installs/lock-install.ts";
import { touchInstall } from "../installs/touch-install.ts";
import { appendEvent } from "../releases/append-event.ts";
import type { DataKeys } from "./data-key.ts";
import { SECRET_ALGORITHM, sealSecret } from "./seal-secret.ts";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const MAX_VALUE_BYTES = 16_384;
const MAX_SECRETS = 64;

/** What {@link setSecrets} stores. */
export interface SetSecretsRequest {
  readonly tenantId: string;
  readonly registryId: string;
  /** New values by name: they merge over the old ones. Null deletes; an empty value is skipped. */
  readonly secrets: Readonly<Record<string, string | null>>;
  /** User id for the release log. @default "system" */
  readonly actor?: string;
}

/**
 * Encrypt and store secrets of one install under the tenant's data key.
 *
 * @throws {RegistryError} `install_not_found`, `invalid_request`.
 */
export async function setSecrets(
  context: { readonly db: RegistryDb; readonly dataKeys: DataKeys; readonly clock: () => number },
  request: SetSecretsRequest,
): Promise<void> {
  const { tenantId, registryId, actor = "system" } = request;
  const entries = parseEntries(request.secrets);
  const dataKey = await context.dataKeys.active(tenantId);
  const now = new Date(context.clock());
  const version = randomUUID();
  await context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, { tenantId, registryId });
    for (const [name, value] of entries) {
      if (value === null) {
        await tx
          .deleteFrom("tenant_extension_install_secrets")
          .where("tenant_id", "=", tenantId)
          .where("install_id", "=", install.id)
          .where("name", "=", name)
          .execute();
        continue;
      }
      const place = { tenantId, installId: install.id, name, version };
      const changed = {
        ciphertext: sealSecret(value, place, dataKey),
        algorithm: SECRET_ALGORITHM,
        key_id: dataKey.kid,
        version,
        updated_at: now,
      };
      await tx
        .insertInto("tenant_extension_install_secrets")
        .values({ tenant_id: tenantId, install_id: install.id, name, created_at: now, ...changed })
        .onConflict((conflict) => conflict.columns(["tenant_id", "install_id", "name"]).doUpdateSet(changed))
        .execute();
    }
    const { count } = await tx
      .selectFrom("tenant_extension_install_secrets")
      .select((eb) => eb.fn.countAll<string | number>().as("count"))
      .where("tenant_id", "=", tenantId)
      .where("install_id", "=", install.id)
      .executeTakeFirstOrThrow();
    if (Number(count) > MAX_SECRETS) throw invalid(`An install holds at most ${MAX_SECRETS} secrets.`);
    await tx
      .updateTable("tenant_extension_install")
      .set({ secrets_version: Number(count) === 0 ? null : version })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
    await touchInstall(tx, { tenantId, installId: install.id, now });
    await appendEvent(tx, {
      tenantId,
      type: "secrets_changed",
      actor,
      payload: { registryId, installId: install.id, names: entries.map(([name]) => name), version },
      at: now,
    });
  });
}

function parseEntries(secrets: unknown): [string, string | null][] {
  if (typeof secrets !== "object" || secrets === null || Array.isArray(secrets)) {
    throw invalid("Secrets are an object of names and text.");
  }
  const entries = Object.entries(secrets as Record<string, unknown>);
  if (entries.length > MAX_SECRETS) throw invalid(`An install holds at most ${MAX_SECRETS} secrets.`);
  return entries.flatMap(([name, value]): [string, string | null][] => {
    if (!NAME.test(name)) throw invalid("A secret's name is 1 to 128 letters, digits, `_`, `.` or `-`.");
    if (value === null) return [[name, null]];
    if (typeof value !== "string") throw invalid("A secret is text, or null to delete it.");
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
      throw invalid(`A secret has at most ${MAX_VALUE_BYTES} bytes.`);
    return value === "" ? [] : [[name, value]];
  });
}

function invalid(message: string): RegistryError {
  return new RegistryError("invalid_request", message, { details: { field: "secrets" } });
}
