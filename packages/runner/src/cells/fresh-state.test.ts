import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLoadedCell, type LoadedCell } from "../../test-support/loaded-cell.ts";
import { buildComponent } from "../../test-support/build-component.ts";
import { buildStarling } from "../../test-support/build-starling.ts";
import type { WireValue } from "../frames/wire-value.ts";
import { RUNNER_LIMITS, type Isolation } from "../options.ts";
import type { Artifact } from "../prepare/artifact.ts";
import { prepareComponent } from "../prepare/prepare-component.ts";
import { raiseWall } from "../wall/raise-wall.ts";
import type { Wall } from "../wall/wall.ts";
import type { CallCost, CellCall } from "./cell.ts";
import { processMemory } from "./process-memory.ts";

const MIB = 1024 * 1024;
/** Counts calls in module state, and does what its URL says. */
const GUEST = `import { fetch } from "alga:extension/http";
  let calls = 0; const kept = [];
  export function handler({ http: { url } }) {
    calls += 1;
    if (url === "/trap") throw new Error("no");
    if (url === "/loop") for (;;);
    if (url === "/grow" || url === "/bomb") for (let i = 0; i < (url === "/grow" ? 48 : 4096); i += 1) kept.push(new Uint8Array(65536).fill(7));
    if (url === "/fetch") { try { fetch({ method: "GET", url: "https://a.example/", headers: [] }); } catch {} }
    return { status: 200, headers: [], body: Uint8Array.from([calls, kept.length]) };
  }`;
let wall: Wall;
const cells: LoadedCell[] = [];
const artifacts = new Map<string, Artifact>();

beforeAll(async () => {
  wall = await raiseWall({ allowNone: true });
  const built = { QuickJS: await buildComponent(GUEST), StarlingMonkey: await buildStarling(GUEST) };
  for (const [name, component] of Object.entries(built))
    artifacts.set(name, await prepareComponent(component, { wall, memoryCapBytes: 64 * MIB }));
}, 180_000);
afterAll(async () => {
  for (const cell of cells) cell.kill();
  await Promise.all(cells.map((cell) => cell.ended));
  await wall.close();
});

function cellOf(engine: string, options: { isolation?: Isolation; isRestorable?: boolean } = {}): LoadedCell {
  const artifact = artifacts.get(engine) as Artifact;
  expect(artifact.isRestorable).toBe(true);
  const { isolation = "fresh", isRestorable = true } = options;
  const cell = startLoadedCell({ ...artifact, isRestorable }, { wall, limits: RUNNER_LIMITS, isolation });
  cells.push(cell);
  return cell;
}

const requestOf = (url: string): WireValue => ({
  context: { requestId: null, tenantId: "t", extensionId: "e", installId: null, versionId: null },
  http: { method: "GET", url, headers: [], body: null },
});
const call = (cell: LoadedCell, url: string, overrides: Partial<CellCall> = {}) =>
  cell.call({
    request: requestOf(url),
    deadlineAt: performance.now() + 60_000,
    onHostCall: () => Promise.resolve({ kind: "err", value: "not-allowed" }),
    ...overrides,
  });
const bytesOf = async (answer: ReturnType<typeof call>) => [...((await answer).body ?? [])];

