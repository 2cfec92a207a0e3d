import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import type { ContentHash, ExecuteResponse } from "@alga-ext/protocol";
import { codeOf, openArena, type Arena, type AttackCall } from "./arena.ts";
import { componentWithCoreName, doublingBomb } from "./fixtures/bombs.ts";
import { coreGuest } from "./fixtures/core-guest.ts";
import { startHostileServer, type HostileServer } from "./fixtures/hostile-server.ts";
import { slowStorage } from "./fixtures/slow-storage.ts";
import { countHoldings, type Holdings } from "./machine.ts";
import { loadPackages } from "./packages.ts";
import { printReport } from "./report.ts";

const MIB = 1024 * 1024;
const ATTACKS = Number(process.env["ATTACK_COUNT"] ?? 1_000);
const ROUNDS = 4;
/** Attacks before the first count: heaps, pools and caches find their size. */
const WARM_UP = Math.ceil(ATTACKS / 4);
/** What fragments outside of the heap may come to: frames of megabytes come and go. */
const RSS_BOUND_BYTES = 64 * MIB;
/** What V8 holds, and holds for us, may come to: nothing but noise. */
const HEAP_BOUND_BYTES = 8 * MIB;
/** The hostile install's cell lives through all of it, with what its engine compiles on the way. */
const CELL_BOUND_BYTES = 96 * MIB;
const CONCURRENT = 4;

const home = mkdtempSync(join(tmpdir(), "alga-attack-home-"));
let arena: Arena;
let server: HostileServer;
const guests = new Map<string, ContentHash>();

