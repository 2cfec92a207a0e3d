import { describe, expect, test } from "vitest";
import { BundleError } from "../errors.ts";
import { codeOf } from "../../test-support/refusal.ts";
import {
  bytes,
  component,
  coreModule,
  embed,
  exporting,
  importing,
  importingInstance,
  leb,
  liftedAs,
  name,
  nested,
  section,
  vec,
  voidType,
  withBody,
} from "../../test-support/wasm.ts";
import { assertRunnerWorld } from "./assert-runner-world.ts";
import { assertSafeNames } from "./assert-safe-names.ts";
import { assertSupportedFeatures } from "./assert-supported-features.ts";
import { inspectComponent } from "./inspect-component.ts";

const MARKER = "globalThis.__attack=1";

describe("J01–J04: names that would become code", () => {
  const rows: [string, number[]][] = [
    ["J01 core export breaks out of a member", embed(exporting(`a'];${MARKER};['`))],
    ["J01 in a module of a nested component", nested(component(embed(exporting(`a'];${MARKER};['`))))],
    ["J02 core import field breaks an object literal", embed(importing("m", `a':0},x:(${MARKER}),y:{'`))],
    ["J03 core import module", embed(importing(`m'];${MARKER};['`, "f"))],
    ["J01 inline export of a core instance", section(2, vec([0x01, ...vec([...name("a']"), 0x00, 0])]))],
    ["J01 core export named by an alias", section(6, vec([0x00, 0x00, 0x01, 0, ...name("a']")]))],
    ["J02 argument of a core instantiation", section(2, vec([0x00, 0, ...vec([...name("a'"), 0x12, 0])]))],
    ["J04 newline", embed(exporting("a\nb"))],
    ["J04 backslash", embed(exporting("a\\"))],
    ["J04 NUL", embed(exporting("a\0"))],
    ["J04 line separator", embed(exporting("a\u2028b"))],
    ["J04 backtick", embed(importing("`${x}`", "f"))],
    ["J04 10 KB", embed(exporting("a".repeat(10_240)))],
    ["empty export", embed(exporting(""))],
  ];
  test.each(rows)("%s", async (_row, sections) => {
    expect(await codeOf(() => assertSafeNames(bytes(component(sections))))).toBe("bad_core_name");
    expect("__attack" in globalThis).toBe(false);
  });

  test.each(["a'", "a\nb", "", "url=<x>", "a:b/c@1.0.0+a.b", "a".repeat(201), "\u202e"])(
    "a component export named %j",
    async (text) => {
      expect(await codeOf(() => assertSafeNames(bytes(component(liftedAs(text)))))).toBe(
        "bad_component_name",
      );
    },
  );

  test("an empty core import name is what adapters use, and stays legal", async () => {
    expect(await codeOf(() => assertSafeNames(bytes(component(embed(importing("", "0"))))))).toBe("accepted");
  });
});

describe("J06, J07: names the world does not have", () => {
  const judge = (...sections: number[][]): Promise<string> =>
    codeOf(() => assertRunnerWorld(inspectComponent(bytes(component(...sections)))));

  test.each([
    ["J06 a thenable", liftedAs("handler", "then")],
    ["no handler", liftedAs("init")],
    ["J07 import constructor", [...importingInstance("constructor", "get"), ...liftedAs("handler")]],
    [
      "J07 function to-string",
      [...importingInstance("alga:extension/storage", "to-string"), ...liftedAs("handler")],
    ],
    [
      "J07 function constructor",
      [...importingInstance("alga:extension/http", "constructor"), ...liftedAs("handler")],
    ],
    ["a type of its own", [...importedType("other"), ...liftedAs("handler")]],
    ["wasi http", [...importingInstance("wasi:http/types@0.2.0", "f"), ...liftedAs("handler")]],
    ["wasi filesystem", [...importingInstance("wasi:filesystem/types@0.2.0", "f"), ...liftedAs("handler")]],
    ["node", [...importingInstance("node:fs/promises", "f"), ...liftedAs("handler")]],
  ])("%s", async (_row, sections) => {
    expect(await judge(sections)).toBe("world_mismatch");
  });

  function importedType(text: string): number[] {
    return [
      ...section(7, vec([0x72, ...vec([...name("a"), 0x7f])])),
      ...section(10, vec([0x00, ...name(text), 3, 0, 0])),
    ];
  }

  test("the world itself passes", async () => {
    const sections = [
      ...importingInstance("alga:extension/storage", "get", "list-entries"),
      ...liftedAs("handler", "init"),
    ];
    expect(await judge(sections)).toBe("accepted");
    const report = inspectComponent(bytes(component(sections)));
    expect(await codeOf(() => assertRunnerWorld(report, { interfaces: ["http"] }))).toBe("world_mismatch");
    expect(report.importFunctions["alga:extension/storage"]).toEqual(["get", "list-entries"]);
  });
});