describe.each(["QuickJS", "StarlingMonkey"])("%s", (engine) => {
  it("finds the state of a new instance on every one of 10,000 calls, with growth and traps in between", async () => {
    const cell = cellOf(engine);
    const seen = new Map<string, number>();
    let next = 0;
    const caller = async () => {
      for (let index = next++; index < 10_000; index = next++) {
        const url =
          index % 200 === 7 ? "/trap" : index % 40 === 3 ? "/grow" : index % 10 === 5 ? "/fetch" : "/";
        const outcome = await bytesOf(call(cell, url)).then(String, (error: { code: string }) => error.code);
        seen.set(`${url} ${outcome}`, (seen.get(`${url} ${outcome}`) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 8 }, caller));
    expect(Object.fromEntries(seen)).toEqual({
      "/ 1,0": 8_700,
      "/fetch 1,0": 1_000,
      "/grow 1,48": 250,
      "/trap execute_failed": 50,
    });
    expect(cell.isDead).toBe(false);
  }, 240_000);

  it("stops a loop at its deadline, answers others meanwhile, and lives on", async () => {
    const cell = cellOf(engine);
    await bytesOf(call(cell, "/"));
    const looping = call(cell, "/loop", { deadlineAt: performance.now() + 1_000 }).then(
      () => "answered",
      (error: { code: string }) => error.code,
    );
    const guest = { isLooping: true };
    void looping.then(() => (guest.isLooping = false));
    let answered = 0;
    while (guest.isLooping) {
      expect(await bytesOf(call(cell, "/"))).toEqual([1, 0]);
      answered += 1;
    }
    expect(await looping).toBe("deadline_exceeded");
    expect(answered).toBeGreaterThan(1);
    await cell.responsive();
    expect(cell.isDead).toBe(false);
    expect(await bytesOf(call(cell, "/"))).toEqual([1, 0]);
  }, 60_000);

  it("stops a call at its CPU time, and tells what calls took", async () => {
    const cell = cellOf(engine);
    const costs: CallCost[] = [];
    const onCost = (cost: CallCost) => void costs.push(cost);
    await bytesOf(call(cell, "/"));
    await expect(call(cell, "/loop", { cpuMs: 100, onCost })).rejects.toMatchObject({
      code: "cpu_exceeded",
      details: { limit: "cpu_ms" },
    });
    await expect(call(cell, "/loop", { deadlineAt: performance.now() + 200, onCost })).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
    expect(await bytesOf(call(cell, "/grow", { onCost }))).toEqual([1, 48]);
    // A cell that is too busy to tell says nothing of the call that missed its deadline.
    const [overCpu] = costs;
    const grown = costs.at(-1);
    expect(overCpu?.cpuMs).toBeGreaterThanOrEqual(99);
    expect(overCpu?.cpuMs).toBeLessThan(200);
    expect(grown?.memoryBytes).toBeGreaterThan(48 * 65_536);
    expect(grown?.cpuMs).toBeGreaterThan(0);
    expect(cell.isDead).toBe(false);
  }, 60_000);

  it("stays inside the memory of the cell, and of the call", async () => {
    const cell = cellOf(engine);
    await expect(call(cell, "/bomb")).rejects.toMatchObject({ code: "memory_exceeded" });
    // What bombs leave behind is nothing to those that come after them.
    for (let bomb = 0; bomb < 12; bomb += 1) {
      await expect(call(cell, "/bomb")).rejects.toMatchObject({ code: "memory_exceeded" });
      expect(await bytesOf(call(cell, "/grow"))).toEqual([1, 48]);
    }
    expect(await processMemory(cell.pid as number)).toBeLessThan(400 * MIB);
    await expect(call(cell, "/grow", { memoryBytes: MIB })).rejects.toMatchObject({
      code: "memory_exceeded",
    });
    expect(await bytesOf(call(cell, "/grow"))).toEqual([1, 48]);
  }, 60_000);

  it("starts anew when nothing can be restored, and keeps state when the operator wants it warm", async () => {
    const anew = cellOf(engine, { isRestorable: false });
    const warm = cellOf(engine, { isolation: "warm" });
    for (const count of [1, 2, 3]) {
      expect(await bytesOf(call(anew, "/"))).toEqual([1, 0]);
      expect(await bytesOf(call(warm, "/"))).toEqual([count, 0]);
    }
    await expect(call(warm, "/trap")).rejects.toMatchObject({ code: "execute_failed" });
    expect(await bytesOf(call(warm, "/"))).toEqual([1, 0]);
  }, 60_000);

  it("never runs two calls on one instance", async () => {
    const cell = cellOf(engine, { isolation: "warm" });
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: called, resolve: tellCalled } = Promise.withResolvers<void>();
    const waiting = bytesOf(
      call(cell, "/fetch", {
        onHostCall: async () => {
          tellCalled();
          await held;
          return { kind: "err", value: "not-allowed" };
        },
      }),
    );
    await called;
    // The first instance waits for the host with its call counted; the others run on a second one meanwhile.
    expect(await bytesOf(call(cell, "/"))).toEqual([1, 0]);
    expect(await bytesOf(call(cell, "/"))).toEqual([2, 0]);
    letGo();
    expect(await waiting).toEqual([1, 0]);
  }, 60_000);
});

it("lets go of the instances of calls that are given up while they wait for the host", async () => {
  const cell = cellOf("QuickJS");
  const giveUp = async () => {
    const caller = new AbortController();
    const onHostCall = () => {
      caller.abort();
      return new Promise<never>(() => undefined);
    };
    await expect(call(cell, "/fetch", { onHostCall, signal: caller.signal })).rejects.toMatchObject({
      code: "execute_failed",
    });
  };
  for (let index = 0; index < 50; index += 1) await giveUp();
  const before = await processMemory(cell.pid as number);
  // An instance holds more than 2 MiB.
  for (let index = 0; index < 200; index += 1) await giveUp();
  expect(await bytesOf(call(cell, "/fetch"))).toEqual([1, 0]);
  expect((await processMemory(cell.pid as number)) - before).toBeLessThan(200 * MIB);
}, 60_000);
