import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  ALGA_EXTENSION_WIT,
  FIRST_WIT_INTERFACES,
  subWorldWit,
  WIT_INTERFACES,
  type WitInterface,
} from "./wit.ts";

/** The world as the first components were built for it; never edited. */
const FIRST_WIT = readFileSync(new URL("../test-fixtures/alga-extension-first.wit", import.meta.url), "utf8");

/** Types and functions by `interface.name`, without comments and spacing. */
function definitionsOf(wit: string): Map<string, string> {
  const found = new Map<string, string>();
  const bare = wit.replaceAll(/^\s*\/\/\/.*\n/gm, "");
  for (const [, owner = "", body = ""] of bare.matchAll(
    /^(?:interface|world) ([a-z0-9-]+) \{\n(.*?)^\}/gms,
  )) {
    for (const [text, name = ""] of body.matchAll(
      /^ {2}(?:(?:record|enum|variant|import|export) )?([a-z][a-z0-9-]*)(?::| \{|;)(?:[^{}]*\}|[^\n]*;)?/gm,
    )) {
      if (name !== "use") found.set(`${owner}.${name}`, text.replaceAll(/\s+/g, " "));
    }
  }
  return found;
}

describe("the world", () => {
  const first = definitionsOf(FIRST_WIT);
  const now = definitionsOf(ALGA_EXTENSION_WIT);

  test("keeps every type and function of the first version as it was", () => {
    expect(first.size).toBeGreaterThan(70);
    expect(first.get("types.secret-error")).toContain("expired");
    expect(first.get("storage.list-entries")).toContain("option<string>");
    expect([...first].filter(([name, text]) => now.get(name) !== text)).toEqual([]);
  });

  test("has grown by exactly this", () => {
    expect([...now.keys()].filter((name) => !first.has(name))).toEqual([
      "types.storage-page-options",
      "types.storage-page",
      "types.config-error",
      "storage.list-page",
      "ui-proxy.call",
      "config.get",
      "config.list-entries",
      "metrics.add",
      "metrics.observe",
      "runner.config",
      "runner.metrics",
    ]);
  });

  test("lists its first interfaces in their order", () => {
    const imports = [...FIRST_WIT.matchAll(/^ {2}import ([a-z0-9-]+);$/gm)].map(([, name]) => name);
    expect([...FIRST_WIT_INTERFACES]).toEqual(imports);
  });
});

describe("subWorldWit", () => {
  test("keeps every interface definition and only the named imports", () => {
    const wit = subWorldWit(["context", "user"]);
    expect(wit).toContain("  import context;\n");
    expect(wit).toContain("  import user;\n");
    expect(wit).not.toContain("  import user-v2;\n");
    expect(wit).not.toContain("  import storage;\n");
    expect(wit).toContain("interface storage {");
  });

  test("the full list is the published world", () => {
    expect(subWorldWit(WIT_INTERFACES)).toBe(ALGA_EXTENSION_WIT);
  });

  test("refuses a name that is not in the world", () => {
    expect(() => subWorldWit(["sockets" as WitInterface])).toThrow(TypeError);
  });
});