beforeAll(async () => {
  // Everything temporary is made in a place of its own, so that it can be counted.
  vi.stubEnv("TMPDIR", home);
  const packages = await loadPackages();
  server = await startHostileServer();
  arena = await openArena({
    packages,
    storage: slowStorage(packages.testing.createMemoryStorage()),
    egressOverrides: { "local.example": server.url },
    resolver: { resolve: () => Promise.resolve(["10.0.0.1"]) },
    limits: { egressTimeoutMs: 100 },
  });
  const admit = async (name: string, component: Uint8Array) => guests.set(name, await arena.admit(component));
  await admit("bad name", await componentWithCoreName(`a']; globalThis.__pwned = 1; ['`));
  await admit("bomb", doublingBomb(20));
  await admit("garbage", (await parse("(module)")).subarray(0, 6));
  await admit("spin", await coreGuest({ attack: "(loop (br 0))" }));
  await admit("trap", await coreGuest({ attack: "(unreachable)" }));
  // Lifted outside of the guest, where no fuel counts: the cell has to be killed.
  await admit("lift", await coreGuest({ attack: LIFT_BOMB, pages: 64 }));
  for (const name of ["spin", "trap", "lift"]) await arena.runner.prepare(guests.get(name) as ContentHash);
}, 240_000);
afterAll(async () => {
  await arena.close();
  await server.close();
  printReport("Endurance");
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

const LIFT_BOMB = `
  (loop
    (local.set $j (i32.add (i32.const 8192) (i32.mul (local.get $i) (i32.const 16))))
    (i32.store (local.get $j) (i32.const 2097152)) (i32.store offset=4 (local.get $j) (i32.const 1048576))
    (i32.store offset=8 (local.get $j) (i32.const 2097152)) (i32.store offset=12 (local.get $j) (i32.const 1048576))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if 0 (i32.lt_u (local.get $i) (i32.const 60000))))
  (i32.store (i32.const 1028) (i32.const 8192)) (i32.store (i32.const 1032) (i32.const 60000))`;

/** Cheap attacks in turn, and what each may come to. */
const MIX: readonly (readonly [guest: string, call: AttackCall, codes: readonly string[]])[] = [
  ["bad name", {}, ["component_rejected"]],
  ["hostile", { path: "/throw" }, ["execute_failed"]],
  ["hostile", { path: "/recurse" }, ["execute_failed"]],
  ["bomb", {}, ["component_rejected"]],
  ["hostile", { path: "/loop", timeoutMs: 20 }, ["deadline_exceeded"]],
  ["hostile", { path: "/hang", timeoutMs: 20 }, ["deadline_exceeded"]],
  ["hostile", { path: "/body?bytes=9000000" }, ["response_too_large"]],
  ["hostile", { path: "/headers?count=65" }, ["response_headers_exceeded"]],
  ["garbage", {}, ["component_rejected"]],
  ["hostile", { path: "/split" }, ["execute_failed"]],
  ["hostile", { path: "/log?lines=400&bytes=100" }, ["ok"]],
  ["trap", { method: "POST" }, ["execute_failed"]],
  ["hostile", { path: "/keep" }, ["ok"]],
  ["hostile", fetching("https://127.0.0.1/"), ["ok"]],
  ["hostile", fetching("https://inside.example/"), ["ok"]],
  ["hostile", fetching("https://local.example/endless"), ["ok"]],
  ["hostile", fetching("https://local.example/many-headers"), ["ok"]],
  ["spin", { method: "POST", timeoutMs: 20 }, ["deadline_exceeded"]],
  ["hostile", { path: "/status?status=101" }, ["execute_failed"]],
  ["hostile", { path: "/loop", timeoutMs: 5_000, signal: AbortSignal.abort() }, ["execute_failed"]],
];
/** Calls of the attacker that went down with another one. */
let bystanders = 0;
const MAX_BYSTANDER_SHARE = 0.05;
/** One attack in so many costs its cell. */
const KILLS_EVERY = 50;

function fetching(url: string): AttackCall {
  return {
    method: "POST",
    path: "/fetch",
    body: JSON.stringify({ url }),
    egress: ["local.example", "inside.example"],
  };
}

/** Two at once would end each other's cell. */
let killing: Promise<void> = Promise.resolve();

async function killOnce(): Promise<void> {
  const lifted = await call("lift", { method: "POST", timeoutMs: 300 });
  expect(["deadline_exceeded", "runner_crashed"]).toContain(codeOf(lifted));
  // A success between two crashes, or the install rests.
  expect(codeOf(await call("lift", {}))).toBe("ok");
}

async function attackOnce(index: number): Promise<void> {
  if (index % KILLS_EVERY === 0) {
    killing = killing.then(killOnce);
    await killing;
    return;
  }
  const [guest, attack, codes] = MIX[index % MIX.length] as (typeof MIX)[number];
  const code = codeOf(await call(guest, attack));
  // A cell that could not drop one call in time is ended, and with it the attacker's other calls there.
  if (code === "runner_crashed") bystanders += 1;
  else expect([attack.path ?? guest, codes]).toEqual([attack.path ?? guest, expect.arrayContaining([code])]);
}

async function call(guest: string, attack: AttackCall): Promise<ExecuteResponse> {
  return await arena.call(guests.get(guest) ?? arena.hostile, attack);
}

async function attackMany(count: number): Promise<void> {
  let next = 0;
  const attacker = async () => {
    for (let index = next++; index < count; index = next++) await attackOnce(index);
  };
  await Promise.all(Array.from({ length: CONCURRENT }, attacker));
}

/** Every cell alive and idle, nothing under way, garbage collected. */
async function settle(): Promise<Holdings> {
  for (const name of ["spin", "trap", "lift", "hostile"]) expect(codeOf(await call(name, {}))).toBe("ok");
  let last = countHoldings();
  await vi.waitFor(
    () => {
      const now = countHoldings();
      const isStill = now.processes === last.processes && now.sockets === last.sockets;
      last = now;
      expect(isStill).toBe(true);
    },
    { timeout: 10_000, interval: 500 },
  );
  // What is under way between processes is let go by the loop, and by a second collection.
  for (let pass = 0; pass < 3; pass += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
  return countHoldings();
}

/** Slope of the line that fits best, per 1,000 attacks. */
function slope(bytes: readonly number[]): string {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(bytes.map((_, index) => index)), mean(bytes)];
  const over = bytes.reduce((sum, value, index) => sum + (index - x) * (value - y), 0);
  const under = bytes.reduce((sum, _, index) => sum + (index - x) ** 2, 0);
  return (((over / under) * ROUNDS * 1_000) / ATTACKS / MIB).toFixed(1);
}

test(`D. ${ATTACKS} attacks leave nothing behind`, async () => {
  await attackMany(WARM_UP);
  bystanders = 0;
  const counts = [await settle()];
  await arena.survive(`${ATTACKS} mixed attacks`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await attackMany(ATTACKS / ROUNDS);
      counts.push(await settle());
    }
  });
  const show = (name: keyof Holdings) =>
    counts
      .map((one) => (name.endsWith("Bytes") ? (one[name] / MIB).toFixed(0) : String(one[name])).padStart(6))
      .join("");
  process.stdout.write(
    `\nholdings before, and after each quarter of ${ATTACKS} attacks of ${MIX.length + 1} kinds, 1 in ${KILLS_EVERY} of which costs its cell; ${bystanders} calls of the attacker ended with another one of its own
slope per 1,000 attacks: RSS ${slope(counts.map(({ rssBytes }) => rssBytes))} MiB, heap ${slope(counts.map(({ heapBytes }) => heapBytes))} MiB, largest cell ${slope(counts.map(({ cellBytes }) => cellBytes))} MiB
processes   ${show("processes")}\ndescriptors ${show("descriptors")}\nsockets     ${show("sockets")}\ntemporaries ${show("temporaries")}\nRSS, MiB    ${show("rssBytes")}\nheap, MiB   ${show("heapBytes")}\ncell, MiB   ${show("cellBytes")}\n`,
  );
  const [before] = counts as [Holdings];
  const { rssBytes, heapBytes, cellBytes, ...after } = counts.at(-1) as Holdings;
  expect({ ...before, ...after }).toEqual(before);
  expect(rssBytes - before.rssBytes).toBeLessThan(RSS_BOUND_BYTES);
  expect(heapBytes - before.heapBytes).toBeLessThan(HEAP_BOUND_BYTES);
  // Calls that were given up in it leave no stacks and no instances.
  expect(cellBytes - before.cellBytes).toBeLessThan(CELL_BOUND_BYTES);
  expect(bystanders / ATTACKS).toBeLessThan(MAX_BYSTANDER_SHARE);
}, 600_000);
