import { readFile } from "node:fs/promises";
import { inspectComponent } from "@alga-ext/bundle";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGuest, type Guest } from "../../test-support/open-guest.ts";
import { createWorkFolder, probeManifest, type WorkFolder } from "../../test-support/work-folder.ts";

/** A handler that lets the test look at the engine after the prelude. */
const PROBE = `
import { createRouter, jsonResponse, readJson } from "@alga-ext/sdk/handler";
const builtAt = Date.now();
const builtRandom = Math.random();
let calls = 0;
const PARTS = ["href", "username", "password", "host", "port", "pathname", "search", "hash"];
async function* count(to) { for (let at = 0; at < to; at++) { await null; yield at; } }
const answers = {
  url: (list) => list.map((text) => URL.canParse(text) ? PARTS.map((part) => new URL(text)[part]) : null),
  query: (list) => list.map((text) => [...new URLSearchParams(text)]),
  encode: (list) => list.map((units) => [...new TextEncoder().encode(String.fromCharCode(...units))]),
  decode: (list) => list.map((bytes) => new TextDecoder().decode(Uint8Array.from(bytes))),
  fatal: (list) => list.map((bytes) => {
    try { return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes)); } catch { return null; }
  }),
};
export default createRouter()
  .post("/:name", ({ request, params }) => jsonResponse(answers[params.name](readJson(request))))
  .get("/state", () => jsonResponse({ calls: ++calls, builtAt, builtRandom, now: Date.now(), random: Math.random() }))
  .get("/async", async () => {
    const order = [];
    queueMicrotask(() => order.push("microtask"));
    const all = Promise.all([1, Promise.resolve(2), (async () => { await null; return 3; })()]);
    order.push("sync");
    for await (const at of count(3)) order.push(at);
    const list = await Array.fromAsync(count(2));
    const lazy = await import("./lazy.js");
    return jsonResponse({ order, all: await all, list, lazy: lazy.value });
  })
  .get("/stalled", () => new Promise(() => {}))
  .get("/throws", async () => { await null; throw new RangeError("deliberate"); })
  .get("/forgets", () => { void Promise.reject(new Error("forgotten")); console.warn("careful", { a: 1 }); return jsonResponse(1); })
  .get("/nonsense", () => ({ status: "ok" }))
  .get("/undeclared", async ({ host }) => jsonResponse(await host.storage.list("n")))
  .handler;
`;

let work: WorkFolder;
let guest: Guest;
beforeAll(async () => {
  work = await createWorkFolder();
  await work.linkSdk();
  await work.write({
    "manifest.json": probeManifest([]),
    "package.json": '{"type":"module"}',
    "src/handler.js": PROBE,
    "src/lazy.js": "export const value = 42;",
  });
  guest = await openGuest(work.dir, work.dir);
  const { componentPath, warnings, interfaces } = guest.built;
  // The probe reaches for storage that it may not have, to see the refusal.
  expect(warnings).toEqual([expect.stringContaining("cap:storage.kv")]);
  expect(interfaces).toEqual(["context", "logging", "user", "user-v2"]);
  const { imports } = inspectComponent(await readFile(componentPath!));
  expect(imports.filter((name) => !name.startsWith("alga:extension/"))).toEqual([
    "wasi:clocks/wall-clock@0.2.6",
    "wasi:random/random@0.2.6",
  ]);
});
afterAll(async () => {
  await work.remove();
});

