import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLoadedCell, type LoadedCell } from "../../test-support/loaded-cell.ts";
import { wat } from "../../test-support/wat.ts";
import { RUNNER_LIMITS } from "../options.ts";
import type { Artifact } from "../prepare/artifact.ts";
import { raiseWall } from "../wall/raise-wall.ts";
import type { Wall } from "../wall/wall.ts";
import type { CellCall } from "./cell.ts";
import { readGuestResponse } from "./guest-response.ts";

let wall: Wall;
const cells: LoadedCell[] = [];

beforeAll(async () => {
  wall = await raiseWall({ allowNone: true });
});
afterAll(async () => {
  for (const cell of cells) cell.kill();
  await Promise.all(cells.map((cell) => cell.ended));
  await wall.close();
});

/** A cell whose glue is this text, as if every gate before it had failed. */
function cellWith(
  handler: string,
  limits: Partial<typeof RUNNER_LIMITS> = {},
  imports: readonly string[] = [],
  modules: Artifact["modules"] = [],
): LoadedCell {
  const artifact: Artifact = {
    glue: `let shared = 0; function instantiate(getCore, imports) { ${handler}; return { handler }; }`,
    modules,
    imports,
    memoryCapBytes: 1024 * 1024,
    isRestorable: false,
  };
  const cell = startLoadedCell(artifact, { wall, limits: { ...RUNNER_LIMITS, ...limits } });
  cells.push(cell);
  return cell;
}

const call = (overrides: Partial<CellCall> = {}): CellCall => ({
  request: { http: { url: "/" } },
  deadlineAt: performance.now() + 10_000,
  onHostCall: () => Promise.resolve({ kind: "ok", value: null }),
  ...overrides,
});
/** A process and all below it. */
const below = (pid: number): number[] => [
  pid,
  ...readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number)
    .flatMap(below),
];
const body = (text: string) => `{ status: 200, headers: [], body: new TextEncoder().encode(${text}) }`;
const textOf = async (cell: LoadedCell, overrides?: Partial<CellCall>) =>
  Buffer.from((await cell.call(call(overrides))).body ?? []).toString("utf8");

