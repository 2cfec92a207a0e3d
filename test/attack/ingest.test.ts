import { readdirSync, readFileSync, rmSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ALGA_EXTENSION_WIT } from "@alga-ext/protocol/wit";
import {
  bytes,
  component,
  coreModule,
  embed,
  importing,
  importingInstance,
  liftedAs,
  name,
  nested,
  section,
  vec,
  voidType,
  withBody,
} from "../../packages/bundle/test-support/wasm.ts";
import { codeOf, detailOf, openArena, textOf, type Arena } from "./arena.ts";
import { armedDoublingBomb, componentWithCoreName, doublingBomb, tupleBomb } from "./fixtures/bombs.ts";
import { coreGuest } from "./fixtures/core-guest.ts";
import { copyPackages, loadPackages, type Patch } from "./packages.ts";
import { printReport } from "./report.ts";

const MIB = 1024 * 1024;
let arena: Arena;
const cacheDir = mkdtempSync(join(tmpdir(), "alga-attack-cache-"));

beforeAll(async () => {
  arena = await openArena({ cacheDir });
}, 120_000);
afterAll(async () => {
  await arena.close();
  rmSync(cacheDir, { recursive: true });
  printReport("J. ingest and glue");
});

/** Try to run a component; the refusal as `code: reason`. */
async function refusal(hostile: Uint8Array, from: Arena = arena): Promise<string> {
  const response = await from.call(await from.admit(hostile), { method: "POST" });
  return response.error ?? `ran: ${response.status}`;
}
/** The same of what may take longer than any call. */
async function refusalOfBomb(hostile: Uint8Array, from: Arena = arena): Promise<string> {
  const hash = await from.admit(hostile);
  try {
    await from.runner.prepare(hash);
    return "prepared";
  } catch (error) {
    const { code, details } = error as { code: string; details: { reason?: string } };
    return `${code}: ${details.reason}`;
  }
}
/** The transpiler got it, and met the limits of its process or of its output. */
const BOMB_REFUSED = [
  "component_rejected: limits",
  "component_rejected: output",
  "component_rejected: unexpected_glue",
];
const attackWith = async (row: string, hostile: Uint8Array, expected: string) => {
  const started = performance.now();
  const { result, sight } = await arena.survive(row, async () => {
    const verdict = await refusal(hostile);
    return { verdict, ms: performance.now() - started };
  });
  expect(result.verdict).toBe(expected);
  expect(Object.hasOwn(globalThis, "__pwned")).toBe(false);
  return { ms: result.ms, sight };
};

const INJECTION = `a']; globalThis.__pwned = 1; ['`;

const BREAKING = {
  "a newline": "a\nb",
  "a backslash": "a\\",
  NUL: "a\0",
  "a line separator": "a\u2028b",
  "10 KB": "a".repeat(10_240),
  "a quote": "a'b",
  "a template": "`${globalThis.__pwned=1}`",
} as const;
/** Where a component can give a name to its core modules. */
const SITES = {
  export: (text: string) => componentWithCoreName(text),
  "import field": (text: string) => hostileImport("m", text),
  "import module": (text: string) => hostileImport(text, "f"),
  "import of a nested component": (text: string) =>
    bytes(component(nested(component(embed(importing(text, "f")))), liftedAs("handler"))),
} as const;

test.each([
  ["J01 core export breaks out of a member", () => componentWithCoreName(INJECTION)],
  ["J02 core import field breaks a literal", () => hostileImport("m", `a':0},x:(globalThis.__pwned=1),y:{'`)],
  ["J03 core import module, quotes", () => hostileImport(`m'];globalThis.__pwned=1;['`, "f")],
])("%s", async (row, build) => {
  await attackWith(row, await build(), "component_rejected: bad_core_name");
});

test.each(Object.entries(BREAKING))("J04 %s, wherever a name may be", async (what, text) => {
  const built = await Promise.all(Object.values(SITES).map(async (build) => await build(text)));
  const { result } = await arena.survive(`J04 ${what}`, async () => {
    const verdicts: string[] = [];
    for (const hostile of built) verdicts.push(await refusal(hostile));
    return new Set(verdicts);
  });
  expect(result).toEqual(new Set(["component_rejected: bad_core_name"]));
});

function hostileImport(module: string, field: string): Uint8Array {
  return bytes(component(embed(importing(module, field)), liftedAs("handler")));
}

