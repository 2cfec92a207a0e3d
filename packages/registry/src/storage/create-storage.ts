import type { HostApi } from "@alga-ext/protocol";
import type { RegistryDb } from "../db/registry-db.ts";
import { StorageError } from "../errors.ts";
import { checkAccess } from "./check-access.ts";
import { deleteRecord } from "./delete-record.ts";
import { getRecord } from "./get-record.ts";
import { listRecords } from "./list-records.ts";
import { parseOperation } from "./parse-operation.ts";
import { putRecords } from "./put-records.ts";
import { assertFitsSchema } from "./schemas.ts";

/** What {@link createStorage} needs. */
export interface StorageOptions {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** The key-value half of the host API: each operation is one transaction of one tenant. */
export function createStorage({ db, clock }: StorageOptions): HostApi["storage"] {
  return async (scope, input) => {
    const operation = parseOperation(input);
    const now = new Date(clock());
    try {
      return await db.withTenant(scope.tenantId, async (tx) => {
        const { registryId } = await checkAccess(tx, scope);
        const owner = { ...scope, registryId };
        const { namespace } = operation;
        switch (operation.operation) {
          case "get":
            return getRecord(tx, scope, { ...operation, now });
          case "list":
            return listRecords(tx, scope, { operation, now });
          case "delete":
            return deleteRecord(tx, owner, { ...operation, now });
          case "bulkPut": {
            await assertFitsSchema(tx, scope, operation);
            const stored = await putRecords(tx, owner, { ...operation, now });
            const items = stored.map(({ key, revision, ttlExpiresAt }) => ({ key, revision, ttlExpiresAt }));
            return { namespace, items };
          }
          case "put": {
            await assertFitsSchema(tx, scope, operation);
            const [stored] = await putRecords(tx, owner, { ...operation, now });
            if (stored === undefined) throw new TypeError("put writes one record");
            return stored;
          }
        }
      });
    } catch (error) {
      throw toStorageError(error);
    }
  };
}

/** Database failures leave as storage codes: a vanished install is `NOT_FOUND`, everything else `INTERNAL_ERROR`. */
function toStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const foreignKeyViolation =
    typeof error === "object" && error !== null && "code" in error && error.code === "23503";
  return foreignKeyViolation
    ? new StorageError("NOT_FOUND", "There is no such install.", { cause: error })
    : new StorageError("INTERNAL_ERROR", "The storage operation failed.", { cause: error, retryable: true });
}