describe("a cell running hostile glue", () => {
  it("finds no authority in its realm, nor by climbing out of it", async () => {
    const cell = cellWith(`
      const tries = {
        process: () => process, require: () => require, fetch: () => fetch, module: () => module, Buffer: () => Buffer,
        function: () => Function("return this")(), evaluate: () => eval("1"), fnConstructor: () => (() => {}).constructor("return process")(),
        asyncConstructor: () => (async () => {}).constructor("return process")(), hostFunction: () => setTimeout.constructor("return process")(),
        decoder: () => TextDecoder.constructor("return process")(), timerThis: () => console.log.constructor("return process")(),
        importHost: () => Object.getPrototypeOf(imports) && "prototype", shared: () => new SharedArrayBuffer(1) && false,
        global: () => Object.keys(globalThis).filter((name) => /process|require|Deno|Bun/.test(name)).join() || false,
      };
      const handler = async () => {
        const found = [];
        for (const [name, work] of Object.entries(tries)) { try { if (work()) found.push(name); } catch {} }
        try { await import("node:fs"); found.push("import"); } catch {}
        // Errors of the outer realm carry its constructors: overflow the stack inside a lent function.
        try { const deep = () => { try { return new TextDecoder().decode(new Uint8Array(8)) + deep(); } catch (error) { throw error; } }; deep(); } catch (error) {
          try { const outer = error.constructor.constructor("return typeof process")(); found.push("stack " + outer); } catch {}
        }
        return ${body(`JSON.stringify(found)`)};
      };`);
    expect(await textOf(cell)).toBe("[]");
  });

  it("never runs a function that is not valid, as if preparing had not looked", async () => {
    const bytes = await wat(
      `(module (func (export "bad") (result i32) i64.const 7) (func (export "good") (result i32) i32.const 7))`,
    );
    const cell = cellWith(
      `const handler = async () => {
        const { good, bad } = new WebAssembly.Instance(await getCore("m.wasm")).exports;
        const said = [];
        for (const run of [good, bad, good, bad]) try { said.push(run()); } catch (error) { said.push(error.name); }
        return ${body("said.join()")};
      };`,
      {},
      [],
      [{ name: "m.wasm", bytes }],
    );
    expect(await textOf(cell)).toBe("7,CompileError,7,CompileError");
  });

  it("cannot speak for another call, nor with a host call nobody linked", async () => {
    const seen: string[] = [];
    const cell = cellWith(
      `const handler = async () => { const r = await imports["alga:extension/storage"].get("n", "k"); return ${body("JSON.stringify(r)")}; };`,
    );
    const answers = await Promise.all(
      ["a", "b", "c"].map((name) =>
        textOf(cell, {
          onHostCall: (target, args) => {
            seen.push(`${target} ${JSON.stringify(args)}`);
            return Promise.resolve({ kind: "ok", value: name });
          },
        }),
      ),
    );
    expect(answers).toEqual(['"a"', '"b"', '"c"']);
    expect(new Set(seen)).toEqual(new Set(['alga:extension/storage#get ["n","k"]']));
  });

  it("keeps bytes, integers and records intact across the pipe", async () => {
    const cell = cellWith(`const handler = async (request) => {
      const { a, n, list, none } = request;
      const back = await imports["alga:extension/storage"].put({ value: new Uint8Array([...a, 255]), revision: n + 1n, list, none });
      return { status: 200, headers: [{ name: "X-A", value: "1" }], body: back.bytes };
    };`);
    let given: unknown;
    const response = await cell.call(
      call({
        request: {
          a: Uint8Array.of(1, 2),
          n: 9_007_199_254_740_993n,
          list: [{ name: "é", value: "\u{1f600}" }],
          none: null,
        },
        onHostCall: (_target, [entry]) => {
          given = entry;
          return Promise.resolve({ kind: "ok", value: { bytes: Uint8Array.of(7, 8) } });
        },
      }),
    );
    expect(given).toEqual({
      value: Uint8Array.of(1, 2, 255),
      revision: 9_007_199_254_740_994n,
      list: [{ name: "é", value: "\u{1f600}" }],
    });
    expect(response).toEqual({ status: 200, headers: { "x-a": "1" }, body: Uint8Array.of(7, 8) });
  });

  it("draws other random bytes in each cell and call, from the first on", async () => {
    const draw = `const handler = () => ({ status: 200, headers: [], body: imports["wasi:random/random"].getRandomBytes(32n) });`;
    const pair = [0, 1].map(() => cellWith(draw, {}, ["wasi:random/random"]));
    const drawn = await Promise.all([...pair, ...pair].map((cell) => cell.call(call())));
    const texts = drawn.map(({ body }) => Buffer.from(body ?? []).toString("hex"));
    expect(new Set([...texts, "00".repeat(32)]).size).toBe(5);
    expect(texts.map(({ length }) => length)).toEqual([64, 64, 64, 64]);
  });

  it("carries a long text whole, though headers of frames are short", async () => {
    const cell = cellWith(
      `const handler = async () => { await imports["alga:extension/logging"].logInfo("é".repeat(2 << 20)); return ${body("'ok'")}; };`,
    );
    let given: readonly unknown[] = [];
    const onHostCall: CellCall["onHostCall"] = (_target, args) => {
      given = args;
      return Promise.resolve({ kind: "ok", value: null });
    };
    expect(await textOf(cell, { onHostCall })).toBe("ok");
    expect(given[0] === "é".repeat(2 << 20)).toBe(true);
  });

  it("rejects with the WIT error value a host call answers", async () => {
    const cell = cellWith(
      `const handler = async () => { try { await imports["alga:extension/storage"].get("n", "k"); } catch (error) { return ${body("error")}; } };`,
    );
    expect(await textOf(cell, { onHostCall: () => Promise.resolve({ kind: "err", value: "missing" }) })).toBe(
      "missing",
    );
  });

  it("is killed for a loop, and only the culprit is told about a deadline", async () => {
    const cell = cellWith(
      `const handler = async (request) => { if (request.loop) for (;;) {} await new Promise(() => {}); };`,
    );
    await cell.ready;
    const waiting = cell.call(call());
    const looping = cell.call(call({ request: { loop: true }, deadlineAt: performance.now() + 200 }));
    await expect(looping).rejects.toMatchObject({ code: "deadline_exceeded" });
    await expect(waiting).rejects.toMatchObject({ code: "runner_crashed", details: { untouched: true } });
    await cell.responsive();
    expect(cell.isDead).toBe(true);
  });

  it("lives on when it could not drop a call for want of a processor", async () => {
    const cell = cellWith(
      `const handler = async (request) => { if (request.wait) await imports["alga:extension/http"].fetch({}); return ${body("'ok'")}; };`,
    );
    const asked = Promise.withResolvers<void>();
    const caller = new AbortController();
    const waiting = cell.call(
      call({
        request: { wait: true },
        deadlineAt: performance.now() + 60_000,
        signal: caller.signal,
        onHostCall: () => {
          asked.resolve();
          return new Promise(() => undefined);
        },
      }),
    );
    await asked.promise;
    const processes = below(cell.pid as number);
    for (const pid of processes) process.kill(pid, "SIGSTOP");
    caller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "execute_failed" });
    // Time itself is what this is about: more than a cell that works on would get.
    await delay(600);
    for (const pid of processes) process.kill(pid, "SIGCONT");
    await cell.responsive();
    expect(cell.isDead).toBe(false);
    expect(await textOf(cell)).toBe("ok");
  });

  it("survives a call that only waits past its deadline", async () => {
    const cell = cellWith(
      `const handler = async (request) => { if (request.wait) await imports["alga:extension/http"].fetch({}); return ${body("'ok'")}; };`,
    );
    const never = call({
      request: { wait: true },
      deadlineAt: performance.now() + 100,
      onHostCall: () => new Promise(() => undefined),
    });
    await expect(cell.call(never)).rejects.toMatchObject({ code: "deadline_exceeded" });
    await cell.responsive();
    expect(cell.isDead).toBe(false);
    expect(await textOf(cell)).toBe("ok");
  });

  it("reports kill -9 from outside as runner_crashed", async () => {
    const cell = cellWith(`const handler = async () => { await imports["alga:extension/http"].fetch({}); };`);
    const { promise: called, resolve } = Promise.withResolvers<void>();
    const running = cell.call(
      call({
        onHostCall: () => {
          resolve();
          return new Promise(() => undefined);
        },
      }),
    );
    await called;
    process.kill(cell.pid as number, "SIGKILL");
    await expect(running).rejects.toMatchObject({ code: "runner_crashed", details: {} });
    await expect(cell.call(call())).rejects.toMatchObject({ code: "runner_crashed" });
  });

  it.each([
    [
      "a flood of host calls",
      `const handler = async () => { for (;;) imports["alga:extension/http"].fetch({}); };`,
    ],
    [
      "an answer above the frame cap",
      `const handler = async () => ({ status: 200, headers: [], body: new Uint8Array(3 << 20) });`,
    ],
  ])("is ended for %s", async (_name, handler) => {
    const cell = cellWith(handler, { frameBytes: 2 << 20 });
    const pending = cell.call(call({ onHostCall: () => new Promise(() => undefined) }));
    await expect(pending).rejects.toMatchObject({ code: "runner_crashed" });
  });

  it("refuses glue that does not parse", async () => {
    await expect(cellWith("}}} not javascript").ready).rejects.toMatchObject({ code: "component_rejected" });
  });
});

