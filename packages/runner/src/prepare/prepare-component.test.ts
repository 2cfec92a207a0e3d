import { readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";
import { ALGA_EXTENSION_WIT } from "@alga-ext/protocol/wit";
import { buildComponent } from "../../test-support/build-component.ts";
import { componentWithCoreExport, wat } from "../../test-support/wat.ts";
import { raiseWall } from "../wall/raise-wall.ts";
import type { Wall } from "../wall/wall.ts";
import type { Artifact } from "./artifact.ts";
import { prepareComponent } from "./prepare-component.ts";

const MIB = 1024 * 1024;
let wall: Wall;
/** What would have been spawned. */
let spawned = 0;

beforeAll(async () => {
  const real = await raiseWall({ allowNone: true });
  wall = {
    ...real,
    start: (nodeArgs, limits) => {
      spawned += 1;
      return real.start(nodeArgs, limits);
    },
  };
});
afterAll(() => wall.close());

const prepare = (component: Uint8Array): Promise<Artifact> =>
  prepareComponent(component, { wall, memoryCapBytes: 64 * MIB });
/** A component of a world, with bodies that do nothing. */
const dummy = async (witSource: string, world: string) =>
  await componentNew(await componentEmbed({ dummy: true, witSource, world }), []);

/** The sandboxed process below this one; the wall starts and ends others on the way to it. */
function findNode(pid: number): number | undefined {
  try {
    const [, first] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    if (first === "--permission") return pid;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    return children.map((child) => findNode(Number(child))).find((found) => found !== undefined);
  } catch {
    return undefined;
  }
}

describe("prepareComponent", () => {
  it("makes glue and capped modules of a real component", async () => {
    const artifact = await prepare(await buildComponent(`export function handler() { return answer("x"); }`));
    expect(artifact.glue).toContain("function instantiate(");
    expect(/^export /m.test(artifact.glue)).toBe(false);
    expect(artifact.memoryCapBytes).toBe(64 * MIB);
    expect(artifact.modules.length).toBeGreaterThan(3);
  });

  it("lets everybody else run first", async () => {
    const component = await buildComponent(`export function handler() { return answer("x"); }`);
    const prepared = prepare(component);
    let pid = findNode(process.pid);
    for (; pid === undefined; pid = findNode(process.pid)) await delay(1);
    expect(getPriority(pid)).toBe(Math.min(19, getPriority() + 5));
    await prepared;
  });

  it.each([
    ["an expression", `a']; globalThis.__pwned = true; ['`],
    ["a quote", `a'b`],
    ["a newline", "a\nb"],
    ["a backslash", "a\\b"],
    ["a line separator", "a\u2028b"],
  ])("refuses %s in a core name before the transpiler sees it", async (_name, hostile) => {
    const before = spawned;
    await expect(prepare(await componentWithCoreExport(hostile))).rejects.toMatchObject({
      code: "component_rejected",
      details: { reason: "bad_core_name" },
    });
    expect(spawned).toBe(before);
    expect(Object.hasOwn(globalThis, "__pwned")).toBe(false);
  });

  it.each([
    [
      "a body that lies about its type",
      ALGA_EXTENSION_WIT.replace("fetch: func(request: http-request)", "fetch: func(request: u32)"),
    ],
    [
      "a record with another field",
      ALGA_EXTENSION_WIT.replace("record http-header { name: string,", "record http-header { name: u32,"),
    ],
    [
      "an enum with another case",
      ALGA_EXTENSION_WIT.replace("enum secret-error { missing,", "enum secret-error { lost,"),
    ],
    ["a handler of another type", ALGA_EXTENSION_WIT.replace("-> execute-response;", "-> string;")],
  ])("refuses %s", async (_name, wit) => {
    expect(wit).not.toBe(ALGA_EXTENSION_WIT);
    await expect(prepare(await dummy(wit, "runner"))).rejects.toMatchObject({
      code: "component_rejected",
      details: { reason: "types" },
    });
  });

  it.each([
    ["another type of the platform's", "u64", "fetch: func(request: u32)"],
    ["another type of WASI's", "string", "fetch: func(request: http-request)"],
  ])("refuses %s in a component that imports WASI", async (_name, random, fetch) => {
    const wit = ALGA_EXTENSION_WIT.replace("fetch: func(request: http-request)", fetch).replace(
      "  export handler:",
      "  import wasi:random/random@0.2.3;\n  export handler:",
    );
    const wasi = `package wasi:random@0.2.3 { interface random { get-random-u64: func() -> ${random}; } }`;
    await expect(prepare(await dummy(`${wit}\n${wasi}`, "runner"))).rejects.toMatchObject({
      code: "component_rejected",
      details: { reason: "types" },
    });
  });

  it("takes a component of a sub-world, and the pinned world itself", async () => {
    const sub = ALGA_EXTENSION_WIT.replace(/^ {2}import (?!storage|logging)[a-z0-9-]+;\n/gm, "");
    expect((await prepare(await dummy(sub, "runner"))).imports).toEqual([
      "alga:extension/logging",
      "alga:extension/storage",
    ]);
    await expect(prepare(await dummy(ALGA_EXTENSION_WIT, "runner"))).resolves.toBeDefined();
  });

  it.each([
    ["wasi:http", "interface out { go: func(); }", "wasi:http/out@0.2.0"],
    ["wasi:sockets", "interface out { go: func(); }", "wasi:sockets/out@0.2.0"],
    ["wasi:filesystem", "interface out { go: func(); }", "wasi:filesystem/out@0.2.0"],
    ["an unknown interface", "interface out { go: func(); }", "evil:host/out"],
  ])("refuses imports of %s", async (_name, _wit, name) => {
    const component = await wat(`(component
      (import "${name}" (instance (export "go" (func))))
      (core module $m (func (export "handler")))
      (core instance $i (instantiate $m))
      (func (export "handler") (canon lift (core func $i "handler")))
    )`);
    await expect(prepare(component)).rejects.toMatchObject({
      code: "component_rejected",
      details: { reason: "world_mismatch" },
    });
  });

  it("refuses exports that hijack promises", async () => {
    const component = await wat(`(component
      (core module $m (func (export "f")))
      (core instance $i (instantiate $m))
      (func (export "handler") (canon lift (core func $i "f")))
      (func (export "then") (canon lift (core func $i "f")))
    )`);
    await expect(prepare(component)).rejects.toMatchObject({ details: { reason: "world_mismatch" } });
  });

  it("refuses bytes that are no component", async () => {
    await expect(prepare(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({
      details: { reason: "malformed_component" },
    });
    await expect(prepare(new Uint8Array(17 * MIB))).rejects.toMatchObject({ details: { reason: "size" } });
  });

  it("judges a component by the processor time it took, not by how long it had to wait for it", async () => {
    const component = await buildComponent(`export function handler() { return answer("x"); }`);
    const options = { wall, memoryCapBytes: 64 * MIB };
    await expect(prepareComponent(component, { ...options, timeoutMs: 1 })).rejects.toMatchObject({
      code: "runner_crashed",
      retryable: true,
    });
    await expect(prepareComponent(component, { ...options, cpuMs: 1 })).rejects.toMatchObject({
      code: "component_rejected",
      details: { reason: "limits" },
    });
  });

  it("does not blame the component when somebody kills the transpiler", async () => {
    const component = await buildComponent(`export function handler() { return answer("x"); }`);
    const known = new Set(startedPids());
    const preparing = prepare(component);
    const outcome = expect(preparing).rejects.toMatchObject({ code: "runner_crashed", retryable: true });
    await vi.waitFor(() => expect(startedPids().some((pid) => !known.has(pid))).toBe(true), { interval: 2 });
    for (const pid of startedPids()) if (!known.has(pid)) process.kill(pid, "SIGKILL");
    await outcome;
  });
});

/** What the fork servers of this process have started. */
const startedPids = () => childPids(process.pid).flatMap(childPids);

function childPids(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}