test("J01 behind the name gate, the lint of the glue refuses what was injected", async () => {
  // As if the gate had failed: the transpiler pastes the name, and what it pasted reaches for the outside.
  await withoutControls([NO_NAME_GATE], async (behind) => {
    const verdicts: Record<string, string> = {};
    for (const code of [
      `import('node:fs')`,
      `require('fs')`,
      `(()=>0).constructor('x')`,
      `eval('x')`,
      `__proto__`,
    ])
      verdicts[code] = await refusal(await componentWithCoreName(`a']; ${code}; ['`), behind);
    expect(new Set(Object.values(verdicts))).toEqual(new Set(["component_rejected: unexpected_glue"]));
  });
}, 120_000);

/** Attack a runner that lacks some controls. */
async function withoutControls(
  patches: readonly Patch[],
  attack: (behind: Arena) => Promise<void>,
): Promise<void> {
  const copy = copyPackages(patches);
  const guests = {
    hostile: await coreGuest({ attack: "" }),
    neighbour: await coreGuest({ attack: "", pages: 3 }),
  };
  const behind = await openArena({ packages: await loadPackages(copy.root), guests });
  try {
    await attack(behind);
  } finally {
    await behind.close();
    copy.remove();
  }
}

test.each([
  ["J06 component export then", liftedAs("handler", "then")],
  ["J07 import instance constructor", [...importingInstance("constructor", "get"), ...liftedAs("handler")]],
  [
    "J07 function to-string",
    [...importingInstance("alga:extension/storage", "to-string"), ...liftedAs("handler")],
  ],
  [
    "J07 function constructor",
    [...importingInstance("alga:extension/http", "constructor"), ...liftedAs("handler")],
  ],
  ["J07 import node:fs/promises", [...importingInstance("node:fs/promises", "f"), ...liftedAs("handler")]],
])("%s", async (row, sections) => {
  const { ms } = await attackWith(row, bytes(component(sections)), "component_rejected: world_mismatch");
  expect(ms).toBeLessThan(2_000);
});

const WALL_CLOCK = "datetime { seconds: u64, nanoseconds: u32 }";
test.each([
  ["", ""],
  [" beside WASI", WALL_CLOCK],
  [" of WASI", WALL_CLOCK.replace("u32", "string")],
])("J08 right import name, wrong signature%s", async (which, datetime) => {
  const world = which === "" ? "" : "  import wasi:clocks/wall-clock@0.2.6;\n";
  const honest = ALGA_EXTENSION_WIT.replace("  export handler:", `${world}  export handler:`);
  const witSource =
    which === " of WASI"
      ? honest
      : honest.replace("fetch: func(request: http-request)", "fetch: func(request: u32)");
  const wasi = `package wasi:clocks@0.2.6 { interface wall-clock { record ${datetime} now: func() -> datetime; } }`;
  const dummy = await componentNew(
    await componentEmbed({ dummy: true, witSource: `${witSource}\n${world && wasi}`, world: "runner" }),
    [],
  );
  await attackWith(`J08 wrong signature${which}`, dummy, "component_rejected: types");
});

/** Names at which the transpiler's own parser panics. */
const PANICS = () => [
  bytes(component(liftedAs("handler", "a:b/c@1.0.0+a.b"))),
  bytes(component([...importingInstance("url=<x>", "f"), ...liftedAs("handler")])),
];
const goodComponents = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      coreGuest({ attack: "", fields: `(global i32 (i32.const ${index}))` }),
    ),
  );
const publishTwoByTwo = async (components: readonly Uint8Array[], to: Arena) => {
  const good: number[] = [];
  const publish = async (built: Uint8Array | undefined) => {
    if (built === undefined) return;
    const hash = await to.admit(built);
    await to.runner.prepare(hash);
    good.push((await to.call(hash)).status);
  };
  for (let index = 0; index < components.length; index += 2)
    await Promise.all([publish(components[index]), publish(components[index + 1])]);
  return good;
};

test("J10 behind the gates, a panic is the end of one child", async () => {
  const gates = [NO_NAME_GATE, NO_COMPONENT_NAME_GATE, NO_WORLD_GATE];
  const components = await goodComponents(4);
  await withoutControls(gates, async (behind) => {
    const { result } = await behind.survive("J10 panics, no gates", async () => {
      const verdicts: string[] = [];
      for (const hostile of PANICS()) verdicts.push(await refusal(hostile, behind));
      return { verdicts, good: await publishTwoByTwo(components, behind) };
    });
    expect(result.verdicts.every((verdict) => verdict.startsWith("component_rejected: "))).toBe(true);
    expect(result.good).toEqual([200, 200, 200, 200]);
  });
}, 120_000);