describe("readGuestResponse", () => {
  const limits = { responseBytes: 10, responseHeaders: 2 };
  const good = { status: 200, headers: [{ name: "A", value: "b" }], body: Uint8Array.of(1) };

  it("takes a good answer and lower-cases names", () => {
    expect(readGuestResponse(good, limits)).toEqual({
      status: 200,
      headers: { a: "b" },
      body: Uint8Array.of(1),
    });
    expect(readGuestResponse({ ...good, body: null }, limits).body).toBeNull();
  });

  it.each([
    ["no record", "text", "execute_failed"],
    ["an informational status", { ...good, status: 101 }, "execute_failed"],
    ["a fraction", { ...good, status: 200.5 }, "execute_failed"],
    ["headers that are no list", { ...good, headers: "x" }, "execute_failed"],
    ["a header that splits", { ...good, headers: [{ name: "a", value: "b\r\nc: d" }] }, "execute_failed"],
    ["a header name with a space", { ...good, headers: [{ name: "a b", value: "" }] }, "execute_failed"],
    ["a body that is text", { ...good, body: "text" }, "execute_failed"],
    ["a body above the cap", { ...good, body: new Uint8Array(11) }, "response_too_large"],
    ["too many headers", { ...good, headers: [1, 2, 3] }, "response_headers_exceeded"],
  ])("refuses %s", (_name, value, code) => {
    expect(() => readGuestResponse(value as never, limits)).toThrow(expect.objectContaining({ code }));
  });
});
