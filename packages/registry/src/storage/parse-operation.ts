import type { JsonValue, StorageOperation, StorageWrite } from "@alga-ext/protocol";
import { StorageError } from "../errors.ts";
import { STORAGE_LIMITS as LIMITS } from "./limits.ts";

/** One write with its encoded form, so that what is measured is what is stored. */
export interface EncodedWrite {
  readonly key: string;
  readonly value: JsonValue;
  readonly valueJson: string;
  readonly valueBytes: number;
  readonly metadataJson: string;
  readonly metadataBytes: number;
  readonly ttlSeconds: number | null;
  readonly ifRevision: number | null;
}

/** A storage operation whose every field has been checked. */
export type CheckedOperation =
  | {
      readonly operation: "put" | "bulkPut";
      readonly namespace: string;
      /** Of the schema to hold the values against; null for the active one, if any. */
      readonly schemaVersion: number | null;
      readonly writes: readonly EncodedWrite[];
    }
  | { readonly operation: "get"; readonly namespace: string; readonly key: string }
  | {
      readonly operation: "delete";
      readonly namespace: string;
      readonly key: string;
      readonly ifRevision: number | null;
    }
  | {
      readonly operation: "list";
      readonly namespace: string;
      readonly limit: number;
      readonly after: string | null;
      readonly keyPrefix: string;
      readonly includeValues: boolean;
      readonly includeMetadata: boolean;
    };

/**
 * Check an operation that may come straight from a request body.
 *
 * @throws {StorageError} `VALIDATION_FAILED`, `LIMIT_EXCEEDED`.
 */
export function parseOperation(input: StorageOperation): CheckedOperation {
  if (typeof input !== "object" || input === null) refuse("operation", "must be an object");
  const namespace = text(input.namespace, "namespace", LIMITS.namespaceLength);
  switch (input.operation) {
    case "put":
      return {
        operation: "put",
        namespace,
        writes: [encodeWrite(input)],
        schemaVersion: input.schemaVersion ?? null,
      };
    case "bulkPut":
      return {
        operation: "bulkPut",
        namespace,
        writes: encodeBulk(input.items),
        schemaVersion: input.items[0]?.schemaVersion ?? null,
      };
    case "get":
      return { operation: "get", namespace, key: parseKey(input.key) };
    case "delete":
      return {
        operation: "delete",
        namespace,
        key: parseKey(input.key),
        ifRevision: revision(input.ifRevision),
      };
    case "list":
      return {
        operation: "list",
        namespace,
        limit: pageSize(input.limit),
        after: input.cursor === undefined ? null : decodeCursor(input.cursor),
        keyPrefix:
          input.keyPrefix === undefined || input.keyPrefix === ""
            ? ""
            : text(input.keyPrefix, "keyPrefix", LIMITS.keyLength),
        includeValues: flag(input.includeValues, "includeValues"),
        includeMetadata: flag(input.includeMetadata, "includeMetadata"),
      };
    default:
      return refuse("operation", "must be put, get, list, delete or bulkPut");
  }
}

/** The cursor that continues after a key: base64url of `{"key": …}`. */
export function encodeCursor(lastReturnedKey: string): string {
  return Buffer.from(JSON.stringify({ key: lastReturnedKey })).toString("base64url");
}

function decodeCursor(cursor: unknown): string {
  if (typeof cursor !== "string" || cursor.length > 4096)
    return refuse("cursor", "must be a cursor of this API");
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return refuse("cursor", "must be a cursor of this API");
  }
  const key = typeof parsed === "object" && parsed !== null && "key" in parsed ? parsed.key : undefined;
  return text(key, "cursor", LIMITS.keyLength);
}

function encodeBulk(items: unknown): EncodedWrite[] {
  if (!Array.isArray(items) || items.length === 0) return refuse("items", "must hold at least one item");
  if (items.length > LIMITS.bulkItems) exceed("items", LIMITS.bulkItems, items.length);
  const writes = (items as StorageWrite[]).map((item) => encodeWrite(item));
  if (new Set(writes.map((write) => write.key)).size < writes.length)
    refuse("items", "must not repeat a key");
  if (new Set((items as StorageWrite[]).map((item) => item.schemaVersion)).size > 1) {
    refuse("items", "must all have the same schemaVersion");
  }
  const bytes = writes.reduce((sum, write) => sum + write.valueBytes + write.metadataBytes, 0);
  if (bytes > LIMITS.bulkBytes) exceed("items bytes", LIMITS.bulkBytes, bytes);
  return writes;
}