test("J11 behind the expansion cap, a bomb is the end of one child", async () => {
  const bomb = await armedDoublingBomb(20);
  await withoutControls([NO_EXPANSION_CAP], async (behind) => {
    const { result, sight } = await behind.survive("J11 bomb, no cap", () => refusalOfBomb(bomb, behind));
    expect(BOMB_REFUSED).toContain(result);
    expect(sight.ownGrowthBytes).toBeLessThan(200 * MIB);
    // The child's own limit.
    expect(sight.childGrowthBytes).toBeLessThan(2_200 * MIB);
  });
}, 120_000);

test("J10 names that panic the transpiler, then 20 good components", async () => {
  const components = await goodComponents(20);
  const { result } = await arena.survive("J10 panic input, 20 good ones", async () => {
    const verdicts: string[] = [];
    for (const hostile of PANICS()) verdicts.push(await refusal(hostile));
    return { verdicts, good: await publishTwoByTwo(components, arena) };
  });
  expect(result.verdicts).toEqual([
    "component_rejected: bad_component_name",
    "component_rejected: bad_component_name",
  ]);
  expect(result.good).toEqual(Array.from({ length: 20 }, () => 200));
}, 300_000);

test("J11 doubling bomb of depth 20", async () => {
  const { ms, sight } = await attackWith(
    "J11 doubling bomb",
    doublingBomb(20),
    "component_rejected: component_limit",
  );
  expect(ms).toBeLessThan(1_000);
  expect(sight.ownGrowthBytes).toBeLessThan(100 * MIB);
  expect(sight.childGrowthBytes).toBeLessThan(300 * MIB);
});

test("J12 tuple bomb", async () => {
  const { sight } = await attackWith("J12 tuple bomb", await tupleBomb(16), "component_rejected: types");
  expect(sight.ownGrowthBytes).toBeLessThan(200 * MIB);
}, 120_000);

test("J12 behind the comparison of types, a tuple bomb is more glue than there may be", async () => {
  const bomb = await tupleBomb(16);
  await withoutControls([NO_TYPE_CHECK], async (behind) => {
    const { result, sight } = await behind.survive("J12 tuple bomb, no types", () =>
      refusalOfBomb(bomb, behind),
    );
    expect(BOMB_REFUSED).toContain(result);
    expect(sight.ownGrowthBytes).toBeLessThan(200 * MIB);
  });
}, 120_000);

/** `v128.const 0` */
const V128 = [0xfd, 0x0c, ...Array.from({ length: 16 }, () => 0)];
const memory = section(5, vec([0x00, 1]));
test.each([
  ["J14 shared memory", "shared-memory", coreModule(section(5, vec([0x03, 1, 1])))],
  ["J14 atomics", "atomics", withBody([0x41, 0, 0x41, 1, 0xfe, 0x1e, 2, 0, 0x1a], memory)],
  ["J14 memory64", "memory64", coreModule(section(5, vec([0x04, 1])))],
  ["J14 gc", "gc", coreModule(section(1, vec([0x5f, ...vec([0x7f, 0])])))],
  ["J14 tail call", "tail-calls", withBody([0x12, 0])],
  ["J14 function references", "function-references", withBody([0xd0, 0x70, 0xd4, 0x1a])],
  ["J14 exceptions", "exceptions", withBody([0x1f, 0x40, 0, 0x0b])],
  ["J14 relaxed SIMD", "relaxed-simd", withBody([...V128, ...V128, 0xfd, 0x80, 0x02, 0x1a])],
  ["J14 custom page size", "custom-page-sizes", coreModule(section(5, vec([0x08, 1, 0])))],
  ["J14 multi-memory", "multi-memory", coreModule(section(5, vec([0x00, 1], [0x00, 1])))],
])("%s", async (row, feature, module) => {
  const hostile = bytes(component(embed(module), liftedAsSecond()));
  await attackWith(row, hostile, "component_rejected: unsupported_feature");
  // The operator's log says which feature it was.
  await expect(arena.runner.prepare(await arena.admit(hostile))).rejects.toMatchObject({
    details: { features: expect.arrayContaining([feature]) as string[] },
  });
});

/** As `liftedAs("handler")`, of the second module. */
function liftedAsSecond(): number[] {
  return [
    ...embed(
      coreModule(
        voidType,
        section(3, vec([0])),
        section(7, vec([...name("run"), 0, 0])),
        section(10, vec([2, 0, 0x0b])),
      ),
    ),
    ...section(2, vec([0x00, 1, 0])),
    ...section(6, vec([0x00, 0x00, 0x01, 0, ...name("run")])),
    ...section(7, vec([0x40, 0, 0x01, 0])),
    ...section(8, vec([0x00, 0x00, 0, 0, 0])),
    ...section(11, vec([0x00, ...name("handler"), 0x01, 0, 0x00])),
  ];
}

