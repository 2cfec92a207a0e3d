import { RegistryError } from "../errors.ts";

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; ask for the next page with it. Null at the end. */
  readonly nextCursor: string | null;
}

/** Which part of a list to answer. */
export interface PageQuery {
  /** 1 to 100. @default 50 */
  readonly limit?: number;
  /** `nextCursor` of the page before; only of the same list. */
  readonly cursor?: string;
}

/** Rows per page at most. */
const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 50;
const MAX_CURSOR_LENGTH = 2_000;

/**
 * Check a limit.
 *
 * @throws {RegistryError} `invalid_request`
 */
export function toLimit(limit: number = DEFAULT_LIMIT): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new RegistryError("invalid_request", `A limit is a whole number from 1 to ${MAX_LIMIT}.`, {
    details: { limit: Number.isFinite(limit) ? limit : String(limit) },
  });
}

/** Make a cursor that only the list named `list` takes back. */
export function encodeCursor(list: string, key: string): string {
  return Buffer.from(JSON.stringify([list, key])).toString("base64url");
}

/**
 * The key after which a page starts; null for the first page.
 *
 * @throws {RegistryError} `invalid_request` for a cursor of another list, and for anything else
 */
export function decodeCursor(list: string, cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const read = parse(cursor);
  if (Array.isArray(read) && read.length === 2 && read[0] === list) {
    const key: unknown = read[1];
    if (typeof key === "string" && !key.includes("\0")) return key;
  }
  throw new RegistryError("invalid_request", "The cursor is not of this list: start again without one.", {
    details: { field: "cursor" },
  });
}

/** Cut a page from `limit + 1` rows. */
export function toPage<Row, T>(
  rows: readonly Row[],
  options: {
    readonly limit: number;
    readonly list: string;
    readonly keyOf: (row: Row) => string;
    readonly toItem: (row: Row) => T;
  },
): Page<T> {
  const { limit, list, keyOf, toItem } = options;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(list, keyOf(last)) : null,
  };
}

function parse(cursor: string): unknown {
  if (cursor.length > MAX_CURSOR_LENGTH) return null;
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return null;
  }
}
