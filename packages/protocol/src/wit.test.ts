import { describe, expect, test } from "vitest";
import { ALGA_EXTENSION_WIT, subWorldWit, WIT_INTERFACES, type WitInterface } from "./wit.ts";

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
