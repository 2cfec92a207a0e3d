import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectMessage } from "./inspect-message.ts";

const envelope = (type: string, payload: unknown, extra: object = {}): unknown => ({
  alga: true,
  version: "1",
  type,
  payload,
  ...extra,
});
const call = (payload: unknown): unknown => envelope("apiproxy", payload, { request_id: "c1" });

function cyclic(): unknown {
  const payload: { height: number; self?: unknown } = { height: 1 };
  payload.self = payload;
  return envelope("resize", payload);
}

describe("inspectMessage", () => {
  it.each([
    ["resize", envelope("resize", { height: 12.5 })],
    ["navigate", envelope("navigate", { path: "/a", replace: true })],
    ["apiproxy", call({ route: "/a", method: "GET", headers: { accept: "x" } })],
    ["apiproxy with 10 MiB", call({ route: "/a", body: new ArrayBuffer(10 * 1024 * 1024) })],
    ["unknown fields", envelope("close", { later: 1 })],
  ])("lets %s through", (_name, data) => {
    expect(inspectMessage(data)).toHaveProperty("message");
  });

  it.each([
    ["a future version", { alga: true, version: "2", type: "ready", payload: {} }, "unsupported_version"],
    ["no payload", { alga: true, version: "1", type: "ready" }, "malformed"],
    ["an unknown type", envelope("open_modal", {}), "unknown_type"],
    ["a prototype name as type", envelope("__proto__", {}), "unknown_type"],
    ["a method name as type", envelope("toString", {}), "unknown_type"],
    ["a host's type", envelope("bootstrap", {}), "unknown_type"],
    ["a __proto__ key", envelope("resize", JSON.parse('{"height":1,"__proto__":{"x":1}}')), "prototype_key"],
    ["a nested constructor key", call({ route: "/a", headers: { constructor: "x" } }), "prototype_key"],
    ["a cyclic value", cyclic(), "oversize"],
    ["a long string", envelope("resize", { height: 1, pad: "x".repeat(140_000) }), "oversize"],
    ["a sparse array", envelope("resize", { height: 1, pad: Array.from({ length: 1e6 }) }), "oversize"],
    ["a body above 10 MiB", call({ route: "/a", body: new ArrayBuffer(10 * 1024 * 1024 + 1) }), "oversize"],
    ["a Map", envelope("resize", { height: 1, pad: new Map() }), "malformed"],
    ["a bigint", envelope("resize", { height: 1, pad: 1n }), "malformed"],
    ["no number", envelope("resize", { height: Number.NaN }), "malformed"],
    ["a climbing path", envelope("navigate", { path: "/../admin" }), "malformed"],
    ["a call without id", envelope("apiproxy", { route: "/a" }), "malformed"],
    ["a call with TRACE", call({ route: "/a", method: "TRACE" }), "malformed"],
    ["a short nonce", envelope("hello", { nonce: "x" }), "malformed"],
    ["plain text", "hello", "malformed"],
    ["null", null, "malformed"],
  ])("drops %s", (_name, data, fault) => {
    expect(inspectMessage(data)).toEqual({ fault });
  });

  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withMap: true, withBigInt: true, withDate: true }),
        (value) => {
          for (const data of [
            value,
            envelope("apiproxy", value, { request_id: "c" }),
            envelope("navigate", value),
          ]) {
            expect(Object.keys(inspectMessage(data))).toHaveLength(1);
          }
        },
      ),
    );
  });
});
