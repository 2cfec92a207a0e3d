import { validateAgainst, type JsonSchema } from "@alga-ext/manifest";
import type { JsonValue } from "@alga-ext/protocol";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError, StorageError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import type { StorageScope } from "./check-access.ts";
import { STORAGE_LIMITS } from "./limits.ts";

/** Bytes of one schema document, and versions of one namespace. */
const MAX_SCHEMA_BYTES = 65_536;
const MAX_VERSIONS = 100;

/** What the values of one namespace must look like. */
export interface StorageSchema {
  readonly namespace: string;
  readonly schemaVersion: number;
  /** `active` holds for writes that name no version; the others only for writes that name them. */
  readonly status: "active" | "deprecated" | "draft";
  /** JSON Schema in the part that manifests may use. */
  readonly document: JsonSchema;
}

/** Schemas of an install's namespaces. */
export interface StorageSchemas {
  /**
   * Keep one version of a schema; making it `active` makes the one before `deprecated`. Stored values stay as they are.
   *
   * @throws {RegistryError} `invalid_request`, `install_not_found`.
   */
  set(request: StorageScope & StorageSchema & { readonly actor: string }): Promise<void>;
  /** Every version of one namespace, or of all, by namespace and version. */
  list(query: StorageScope & { readonly namespace?: string }): Promise<StorageSchema[]>;
}

/** The schemas in the registry's database. */
export function createStorageSchemas({
  db,
  clock,
}: {
  readonly db: RegistryDb;
  readonly clock: () => number;
}): StorageSchemas {
  return Object.freeze<StorageSchemas>({
    async set(request) {
      const documentJson = checkSchema(request);
      await db.withTenant(request.tenantId, (tx) =>
        setSchema(tx, { ...request, documentJson, now: new Date(clock()) }),
      );
    },
    async list({ tenantId, installId, namespace }) {
      if (!isUuid(installId)) return [];
      const rows = await db.withTenant(tenantId, (tx) =>
        tx
          .selectFrom("ext_storage_schemas")
          .select(["namespace", "schema_version", "status", "schema_document"])
          .where("tenant", "=", tenantId)
          .where("extension_install_id", "=", installId)
          .$if(namespace !== undefined, (query) => query.where("namespace", "=", namespace ?? ""))
          .orderBy("namespace")
          .orderBy("schema_version")
          .execute(),
      );
      return rows.map((row) => ({
        namespace: row.namespace,
        schemaVersion: row.schema_version,
        status: row.status,
        document: row.schema_document as JsonSchema,
      }));
    },
  });
}

/**
 * Hold values against the schema of their namespace, whole: the version asked for, else the active one, if any.
 *
 * @throws {StorageError} `VALIDATION_FAILED`, with the key and what is wrong where.
 */
export async function assertFitsSchema(
  tx: TenantDb,
  scope: StorageScope,
  request: {
    readonly namespace: string;
    readonly schemaVersion: number | null;
    readonly writes: readonly { readonly key: string; readonly value: JsonValue }[];
  },
): Promise<void> {
  const { namespace, schemaVersion, writes } = request;
  const row = await tx
    .selectFrom("ext_storage_schemas")
    .select(["schema_version", "schema_document"])
    .where("tenant", "=", scope.tenantId)
    .where("extension_install_id", "=", scope.installId)
    .where("namespace", "=", namespace)
    .$if(schemaVersion === null, (query) => query.where("status", "=", "active"))
    .$if(schemaVersion !== null, (query) => query.where("schema_version", "=", schemaVersion ?? 0))
    .executeTakeFirst();
  if (row === undefined) {
    if (schemaVersion === null) return;
    throw new StorageError("VALIDATION_FAILED", `${namespace} has no schema of version ${schemaVersion}.`, {
      details: { field: "schemaVersion", schemaVersion },
    });
  }
  for (const { key, value } of writes) {
    const problems = validateAgainst(row.schema_document as JsonSchema, value);
    if (problems.length === 0) continue;
    throw new StorageError("VALIDATION_FAILED", `The value of ${key} does not fit the namespace's schema.`, {
      details: {
        field: "value",
        key,
        schemaVersion: row.schema_version,
        problems: problems.map(({ code, pointer, message }) => ({ code, pointer, message })),
      },
    });
  }
}

async function setSchema(
  tx: TenantDb,
  request: StorageScope &
    StorageSchema & { readonly actor: string; readonly documentJson: string; readonly now: Date },
): Promise<void> {
  const { tenantId, installId, namespace, schemaVersion, status, documentJson, now } = request;
  // The install row is the lock: schemas of one install change one by one, and cannot appear for one that is going.
  const install = await tx
    .selectFrom("tenant_extension_install")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", installId)
    .forUpdate()
    .executeTakeFirst();
  if (install === undefined) throw new RegistryError("install_not_found", "There is no such install.");
  const { count } = await tx
    .selectFrom("ext_storage_schemas")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("tenant", "=", tenantId)
    .where("extension_install_id", "=", installId)
    .where("namespace", "=", namespace)
    .where("schema_version", "!=", schemaVersion)
    .executeTakeFirstOrThrow();
  if (Number(count) >= MAX_VERSIONS) refuse("schemaVersion", `is one more than the ${MAX_VERSIONS} versions`);
  if (status === "active") {
    await tx
      .updateTable("ext_storage_schemas")
      .set({ status: "deprecated", updated_at: now })
      .where("tenant", "=", tenantId)
      .where("extension_install_id", "=", installId)
      .where("namespace", "=", namespace)
      .where("status", "=", "active")
      .execute();
  }
  const changed = { schema_document: documentJson, status, updated_at: now };
  await tx
    .insertInto("ext_storage_schemas")
    .values({
      tenant: tenantId,
      extension_install_id: installId,
      namespace,
      schema_version: schemaVersion,
      created_by: request.actor,
      created_at: now,
      ...changed,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant", "extension_install_id", "namespace", "schema_version"])
        .doUpdateSet(changed),
    )
    .execute();
}

function checkSchema({
  installId,
  namespace,
  schemaVersion,
  status,
  document,
}: StorageScope & StorageSchema): string {
  if (!isUuid(installId)) throw new RegistryError("install_not_found", "There is no such install.");
  const isNamespace = typeof namespace === "string" && namespace !== "" && namespace.isWellFormed();
  if (!isNamespace || namespace.length > STORAGE_LIMITS.namespaceLength || namespace.includes("\0")) {
    refuse("namespace", `must be 1 to ${STORAGE_LIMITS.namespaceLength} characters`);
  }
  const isVersion = Number.isSafeInteger(schemaVersion) && schemaVersion >= 1;
  if (!isVersion || schemaVersion > STORAGE_LIMITS.schemaVersionMax)
    refuse("schemaVersion", "must be a positive integer");
  if (!["active", "deprecated", "draft"].includes(status))
    refuse("status", "must be active, deprecated or draft");
  const isSchema = typeof document === "boolean" || (typeof document === "object" && document !== null);
  if (!isSchema || Array.isArray(document)) refuse("document", "must be a JSON Schema");
  const json = JSON.stringify(document);
  if (Buffer.byteLength(json) > MAX_SCHEMA_BYTES)
    refuse("document", `must have at most ${MAX_SCHEMA_BYTES} bytes`);
  // Any value tells whether the schema itself can be used.
  const broken = validateAgainst(document, null).find(({ code }) => code === "bad_schema");
  if (broken !== undefined) refuse("document", `cannot be used: ${broken.message}`);
  return json;
}

function refuse(field: string, problem: string): never {
  throw new RegistryError("invalid_request", `${field} ${problem}.`, { details: { field } });
}
