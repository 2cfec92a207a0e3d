import type { StorageListResult, StorageOperation, StorageRecord } from "@alga-ext/protocol";
import { StorageError } from "../../errors.ts";
import type { Registry } from "../../registry.ts";
import { STORAGE_ERRORS } from "../error-styles.ts";
import { createFamily, type Route } from "../route.ts";
import {
  anyObject,
  anyText,
  anything,
  flag,
  integer,
  list,
  nullable,
  object,
  text,
  time,
  uuid,
} from "../schemas/schema.ts";

const { route } = createFamily({
  tag: "Stored data",
  errors: STORAGE_ERRORS,
  params: { installId: uuid, namespace: text(128), key: text(256) },
});

const TIMES = { ttlExpiresAt: nullable(time), createdAt: time, updatedAt: time };
const PUT = { namespace: anyText, key: anyText, revision: integer(1), ...TIMES };
const WRITE = {
  metadata: anyObject,
  ttlSeconds: integer(1),
  ifRevision: integer(0),
  schemaVersion: integer(0),
};
const PATH = "/api/ext-storage/install/{installId}/{namespace}/records";

/**
 * `/api/ext-storage/install/{installId}/{namespace}/records…` (contract §1.9): what an extension has stored, for
 * administrators. The extension's own rules hold: its capability, its limits, its schemas.
 */
export const STORAGE_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: PATH,
    operationId: "listRecords",
    summary: "Records by key.",
    access: "extension:manage",
    query: object(
      {},
      {
        limit: integer(1, 100, { default: 25 }),
        cursor: text(4096),
        keyPrefix: text(256),
        includeValues: flag,
        includeMetadata: flag,
      },
    ),
    answer: object({
      items: list(
        object(
          { ...PUT, tenantId: anyText, extensionInstallId: uuid },
          { value: anything, metadata: anyObject },
        ),
      ),
      nextCursor: nullable(anyText),
    }),
    handle: async ({ registry, params, query, tenantId }) =>
      run<StorageListResult>(registry, { ...params, tenantId }, { operation: "list", ...query }),
  }),
  route({
    method: "POST",
    path: PATH,
    operationId: "putRecords",
    summary: "Store up to 20 records, all or none.",
    access: "extension:manage",
    body: object({ items: list(object({ key: text(256), value: anything }, WRITE), 20) }),
    answer: object({
      namespace: anyText,
      items: list(object({ key: anyText, revision: integer(1), ttlExpiresAt: nullable(time) })),
    }),
    handle: async ({ registry, params, body, tenantId }) =>
      run<{
        namespace: string;
        items: { key: string; revision: number; ttlExpiresAt: string | null }[];
      }>(registry, { ...params, tenantId }, { operation: "bulkPut", ...body }),
  }),
  route({
    method: "GET",
    path: `${PATH}/{key}`,
    operationId: "getRecord",
    summary: "One record. With the header `if-revision-match` only in that revision.",
    access: "extension:manage",
    answer: object({ ...PUT, value: anything, metadata: anyObject }),
    async handle({ registry, params, request, tenantId }) {
      const { key } = params;
      const record = await run<StorageRecord>(registry, { ...params, tenantId }, { operation: "get", key });
      const wanted = request.headers.get("if-revision-match");
      if (wanted === null || wanted === `${record.revision}`) return record;
      throw new StorageError("REVISION_MISMATCH", "The record has another revision.", {
        details: { revision: record.revision },
      });
    },
  }),
  route({
    method: "PUT",
    path: `${PATH}/{key}`,
    operationId: "putRecord",
    summary: "Store one record.",
    access: "extension:manage",
    body: object({ value: anything }, WRITE),
    answer: object(PUT),
    handle: async ({ registry, params, body, tenantId }) =>
      run<Omit<StorageRecord, "value" | "metadata">>(
        registry,
        { ...params, tenantId },
        { operation: "put", key: params.key, ...body },
      ),
  }),
  route({
    method: "DELETE",
    path: `${PATH}/{key}`,
    operationId: "deleteRecord",
    summary: "Delete one record.",
    access: "extension:manage",
    status: 204,
    query: object({}, { ifRevision: integer(0) }),
    async handle({ registry, params, query, tenantId }) {
      await run(registry, { ...params, tenantId }, { operation: "delete", key: params.key, ...query });
    },
  }),
];

type WithoutNamespace<T> = T extends unknown ? Omit<T, "namespace"> : never;

/** The host API answers by operation; `T` is what this one answers. */
async function run<T>(
  registry: Registry,
  scope: { readonly tenantId: string; readonly installId: string; readonly namespace: string },
  operation: WithoutNamespace<StorageOperation>,
): Promise<T> {
  const { tenantId, installId, namespace } = scope;
  const whole = { ...operation, namespace } as StorageOperation;
  return (await registry.hostApi.storage({ tenantId, installId }, whole)) as T;
}
