/** A stored value as the host sees it. */
export interface MemoryEntry {
  readonly namespace: string;
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision?: number | null;
}

/** The functions of interface `storage`; errors are thrown as QuickJS throws WIT errors. */
export type MemoryStorage = {
  readonly get: (namespace: string, key: string) => Required<MemoryEntry>;
  readonly put: (entry: MemoryEntry) => Required<MemoryEntry>;
  readonly delete: (namespace: string, key: string) => void;
  readonly listEntries: (namespace: string, cursor?: string | null) => Required<MemoryEntry>[];
  readonly listPage: (
    namespace: string,
    options: {
      readonly cursor?: string | null;
      readonly limit?: number | null;
      readonly keyPrefix?: string | null;
    },
  ) => { readonly entries: Required<MemoryEntry>[]; readonly cursor: string | null };
};

const PAGE_SIZE = 25;
const MAX_PAGE_SIZE = 100;

/** The `storage` interface in memory, with the host's semantics: revisions, conflicts, key order, pages of 25. */
export function createMemoryStorage(): MemoryStorage {
  const rows = new Map<string, Required<MemoryEntry> & { readonly revision: number }>();
  const id = (namespace: string, key: string): string => JSON.stringify([namespace, key]);
  const pageAfter = (
    namespace: string,
    {
      cursor,
      keyPrefix,
    }: { readonly cursor?: string | null | undefined; readonly keyPrefix?: string | null },
  ) => {
    const after = cursor === undefined || cursor === null ? "" : decodeCursor(cursor);
    return [...rows.values()]
      .filter((row) => row.namespace === namespace && row.key > after && row.key.startsWith(keyPrefix ?? ""))
      .sort((one, other) => (one.key < other.key ? -1 : 1));
  };
  return {
    get(namespace, key) {
      return copy(rows.get(id(namespace, key)) ?? fail("missing"));
    },
    put(entry) {
      const stored = rows.get(id(entry.namespace, entry.key));
      const wanted = entry.revision ?? undefined;
      if (wanted !== undefined && wanted !== stored?.revision) fail("conflict");
      const next = { ...entry, value: entry.value.slice(), revision: (stored?.revision ?? 0) + 1 };
      rows.set(id(entry.namespace, entry.key), next);
      return copy(next);
    },
    delete(namespace, key) {
      if (!rows.delete(id(namespace, key))) fail("missing");
    },
    listEntries: (namespace, cursor) => pageAfter(namespace, { cursor }).slice(0, PAGE_SIZE).map(copy),
    listPage(namespace, options) {
      const rest = pageAfter(namespace, options);
      const entries = rest.slice(0, Math.min(options.limit ?? PAGE_SIZE, MAX_PAGE_SIZE)).map(copy);
      const last = entries.at(-1)?.key;
      const isLast = last === undefined || entries.length === rest.length;
      return { entries, cursor: isLast ? null : encodeCursor(last) };
    },
  };
}

function copy(entry: Required<MemoryEntry>): Required<MemoryEntry> {
  return { ...entry, value: entry.value.slice() };
}

function encodeCursor(key: string): string {
  const bytes = new TextEncoder().encode(JSON.stringify({ key }));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function decodeCursor(cursor: string): string {
  const binary = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  const text = new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  return (JSON.parse(text) as { key: string }).key;
}

/** Throw as QuickJS does for a WIT error. */
function fail(payload: string): never {
  throw Object.assign(new Error(payload), { payload });
}
