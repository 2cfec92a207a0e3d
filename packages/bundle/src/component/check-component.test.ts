import { WIT_INTERFACES, WIT_PACKAGE } from "@alga-ext/protocol/wit";
import { describe, expect, test } from "vitest";
import { codeOf } from "../../test-support/refusal.ts";
import { bytes, component, importingInstances, liftedAs } from "../../test-support/wasm.ts";
import { checkComponent } from "./check-component.ts";
import { inspectComponent } from "./inspect-component.ts";
import { matchWorld } from "./match-world.ts";
import { unusedCapabilities } from "./unused-capabilities.ts";

const ours = (...names: readonly string[]): string[] => names.map((name) => `${WIT_PACKAGE}/${name}`);
/** A component that exports a handler and imports these instances, functions by name. */
const importingFrom = (instances: Readonly<Record<string, readonly string[]>>): Uint8Array =>
  bytes(component(importingInstances(instances), liftedAs("handler")));
const importing = (...names: readonly string[]): Uint8Array =>
  importingFrom(Object.fromEntries(names.map((name) => [name, []])));
const declaring = (...capabilities: readonly string[]) => ({ capabilities });

describe("checkComponent", () => {
  test("a component that imports what it declares passes without a word", () => {
    const check = checkComponent(importing(...ours("storage", "logging")), declaring("cap:storage.kv"));
    expect(check).toMatchObject({ undeclared: [], unused: [], warnings: [] });
    expect(check.world).toMatchObject({
      matches: true,
      coverage: "partial",
      interfaces: ["storage", "logging"],
    });
    expect(check.report).toMatchObject({
      imports: ours("storage", "logging"),
      exports: ["handler"],
      features: [],
    });
  });

  test("default capabilities need no declaration", () => {
    const check = checkComponent(importing(...ours("context", "logging", "user", "user-v2")), declaring());
    expect(check.undeclared).toEqual([]);
  });

  test("an import that is not declared is refused by name", () => {
    expect(() => checkComponent(importing(...ours("storage", "http")), declaring("cap:storage.kv"))).toThrow(
      expect.objectContaining({ code: "undeclared_import", details: { interfaces: ["http"] } }),
    );
  });

  test("a component of the whole world passes with a warning, and never counts as unused", () => {
    const check = checkComponent(importing(...ours(...WIT_INTERFACES)), declaring("cap:storage.kv"));
    expect(check.world.coverage).toBe("full");
    expect(check.undeclared).toContain("http");
    expect(check.undeclared).not.toContain("storage");
    expect(check.unused).toEqual([]);
    expect(check.warnings).toHaveLength(1);
  });

  test("a capability that is declared but not imported is a warning", () => {
    const check = checkComponent(
      importing(...ours("storage")),
      declaring("cap:storage.kv", "cap:http.fetch"),
    );
    expect(check.unused).toEqual(["cap:http.fetch"]);
    expect(check.warnings).toHaveLength(1);
  });

  test("an interface of the host passes only where the host names it, function by function", async () => {
    const deals = importingFrom({ "acme:crm/deals@1.0.0": ["get"] });
    expect(await codeOf(() => checkComponent(deals, declaring()))).toBe("world_mismatch");
    const named = (functions: readonly string[]): Promise<string> =>
      codeOf(() =>
        checkComponent(deals, declaring(), { hostInterfaces: { "acme:crm/deals@1.0.0": functions } }),
      );
    expect(await named(["get"])).toBe("accepted");
    expect(await named(["list"])).toBe("world_mismatch");
  });

  test("caps are options", async () => {
    const limits = { maxBytes: 8 };
    expect(await codeOf(() => checkComponent(importing(), declaring(), { limits }))).toBe("component_limit");
  });
});

describe("matchWorld", () => {
  test("says everything that is foreign, at once", () => {
    const foreign = bytes(
      component(
        importingInstances({ "node:fs/promises": ["f"], "alga:extension/http": ["get"] }),
        liftedAs("then", "init"),
      ),
    );
    expect(matchWorld(inspectComponent(foreign))).toEqual({
      matches: false,
      coverage: "partial",
      interfaces: ["http"],
      foreignImports: ["node:fs/promises", "alga:extension/http#get"],
      foreignExports: ["then"],
      missingExports: ["handler"],
    });
  });
});

describe("unusedCapabilities", () => {
  test("reports neither defaults nor names it does not know", () => {
    const report = inspectComponent(importing());
    const manifest = declaring("cap:log.emit", "cap:context.read", "cap:acme.crm", "cap:secrets.get");
    expect(unusedCapabilities(report, manifest)).toEqual(["cap:secrets.get"]);
  });
});
