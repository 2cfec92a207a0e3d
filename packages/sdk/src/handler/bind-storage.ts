import type { JsonValue } from "@alga-ext/protocol";
import { SdkError } from "../errors.ts";
import type { JsonEntry, StorageBinding, StorageEntry } from "../ports.ts";
import { callImport, type WitImports } from "./call-import.ts";
import { toWitBytes, toWitRecord, toWitString } from "./wit-record.ts";

interface WireEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** A number in QuickJS, a bigint elsewhere. */
  readonly revision?: number | bigint | null;
}

/** Storage over the imported interface: null for a missing key, pages gathered, JSON in and out. */
export function bindStorage(imports: WitImports): StorageBinding {
  const call = (name: string, ...args: unknown[]): unknown =>
    callImport({ imports, interface: "storage", name, family: "storage" }, args);

  const binding: StorageBinding = {
    async get(namespace, key) {
      return (await binding.getEntry(namespace, key))?.value ?? null;
    },
    async getEntry(namespace, key) {
      try {
        return toEntry(call("get", toWitString(namespace, "namespace"), toWitString(key, "key")));
      } catch (error) {
        if (error instanceof SdkError && error.code === "storage_missing") return null;
        throw error;
      }
    },
    async put(entry) {
      const record = toWitRecord(entry, { namespace: "string", key: "string", revision: "u64?" }, "entry");
      return toEntry(call("put", { ...record, value: toWitBytes(entry.value, "entry.value") }));
    },
    async delete(namespace, key) {
      call("delete", toWitString(namespace, "namespace"), toWitString(key, "key"));
    },
    async list(namespace) {
      const name = toWitString(namespace, "namespace");
      const entries: StorageEntry[] = [];
      let last: string | undefined;
      for (;;) {
        const page = call(
          "listEntries",
          name,
          last === undefined ? undefined : encodeCursor(last),
        ) as unknown[];
        const lastOfPage = page.length === 0 ? undefined : toEntry(page.at(-1)).key;
        // A host that ignores cursors answers the same page again.
        if (lastOfPage === undefined || lastOfPage === last) return entries;
        for (const entry of page) entries.push(toEntry(entry));
        last = lastOfPage;
      }
    },
    async listPage(namespace, options = {}) {
      const { entries, cursor } = call(
        "listPage",
        toWitString(namespace, "namespace"),
        toWitRecord(options, { cursor: "string?", limit: "u32?", keyPrefix: "string?" }, "options"),
      ) as { readonly entries: readonly unknown[]; readonly cursor?: string | null };
      const more = cursor === undefined || cursor === null ? {} : { cursor };
      return { entries: entries.map(toEntry), ...more };
    },
    async getJson<Value = JsonValue>(namespace: string, key: string) {
      const bytes = await binding.get(namespace, key);
      return bytes === null ? null : (parseStored(bytes, namespace, key) as Value);
    },
    async putJson(namespace, key, value, options = {}) {
      return binding.put({
        namespace,
        key,
        value: new TextEncoder().encode(JSON.stringify(value)),
        ...options,
      });
    },
    async listJson<Value = JsonValue>(namespace: string): Promise<JsonEntry<Value>[]> {
      return (await binding.list(namespace)).map(({ key, value, ...rest }) => ({
        key,
        value: parseStored(value, namespace, key) as Value,
        ...rest,
      }));
    },
  };
  return binding;
}

/** The cursor that continues after a key (contract §4.5): base64url of `{"key":…}`. */
function encodeCursor(key: string): string {
  const bytes = new TextEncoder().encode(JSON.stringify({ key }));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function toEntry(wire: unknown): StorageEntry {
  const { key, value, revision } = wire as WireEntry;
  return {
    key,
    value,
    ...(revision === undefined || revision === null ? {} : { revision: Number(revision) }),
  };
}

function parseStored(bytes: Uint8Array, namespace: string, key: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new SdkError("invalid_json", `Stored value ${namespace}/${key} is not JSON.`, { cause: error });
  }
}
