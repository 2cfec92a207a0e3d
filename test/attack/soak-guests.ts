import { buildComponent } from "../../packages/runner/test-support/build-component.ts";
import { coreGuest } from "./fixtures/core-guest.ts";

/**
 * A worker that keeps books: every answer begins with how often this instance was called, which must be 1, and with the
 * `id` of the request. The other paths are the sins of a hostile one.
 */
const WORKER = `
import { put } from "alga:extension/storage";
import { fetch } from "alga:extension/http";
import { logInfo } from "alga:extension/logging";
let calls = 0;
const kept = [];
export function handler(request) {
  calls += 1;
  const [path, query = ""] = request.http.url.split("?");
  const id = query.split("=")[1] ?? "";
  const said = (what) => answer(calls + " " + id + " " + what);
  switch (path) {
    case "/read": { let sum = 0; for (let i = 0; i < 3000; i += 1) sum = (sum * 31 + i) | 0; return said(sum); }
    case "/write": return said(JSON.stringify(attempt(() => put({ namespace: "ledger", key: id, value: bytes(id) }).key)));
    case "/fetch": return said(JSON.stringify(attempt(() => fetch({ method: "GET", url: "https://upstream.example/hit?id=" + id, headers: [], body: undefined }).status)));
    case "/log": logInfo("call " + id); return said("logged");
    case "/grow": kept.push(new Uint8Array(24 << 20).fill(1)); return said("grown");
    case "/loop": for (;;) {}
    case "/bomb": for (;;) kept.push(new Uint8Array(1 << 20).fill(1));
    case "/trap": throw new Error("boom");
    case "/flood": { const line = "x".repeat(900); for (let i = 0; i < 600; i += 1) logInfo(line); return said("flooded"); }
    case "/denied": return said(JSON.stringify(attempt(() => fetch({ method: "GET", url: "https://elsewhere.example/", headers: [], body: undefined }).status)));
    case "/huge": return { status: 200, headers: [], body: new Uint8Array(9 << 20) };
    default: return answer("no such route", 404);
  }
}`;

/** Lifted outside of the guest, where no fuel counts: a cell in which POST is called has to be killed. */
const LIFT_BOMB = `
  (loop
    (local.set $j (i32.add (i32.const 8192) (i32.mul (local.get $i) (i32.const 16))))
    (i32.store (local.get $j) (i32.const 2097152)) (i32.store offset=4 (local.get $j) (i32.const 1048576))
    (i32.store offset=8 (local.get $j) (i32.const 2097152)) (i32.store offset=12 (local.get $j) (i32.const 1048576))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if 0 (i32.lt_u (local.get $i) (i32.const 60000))))
  (i32.store (i32.const 1028) (i32.const 8192)) (i32.store (i32.const 1032) (i32.const 60000))`;

/** Paths of the worker and the crasher, as installs declare them. */
export const ENDPOINTS = [
  ...["read", "fetch", "log", "grow", "loop", "bomb", "trap", "flood", "denied", "huge", "idle"].map(
    (path) => ["GET", `/${path}`],
  ),
  ["POST", "/write"],
  ["POST", "/fetch"],
  ["POST", "/crash"],
].map(([method = "", path = ""]) => ({ method, path, handler: "dist/main" }));

/** The component that works and sins. */
export async function buildWorker(): Promise<Uint8Array> {
  return await buildComponent(WORKER);
}

/** A component whose `POST` costs its whole cell; `GET` answers 200 without a body. */
export async function buildCrasher(): Promise<Uint8Array> {
  return await coreGuest({ attack: LIFT_BOMB, pages: 64 });
}
