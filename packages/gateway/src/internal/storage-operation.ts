import {
  CodedError,
  STORAGE_STATUS,
  type JsonValue,
  type StorageErrorCode,
  type StorageOperation,
  type StorageWrite,
} from "@alga-ext/protocol";

/** A storage operation that is refused before it reaches the store. */
export class StorageRefusal extends CodedError<StorageErrorCode> {
  static override readonly brand = "StorageRefusal";

  constructor(code: StorageErrorCode, message: string) {
    super(code, STORAGE_STATUS[code], message);
  }
}

type Fields = Readonly<Record<string, unknown>>;
const MAX_BULK_ITEMS = 20;

/**
 * Check the JSON of one storage operation: known operation, field types, lengths. What a value may weigh is the store's
 * to say.
 *
 * @throws {StorageRefusal} `VALIDATION_FAILED`, `LIMIT_EXCEEDED` for more than 20 items.
 */
export function parseStorageOperation(value: unknown): StorageOperation {
  if (!isFields(value)) throw invalid("the body must be an object");
  const namespace = text(value, "namespace", 128);
  const operation = value["operation"];
  switch (operation) {
    case "put":
      return { operation, namespace, ...toWrite(value) };
    case "get":
      return { operation, namespace, key: text(value, "key", 256) };
    case "delete":
      return {
        operation,
        namespace,
        key: text(value, "key", 256),
        ...optional("ifRevision", integer(value, "ifRevision")),
      };
    case "list":
      return {
        operation,
        namespace,
        ...optional("limit", integer(value, "limit")),
        ...optional("cursor", optionalText(value, "cursor", 1024)),
        ...optional("keyPrefix", optionalText(value, "keyPrefix", 256)),
        ...optional("includeValues", flag(value, "includeValues")),
        ...optional("includeMetadata", flag(value, "includeMetadata")),
      };
    case "bulkPut": {
      const items = value["items"];
      if (!Array.isArray(items) || items.length === 0) throw invalid("items must be a non-empty list");
      if (items.length > MAX_BULK_ITEMS) throw new StorageRefusal("LIMIT_EXCEEDED", "At most 20 items.");
      return { operation, namespace, items: items.map(toWrite) };
    }
    default:
      throw invalid("operation must be put, get, list, delete or bulkPut");
  }
}

function toWrite(value: unknown): StorageWrite {
  if (!isFields(value)) throw invalid("an item must be an object");
  if (!Object.hasOwn(value, "value")) throw invalid("value is missing");
  const metadata = value["metadata"] ?? undefined;
  if (metadata !== undefined && !isFields(metadata)) throw invalid("metadata must be an object");
  return {
    key: text(value, "key", 256),
    value: value["value"] as JsonValue,
    ...optional("metadata", metadata as StorageWrite["metadata"]),
    ...optional("ttlSeconds", integer(value, "ttlSeconds")),
    ...optional("ifRevision", integer(value, "ifRevision")),
    ...optional("schemaVersion", integer(value, "schemaVersion")),
  };
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]?: Value });
}

function text(fields: Fields, name: string, max: number): string {
  const value = optionalText(fields, name, max);
  if (value === undefined || value === "") throw invalid(`${name} must be 1 to ${max} characters`);
  return value;
}

function optionalText(fields: Fields, name: string, max: number): string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.length > max)
    throw invalid(`${name} must be at most ${max} characters`);
  return value;
}

function integer(fields: Fields, name: string): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value)) throw invalid(`${name} must be an integer`);
  return value as number;
}

function flag(fields: Fields, name: string): boolean | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "boolean") throw invalid(`${name} must be true or false`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(why: string): StorageRefusal {
  return new StorageRefusal("VALIDATION_FAILED", `Invalid storage operation: ${why}.`);
}