function encodeWrite(write: StorageWrite): EncodedWrite {
  if (typeof write !== "object" || write === null) return refuse("items", "must be objects");
  if (write.value === undefined) refuse("value", "is missing");
  const metadata: JsonValue = write.metadata ?? {};
  if (typeof metadata !== "object" || Array.isArray(metadata)) refuse("metadata", "must be an object");
  const { schemaVersion = 1 } = write;
  if (!Number.isInteger(schemaVersion) || Math.abs(schemaVersion) > LIMITS.schemaVersionMax) {
    refuse("schemaVersion", "must be an integer of 32 bits");
  }
  const key = parseKey(write.key);
  if (isDeeper(write.value, LIMITS.depth)) refuse("value", `must have at most ${LIMITS.depth} levels`);
  if (isDeeper(metadata, LIMITS.depth)) refuse("metadata", `must have at most ${LIMITS.depth} levels`);
  const valueJson = JSON.stringify(write.value);
  const metadataJson = JSON.stringify(metadata);
  const valueBytes = Buffer.byteLength(valueJson);
  const metadataBytes = Buffer.byteLength(metadataJson);
  if (valueBytes > LIMITS.valueBytes) exceed("value bytes", LIMITS.valueBytes, valueBytes);
  if (metadataBytes > LIMITS.metadataBytes) exceed("metadata bytes", LIMITS.metadataBytes, metadataBytes);
  return {
    key,
    value: write.value,
    valueJson,
    valueBytes,
    metadataJson,
    metadataBytes,
    ttlSeconds: ttl(write.ttlSeconds),
    ifRevision: revision(write.ifRevision),
  };
}

/** Deeper values overflow the stack of whoever walks them: this process, the database, and who reads them back. */
function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member: JsonValue) => isDeeper(member, levels - 1));
}

function parseKey(value: unknown): string {
  const key = text(value, "key", LIMITS.keyLength);
  return key.includes("/") ? refuse("key", "must not contain a slash") : key;
}

function text(value: unknown, field: string, maxLength: number): string {
  if (typeof value !== "string" || value === "") return refuse(field, "must be a non-empty string");
  if (value.length > maxLength) return refuse(field, `must have at most ${maxLength} characters`);
  // Postgres text holds neither NUL nor half a surrogate pair; refuse instead of changing the name.
  if (value.includes("\0") || !value.isWellFormed())
    return refuse(field, "must be well-formed text without NUL");
  return value;
}

function ttl(value: unknown): number | null {
  if (value === undefined) return null;
  if (!Number.isSafeInteger(value)) return refuse("ttlSeconds", "must be an integer");
  const seconds = value as number;
  if (seconds < LIMITS.ttlMinSeconds) exceed("ttlSeconds", LIMITS.ttlMinSeconds, seconds);
  if (seconds > LIMITS.ttlMaxSeconds) exceed("ttlSeconds", LIMITS.ttlMaxSeconds, seconds);
  return seconds;
}

function revision(value: unknown): number | null {
  if (value === undefined) return null;
  return Number.isSafeInteger(value) ? (value as number) : refuse("ifRevision", "must be an integer");
}

function pageSize(value: unknown): number {
  if (value === undefined) return LIMITS.pageDefault;
  const size = Number.isSafeInteger(value) ? (value as number) : 0;
  return size >= 1 && size <= LIMITS.pageMax ? size : refuse("limit", `must be 1 to ${LIMITS.pageMax}`);
}

function flag(value: unknown, field: string): boolean {
  if (value === undefined) return false;
  return typeof value === "boolean" ? value : refuse(field, "must be true or false");
}

function refuse(field: string, problem: string): never {
  throw new StorageError("VALIDATION_FAILED", `${field} ${problem}.`, { details: { field } });
}

function exceed(limit: string, allowed: number, actual: number): never {
  throw new StorageError("LIMIT_EXCEEDED", `${limit}: ${actual} is outside the limit of ${allowed}.`, {
    details: { limit, allowed, actual },
  });
}
