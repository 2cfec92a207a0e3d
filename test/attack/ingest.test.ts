import { readdirSync, readFileSync, rmSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  section,
  vec,
  voidType,
  withBody,
} from "../../packages/bundle/test-support/wasm.ts";
import { codeOf, detailOf, openArena, textOf, type Arena } from "./arena.ts";
import { componentWithCoreName, doublingBomb, tupleBomb } from "./fixtures/bombs.ts";
import { coreGuest } from "./fixtures/core-guest.ts";
import { copyPackages, loadPackages } from "./packages.ts";
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

test.each([
  ["J01 core export breaks out of a member", () => componentWithCoreName(INJECTION)],
  ["J02 core import field breaks a literal", () => hostileImport("m", `a':0},x:(globalThis.__pwned=1),y:{'`)],
  ["J03 core import module, quotes", () => hostileImport(`m'];globalThis.__pwned=1;['`, "f")],
  ["J04 newline", () => componentWithCoreName("a\nb")],
  ["J04 backslash", () => componentWithCoreName("a\\")],
  ["J04 NUL", () => componentWithCoreName("a\0")],
  ["J04 line separator", () => componentWithCoreName("a\u2028b")],
  ["J04 10 KB", () => componentWithCoreName("a".repeat(10_240))],
])("%s", async (row, build) => {
  await attackWith(row, await build(), "component_rejected: bad_core_name");
});

function hostileImport(module: string, field: string): Uint8Array {
  return bytes(component(embed(importing(module, field)), liftedAs("handler")));
}

test("J01 behind the name gate, the lint of the glue refuses what was injected", async () => {
  // As if the gate had failed: the transpiler pastes the name, and what it pasted reaches for the outside.
  const copy = copyPackages([NO_NAME_GATE]);
  const behind = await openArena({ packages: await loadPackages(copy.root) });
  try {
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
  } finally {
    await behind.close();
    copy.remove();
  }
}, 120_000);

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

test("J08 right import name, wrong signature", async () => {
  const lying = ALGA_EXTENSION_WIT.replace("fetch: func(request: http-request)", "fetch: func(request: u32)");
  expect(lying).not.toBe(ALGA_EXTENSION_WIT);
  const dummy = await componentNew(
    await componentEmbed({ dummy: true, witSource: lying, world: "runner" }),
    [],
  );
  await attackWith("J08 wrong signature", dummy, "component_rejected: types");
});

test("J10 names that panic the transpiler, then 20 good components", async () => {
  const { result } = await arena.survive("J10 panic input, 20 good ones", async () => {
    const verdicts = [
      await refusal(bytes(component(liftedAs("handler", "a:b/c@1.0.0+a.b")))),
      await refusal(bytes(component([...importingInstance("url=<x>", "f"), ...liftedAs("handler")]))),
    ];
    const good: number[] = [];
    const publish = async (index: number) => {
      const guest = await coreGuest({ attack: "", fields: `(global i32 (i32.const ${index}))` });
      const hash = await arena.admit(guest);
      await arena.runner.prepare(hash);
      good.push((await arena.call(hash)).status);
    };
    for (let index = 0; index < 20; index += 2) await Promise.all([publish(index), publish(index + 1)]);
    return { verdicts, good };
  });
  expect(result.verdicts).toEqual([
    "component_rejected: bad_component_name",
    "component_rejected: bad_component_name",
  ]);
  expect(result.good).toEqual(Array.from({ length: 20 }, () => 200));
}, 120_000);

test("J11 doubling bomb of depth 20", async () => {
  const { ms, sight } = await attackWith(
    "J11 doubling bomb",
    doublingBomb(20),
    "component_rejected: component_limit",
  );
  expect(ms).toBeLessThan(1_000);
  expect(sight.ownGrowthBytes).toBeLessThan(100 * MIB);
  expect(sight.largestChildBytes).toBeLessThan(300 * MIB);
});

test("J12 tuple bomb", async () => {
  await attackWith("J12 tuple bomb", await tupleBomb(14), "component_rejected: unexpected_glue");
}, 60_000);

const memory = section(5, vec([0x00, 1]));
test.each([
  ["J14 shared memory", "shared-memory", coreModule(section(5, vec([0x03, 1, 1])))],
  ["J14 atomics", "atomics", withBody([0x41, 0, 0x41, 1, 0xfe, 0x1e, 2, 0, 0x1a], memory)],
  ["J14 memory64", "memory64", coreModule(section(5, vec([0x04, 1])))],
  ["J14 gc", "gc", coreModule(section(1, vec([0x5f, ...vec([0x7f, 0])])))],
  ["J14 tail call", "tail-calls", withBody([0x12, 0])],
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
  await arena.survive("J16 fuzz 10,000", async () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
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
    await Promise.resolve();
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