describe("J11: expansion bombs", () => {
  const limitOf = (data: number[]): unknown => {
    try {
      return inspectComponent(bytes(data)).expandedInstances;
    } catch (error) {
      return error instanceof BundleError ? (error.details["limit"] ?? error.code) : error;
    }
  };
  const seed = component(embed(coreModule()), section(2, vec([0x00, 0, 0])));
  const twice = section(5, vec([0x00, 0, 0], [0x00, 0, 0]));

  test("doubling depth 20 by outer aliases is refused at once", () => {
    const doubling = (index: number): number[] =>
      nested(component(section(6, vec([0x04, 0x02, ...leb(1), ...leb(index)])), twice));
    const levels = Array.from({ length: 20 }, (_, index) => doubling(index));
    const started = performance.now();
    expect(limitOf(component(nested(seed), ...levels, section(5, vec([0x00, ...leb(20), 0]))))).toBe(
      "maxExpandedInstances",
    );
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test("doubling by nesting is refused too", () => {
    let inner = seed;
    for (let depth = 0; depth < 12; depth++) inner = component(nested(inner), twice);
    expect(limitOf(inner)).toBe("maxExpandedInstances");
  });

  test("nesting without instances ends before the stack does", () => {
    let inner = component();
    for (let depth = 0; depth < 2000; depth++) inner = component(nested(inner));
    expect(limitOf(inner)).toBe("malformed_component");
  });

  test.each([
    ["maxCoreModules", component(...Array.from({ length: 33 }, () => embed(coreModule())))],
    ["maxComponents", component(...Array.from({ length: 65 }, () => nested(component())))],
    ["maxLocals", component(embed(locals(2001)))],
    ["maxBodyBytes", component(embed(withBody(Array.from({ length: 524_289 }, () => 0x01))))],
    [
      "maxTables",
      component(embed(coreModule(section(4, vec(...Array.from({ length: 17 }, () => [0x70, 0, 0])))))),
    ],
    ["maxTableElements", component(embed(coreModule(section(4, vec([0x70, 0, ...leb(10_000_000)])))))],
    [
      "maxFunctions",
      component(embed(coreModule(voidType, section(3, vec(...Array.from({ length: 50_001 }, () => [0])))))),
    ],
  ])("%s", (limit, data) => {
    expect(limitOf(data)).toBe(limit);
  });

  test("maxBytes comes first", () => {
    expect(limitOf([])).toBe("malformed_component");
    expect(() => inspectComponent(new Uint8Array(16 * 1024 * 1024 + 1))).toThrow(BundleError);
  });

  function locals(count: number): number[] {
    const code = [...vec([...leb(count), 0x7f]), 0x0b];
    return coreModule(voidType, section(3, vec([0])), section(10, vec([...leb(code.length), ...code])));
  }
});

describe("J14: features the sandbox cannot limit are named", () => {
  const memory = section(5, vec([0x00, 1]));
  const shared = section(5, vec([0x03, 1, 1]));
  const rows: [string, number[]][] = [
    ["shared-memory", coreModule(shared)],
    ["atomics", withBody([0x41, 0, 0x41, 1, 0xfe, 0x1e, 2, 0, 0x1a], shared)],
    ["memory64", coreModule(section(5, vec([0x04, 1])))],
    ["memory64", coreModule(section(4, vec([0x70, 0x04, 1])))],
    ["multi-memory", coreModule(section(5, vec([0x00, 1], [0x00, 1])))],
    ["multi-memory", withBody([0x3f, 1, 0x1a], section(5, vec([0x00, 1], [0x00, 1])))],
    ["gc", coreModule(section(1, vec([0x5f, ...vec([0x7f, 0])])))],
    ["gc", coreModule(section(1, vec([0x4e, ...vec([0x50, 0, 0x5e, 0x78, 1])])))],
    ["gc", withBody([0x41, 0, 0xfb, 28, 0x1a])],
    ["tail-calls", withBody([0x12, 0])],
    ["tail-calls", withBody([0x41, 0, 0x13, 0, 0], section(4, vec([0x70, 0, 1])))],
    ["exceptions", coreModule(voidType, section(13, vec([0, 0])))],
    ["exceptions", withBody([0x1f, 0x40, ...vec([2, 0]), 0x0b])],
    ["function-references", withBody([0xd2, 0, 0x14, 0], section(9, vec([3, 0, ...vec([0])])))],
    ["custom-page-sizes", coreModule(section(5, vec([0x08, 1, 0])))],
    ["relaxed-simd", withBody([...v128(), ...v128(), 0xfd, ...leb(0x100), 0x1a])],
    ["wide-arithmetic", withBody([0x42, 0, 0x42, 0, 0x42, 0, 0x42, 0, 0xfc, 19, 0x1a, 0x1a])],
    ["stack-switching", withBody([0xe0, 0])],
  ];
  test.each(rows)("%s", (feature, module) => {
    // Where the engine knows the proposal, the row is a program it would really run.
    const unknown = ["custom-page-sizes", "wide-arithmetic", "stack-switching", "function-references"];
    if (!unknown.includes(feature)) {
      expect(WebAssembly.validate(bytes(module) as Uint8Array<ArrayBuffer>)).toBe(true);
    }
    try {
      const report = inspectComponent(bytes(component(embed(module))));
      expect(report.features).toContain(feature);
      assertSupportedFeatures(report);
      expect.unreachable("the feature passed the gate");
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      expect(error.code).toBe("unsupported_feature");
      expect(error.details["features"]).toContain(feature);
    }
  });

  test("plain code, bulk memory and simd pass", async () => {
    const plain = withBody([0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 10, 0, 0, ...v128(), 0x1a], memory);
    expect(WebAssembly.validate(bytes(plain) as Uint8Array<ArrayBuffer>)).toBe(true);
    const report = inspectComponent(bytes(component(embed(plain))));
    expect(report.features).toEqual(["simd"]);
    expect(await codeOf(() => assertSupportedFeatures(report))).toBe("accepted");
  });

  test.each([
    ["component-async", section(8, vec([0x05]))],
    ["component-async", section(7, vec([0x43, 0, 0x01, 0]))],
    ["component-values", section(9, [0, 0, 0])],
    ["component-linking", section(3, vec())],
    ["component-linking", section(7, vec([0x41, 0]))],
    ["component-linking", section(10, vec([0x00, ...name("c"), 0x04, 0]))],
    ["component-linking", section(6, vec([0x04, 0x00, 0, ...name("c")]))],
  ])("component level: %s", (feature, sections) => {
    expect(() => inspectComponent(bytes(component(sections)))).toThrow(
      expect.objectContaining({ code: "unsupported_feature", details: expect.objectContaining({ feature }) }),
    );
  });

  function v128(): number[] {
    return [0xfd, 12, ...Array.from({ length: 16 }, () => 0)];
  }
});

describe("J16: malformed binaries", () => {
  const good = component(liftedAs("handler"));
  const wideIndex = section(3, vec([0x80, 0x80, 0x80, 0x80, 0x10]));
  const rows: [string, number[]][] = [
    ["empty", []],
    ["not wasm", [1, 2, 3, 4, 5, 6, 7, 8]],
    ["a core module", coreModule()],
    ["a future version", [0x00, 0x61, 0x73, 0x6d, 0x0e, 0, 1, 0]],
    ["a section past the end", [...component(), 1, 100]],
    ["an overlong section size", [...component(), 0, 0x82, 0x80, 0x80, 0x80, 0x80, 0x00, 1, 65]],
    ["a size beyond 32 bits", [...component(), 0, 0xff, 0xff, 0xff, 0xff, 0x1f]],
    [
      "an index beyond 32 bits",
      component(embed(coreModule(voidType, wideIndex, section(10, vec([2, 0, 0x0b]))))),
    ],
    [
      "a constant with wrong sign bits",
      component(embed(withBody([0x41, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x1a]))),
    ],
    [
      "an offset beyond 64 bits",
      component(embed(withBody([0x41, 0, 0x28, 2, ...Array.from({ length: 9 }, () => 0x80), 2, 0x1a]))),
    ],
    ["a call in a constant", component(embed(coreModule(section(6, vec([0x7f, 0, 0x10, 0, 0x0b])))))],
    ["a function twice in one interface", component(importingInstance("a", "get", "get"))],
    ["a size without an end", [...component(), 0, 0x80, 0x80]],
    ["an unknown section", component(section(13, []))],
    ["an unknown core section", component(embed(coreModule(section(14, []))))],
    ["a zero-length section", component(section(7, []))],
    ["trailing bytes in a section", component(section(7, [...vec([0x40, 0, 0x01, 0]), 0]))],
    ["trailing bytes in a core section", component(embed(coreModule(section(1, [...vec([0x60, 0, 0]), 0]))))],
    ["a core section twice", component(embed(coreModule(voidType, voidType)))],
    ["core sections out of order", component(embed(coreModule(section(7, vec()), voidType)))],
    ["functions without bodies", component(embed(coreModule(voidType, section(3, vec([0])))))],
    [
      "a body without an end",
      component(embed(coreModule(voidType, section(3, vec([0])), section(10, vec([1, 0]))))),
    ],
    ["an unknown opcode", component(embed(withBody([0xff])))],
    ["a count larger than its section", component(section(7, [0xff, 0xff, 0x03]))],
    ["an import pair twice", component(embed(twoImports("a", "a")))],
    ["an export twice", component(embed(twoExports()))],
    [
      "a component import twice",
      component(importingInstance("a"), section(10, vec([0, ...name("a"), 5, 0]))),
    ],
    ["a component export twice", component(liftedAs("handler", "handler"))],
    ["a name that is not UTF-8", component(embed(coreModule(section(7, vec([1, 0xff, 0, 0])))))],
    ["deep types", component(section(7, vec(deepType(5000))))],
    [
      "an instance without an instance type",
      component(section(7, vec([0x40, 0, 1, 0])), section(10, vec([0, 1, 97, 5, 0]))),
    ],
  ];
  test.each(rows)("%s", async (_row, data) => {
    expect(await codeOf(() => inspectComponent(bytes(data)))).toBe("malformed_component");
  });

  test("every truncation", async () => {
    for (let length = 0; length < good.length; length++) {
      const code = await codeOf(() => inspectComponent(bytes(good.slice(0, length))));
      // A cut between two sections leaves a shorter, well-formed component.
      expect(["malformed_component", "accepted"]).toContain(code);
    }
    expect(await codeOf(() => inspectComponent(bytes(good)))).toBe("accepted");
  });

  function twoImports(first: string, second: string): number[] {
    const entry = (field: string): number[] => [...name("m"), ...name(field), 0, 0];
    return coreModule(voidType, section(2, vec(entry(first), entry(second))));
  }
  function twoExports(): number[] {
    const entry = [...name("a"), 0, 0];
    return coreModule(
      voidType,
      section(3, vec([0])),
      section(7, vec(entry, entry)),
      section(10, vec([2, 0, 0x0b])),
    );
  }
  function deepType(depth: number): number[] {
    const levels = Array.from({ length: depth }, () => [0x42, 1, 0x01]);
    return [...levels.flat(), 0x42, 0];
  }
});
