import {
  CodedError,
  STORAGE_STATUS,
  type JsonValue,
  type StorageErrorCode,
  type StorageResult,
} from "@alga-ext/protocol";
import type { HostStorage } from "../ports.ts";

interface Row {
  readonly value: JsonValue;
  readonly metadata: { readonly [key: string]: JsonValue };
  readonly revision: number;
}

const AT = "2026-01-01T00:00:00.000Z";
const TIMES = { ttlExpiresAt: null, createdAt: AT, updatedAt: AT } as const;

/** Storage in memory, one table per tenant and install; enough of the host API for guests, no quotas or expiry. */
export function createMemoryStorage(): HostStorage {
  const rows = new Map<string, Row>();
  return {
    async storage({ tenantId, installId }, operation) {
      const prefix = JSON.stringify([tenantId, installId, operation.namespace]);
      const keyOf = (key: string) => `${prefix}${key}`;
      const namespace = operation.namespace;
      await Promise.resolve();
      switch (operation.operation) {
        case "put": {
          const before = rows.get(keyOf(operation.key));
          if (operation.ifRevision !== undefined && operation.ifRevision !== before?.revision)
            throw refuse("REVISION_MISMATCH");
          const revision = (before?.revision ?? 0) + 1;
          rows.set(keyOf(operation.key), {
            value: operation.value,
            metadata: operation.metadata ?? {},
            revision,
          });
          return { namespace, key: operation.key, revision, ...TIMES };
        }
        case "get": {
          const row = rows.get(keyOf(operation.key));
          if (row === undefined) throw refuse("NOT_FOUND");
          return { namespace, key: operation.key, ...row, ...TIMES } satisfies StorageResult;
        }
        case "list": {
          const keys = [...rows.keys()].filter((key) => key.startsWith(prefix)).sort();
          const start = operation.cursor === undefined ? 0 : Number(operation.cursor);
          const limit = operation.limit ?? 25;
          const items = keys.slice(start, start + limit).map((full) => ({
            tenantId,
            extensionInstallId: installId,
            namespace,
            key: full.slice(prefix.length),
            ...(rows.get(full) as Row),
            ...TIMES,
          }));
          return { items, nextCursor: start + limit < keys.length ? String(start + limit) : null };
        }
        case "delete":
          return { success: rows.delete(keyOf(operation.key)) };
        case "bulkPut":
          throw refuse("VALIDATION_FAILED");
      }
    },
  };
}

function refuse(code: StorageErrorCode): CodedError {
  return new CodedError(code, STORAGE_STATUS[code], `Storage refused: ${code}.`);
}