test.each([
  ["J16 empty", []],
  ["J16 not wasm", [1, 2, 3, 4, 5, 6, 7, 8]],
  ["J16 overlong LEB", [...component(), 0, 0x82, 0x80, 0x80, 0x80, 0x80, 0x00, 1, 65]],
  ["J16 a section past the end", [...component(), 1, 100]],
  ["J16 zero-length section", component(section(7, []))],
  ["J16 trailing bytes", component(section(7, [...vec([0x40, 0, 0x01, 0]), 0]))],
])("%s", async (row, data) => {
  await attackWith(row, bytes(data), "component_rejected: malformed_component");
});

test("J16 10,000 mutations of a good component end typed and soon", async () => {
  const { inspectComponent } = arena.packages.bundle;
  const good = await coreGuest({ attack: "" });
  const edit = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255), cut: fc.boolean() });
  let slowestMs = 0;
  const codes = new Set<string>();
  let runs = 0;
  await arena.survive("J16 fuzz 10,000", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        // The neighbour's supervisor is this very process.
        if ((runs += 1) % 10 === 0) await setImmediate();
        let data = Uint8Array.from(good);
        for (const { at, byte, cut } of edits) {
          data[at] = byte;
          if (cut && at > 8) data = data.slice(0, at);
        }
        const started = performance.now();
        try {
          inspectComponent(data);
          codes.add("accepted");
        } catch (error) {
          codes.add((error as { code?: string }).code ?? String(error));
        }
        slowestMs = Math.max(slowestMs, performance.now() - started);
      }),
      { numRuns: 10_000, seed: 5 },
    );
  });
  const typed = [
    "accepted",
    "bad_component_name",
    "bad_core_name",
    "component_limit",
    "malformed_component",
    "unsupported_feature",
    "world_mismatch",
  ];
  expect([...codes].filter((code) => !typed.includes(code))).toEqual([]);
  expect(slowestMs).toBeLessThan(2_000);
}, 120_000);

test("J16 mutations through the whole runner", async () => {
  const good = await coreGuest({ attack: "" });
  const { result } = await arena.survive("J16 fuzz 20, whole runner", async () => {
    const outcomes = new Set<string>();
    for (let index = 0; index < 20; index += 1) {
      const data = Uint8Array.from(good);
      data[8 + ((index * 7919) % (data.length - 8))] = (index * 31) % 256;
      const response = await arena.call(await arena.admit(data), { timeoutMs: 5_000 });
      outcomes.add(codeOf(response));
    }
    return outcomes;
  });
  const typed = ["ok", "component_rejected", "execute_failed", "deadline_exceeded", "memory_exceeded"];
  expect([...result].filter((code) => !typed.includes(code))).toEqual([]);
}, 120_000);

test("J17 glue edited in the cache is not run", async () => {
  const artifacts = join(cacheDir, "artifacts");
  const edited = new Set<string>();
  for (const file of readdirSync(artifacts)) {
    const content = readFileSync(join(artifacts, file));
    const at = content.indexOf("function instantiate(");
    if (at < 0) continue;
    const injected = "throw 'edited';//";
    content.write(injected, content.indexOf("{", at) + 1);
    writeFileSync(join(artifacts, file), content);
    edited.add(file);
  }
  expect(edited.size).toBeGreaterThan(2);
  const second = await openArena({ cacheDir });
  try {
    // It was made anew, and what lies on disk is whole again.
    expect(textOf(await second.call(second.hostile))).toBe("ok");
    const { result } = await second.survive("J17 edited glue", async () => {
      const answers = await second.call(second.hostile);
      return [codeOf(answers), detailOf(answers)];
    });
    expect(result).toEqual(["ok", ""]);
  } finally {
    await second.close();
  }
}, 120_000);

/** The bundle package without its check of core names. */
const NO_NAME_GATE = {
  file: "bundle/dist/component/names.js",
  find: /const CORE_NAME = [^\n]+;/,
  replace: "const CORE_NAME = /^/;",
};
const NO_COMPONENT_NAME_GATE = {
  file: "bundle/dist/component/names.js",
  find: /const COMPONENT_NAME = [^\n]+;/,
  replace: "const COMPONENT_NAME = /^/;",
};
const NO_WORLD_GATE = {
  file: "bundle/dist/component/assert-runner-world.js",
  find: "if (matches)",
  replace: "if (true)",
};
const NO_TYPE_CHECK = {
  file: "runner/dist/prepare-child.js",
  find: "if(mismatch!==null)",
  replace: "if(false)",
};
const NO_EXPANSION_CAP = {
  file: "bundle/dist/component/component-scope.js",
  find: "this.expandedInstances += count;",
  replace: "",
};
