import {
  CodedError,
  STORAGE_STATUS,
  type JsonValue,
  type StorageListResult,
  type StorageOperation,
  type StoragePutResult,
  type StorageRecord,
} from "@alga-ext/protocol";
import type { HostAnswer } from "../cells/cell.ts";
import type { WireValue } from "../frames/wire-value.ts";
import type { HostStorage } from "../ports.ts";
import { fromBase64 } from "./from-base64.ts";
import { take } from "./take.ts";
import { err, ok, record, text, type CapabilityFunction, type CapabilityInterface } from "./capability.ts";

/** Marks a value that is base64 of the guest's bytes (contract §4.5). */
const BYTES = { encoding: "base64-bytes" } as const;

/** What the host takes at most (contract §1.8.1). */
const MAX_PAGE = 100;

/** `alga:extension/storage`: the install's key-value rows, through the host API. */
export function createStorageInterface(host: HostStorage | null): CapabilityInterface {
  const operation =
    (
      toOperation: (args: readonly WireValue[]) => StorageOperation,
      toAnswer: (result: unknown, args: readonly WireValue[]) => HostAnswer,
    ): CapabilityFunction =>
    async (session, args) => {
      if (session.scope.installId === "" || !take(session, "storage_ops")) return err("denied");
      if (host === null) return err("internal");
      try {
        const result: unknown = await host.storage(session.scope, toOperation(args), {
          signal: session.ending.signal,
        });
        return toAnswer(result, args);
      } catch (error) {
        return err(toStorageError(error));
      }
    };

  return {
    grant: "cap:storage.kv",
    denied: () => err("denied"),
    functions: {
      get: operation(
        ([namespace, key]) => ({ operation: "get", namespace: text(namespace), key: text(key) }),
        (result) => ok(toEntry(result as StorageRecord)),
      ),
      put: operation(
        ([entry]) => {
          const { namespace, key, value, revision } = record(entry);
          const bytes = value instanceof Uint8Array ? value : new Uint8Array(0);
          return {
            operation: "put",
            namespace: text(namespace),
            key: text(key),
            value: Buffer.from(bytes).toString("base64"),
            metadata: BYTES,
            ...(typeof revision === "bigint" ? { ifRevision: Number(revision) } : {}),
          };
        },
        (result, [entry]) => {
          const { namespace, key, value } = record(entry);
          return ok({
            namespace: text(namespace),
            key: text(key),
            value: value instanceof Uint8Array ? value : new Uint8Array(0),
            revision: BigInt((result as StoragePutResult).revision),
          });
        },
      ),
      delete: operation(
        ([namespace, key]) => ({ operation: "delete", namespace: text(namespace), key: text(key) }),
        // An absent key is `missing`, not a conflict.
        (result) => ((result as { success: boolean }).success ? ok() : err("missing")),
      ),
      listEntries: operation(
        ([namespace, cursor]) => ({
          operation: "list",
          namespace: text(namespace),
          includeValues: true,
          includeMetadata: true,
          ...(typeof cursor === "string" && cursor !== "" ? { cursor } : {}),
        }),
        (result) => ok((result as StorageListResult).items.map((item) => toEntry(item))),
      ),
      listPage: operation(
        ([namespace, options]) => {
          const { cursor, limit, keyPrefix } = record(options);
          return {
            operation: "list",
            namespace: text(namespace),
            includeValues: true,
            includeMetadata: true,
            ...(typeof cursor === "string" && cursor !== "" ? { cursor } : {}),
            ...(typeof limit === "number" ? { limit: Math.min(Math.max(limit, 1), MAX_PAGE) } : {}),
            ...(typeof keyPrefix === "string" && keyPrefix !== "" ? { keyPrefix } : {}),
          };
        },
        (result) => {
          const { items, nextCursor } = result as StorageListResult;
          return ok({ entries: items.map((item) => toEntry(item)), cursor: nextCursor });
        },
      ),
    },
  };
}

function toEntry(
  item: Pick<StorageRecord, "namespace" | "key" | "revision"> & Partial<StorageRecord>,
): WireValue {
  return {
    namespace: item.namespace,
    key: item.key,
    value: toBytes(item.value ?? null, item.metadata ?? {}),
    revision: BigInt(item.revision),
  };
}

/** Bytes as the guest stored them, or of whatever JSON a legacy writer left. */
function toBytes(value: JsonValue, metadata: { readonly [key: string]: JsonValue }): Uint8Array {
  if (typeof value === "string") {
    if (metadata["encoding"] === BYTES.encoding) return Buffer.from(value, "base64");
    return fromBase64(value) ?? Buffer.from(value);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const inner = (value as { readonly [key: string]: JsonValue })["_bytes_b64"];
    if (typeof inner === "string") return Buffer.from(inner, "base64");
  }
  return Buffer.from(JSON.stringify(value));
}

/** Status map of contract §4.3: 401, 403, 429 denied; 404 missing; 409 conflict; else internal. */
function toStorageError(error: unknown): string {
  const code = error instanceof CodedError ? error.code : "";
  const status = Object.hasOwn(STORAGE_STATUS, code)
    ? STORAGE_STATUS[code as keyof typeof STORAGE_STATUS]
    : 500;
  if (status === 401 || status === 403 || status === 429) return "denied";
  if (status === 404) return "missing";
  return status === 409 ? "conflict" : "internal";
}