describe("the engine with the prelude", () => {
  test("encodes and decodes text as Node does", async () => {
    const units = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 0xffff })),
      fc.array(fc.constantFrom(0x41, 0xe9, 0xd83d, 0xde00, 0x20ac, 0xfeff)),
    );
    const bytes = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 255 })),
      fc.array(
        fc.constantFrom(
          0x41,
          0x80,
          0xc0,
          0xc3,
          0xa9,
          0xe0,
          0xa0,
          0xed,
          0xef,
          0xbb,
          0xbf,
          0xf0,
          0x90,
          0xf4,
          0x8f,
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(units), fc.array(bytes), async (texts, chunks) => {
        expect((await guest.call("POST", "/encode", texts)).json).toEqual(
          texts.map((one) => [...new TextEncoder().encode(String.fromCharCode(...one))]),
        );
        expect((await guest.call("POST", "/decode", chunks)).json).toEqual(
          chunks.map((one) => new TextDecoder().decode(Uint8Array.from(one))),
        );
        const strict = (one: number[]): string | null => {
          try {
            return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(one));
          } catch {
            return null;
          }
        };
        expect((await guest.call("POST", "/fatal", chunks)).json).toEqual(chunks.map(strict));
      }),
      { numRuns: 150 },
    );
  });

  test("parses addresses and queries as Node does", async () => {
    const tail = fc.array(
      fc.constantFrom(
        "/",
        "..",
        "%2e",
        "?",
        "#",
        "a b",
        "é",
        "🚀",
        "@",
        ":8080",
        "\\",
        "'",
        "%",
        "^",
        "[::1]",
        "0x7f.1",
        "&b=+c%20",
      ),
    );
    const text = tail.map((pieces) => `https://h.example${pieces.join("")}`);
    const parts = ["href", "username", "password", "host", "port", "pathname", "search", "hash"] as const;
    await fc.assert(
      fc.asyncProperty(fc.array(text), async (list) => {
        const comparable = list.filter((one) => !/^https:..[^/?#\\]*(?:é|🚀)/u.test(one));
        expect((await guest.call("POST", "/url", comparable)).json).toEqual(
          comparable.map((one) => {
            const url = URL.parse(one);
            return url === null ? null : parts.map((part) => url[part]);
          }),
        );
        // Node reads malformed triplets beside raw text outside ASCII as Latin-1.
        const queries = list.filter((one) => !/%(?!2e|20)/.test(one));
        expect((await guest.call("POST", "/query", queries)).json).toEqual(
          queries.map((one) => [...new URLSearchParams(one)]),
        );
      }),
      { numRuns: 150 },
    );
  });

  test("finishes everything asynchronous before it answers", async () => {
    expect((await guest.call("GET", "/async")).json).toEqual({
      order: ["sync", "microtask", 0, 1, 2],
      all: [1, 2, 3],
      list: [0, 1],
      lazy: 42,
    });
  });

  test("takes time and randomness from the host, not from the build", async () => {
    type State = { calls: number; now: number; builtAt: number; random: number; builtRandom: number };
    const seen: State[] = [];
    for (let at = 0; at < 3; at++) {
      await guest.restart();
      seen.push((await guest.call("GET", "/state")).json as State);
    }
    expect(new Set(seen.map(({ random }) => random)).size).toBe(3);
    expect(new Set(seen.map(({ builtRandom }) => builtRandom)).size).toBe(1);
    expect(seen.map(({ calls }) => calls)).toEqual([1, 1, 1]);
    expect(seen.at(-1)?.now).toBe(guest.host.nowMs);
    expect(Math.abs((seen.at(-1)?.builtAt ?? 0) - Date.now())).toBeLessThan(600_000);
  });

  test("answers and logs what goes wrong, without a trap", async () => {
    guest.logs.length = 0;
    expect(await guest.call("GET", "/throws")).toMatchObject({
      status: 500,
      json: { error: "handler_failed" },
    });
    expect(guest.logs.at(-1)).toMatch(/^error The handler threw RangeError: deliberate/);
    expect(await guest.call("GET", "/stalled")).toMatchObject({
      status: 500,
      json: { error: "handler_stalled" },
    });
    expect(await guest.call("GET", "/nonsense")).toMatchObject({
      status: 500,
      json: { error: "invalid_response" },
    });
    expect(await guest.call("GET", "/undeclared")).toMatchObject({
      status: 500,
      json: { error: "capability_not_declared" },
    });
    guest.logs.length = 0;
    expect((await guest.call("GET", "/forgets")).json).toBe(1);
    expect(guest.logs.map((line) => line.split("\n")[0])).toEqual([
      'warn careful {"a":1}',
      "error Unhandled rejection: Error: forgotten",
    ]);
    expect(await guest.call("GET", "/state")).toMatchObject({ status: 200 });
  });
});
