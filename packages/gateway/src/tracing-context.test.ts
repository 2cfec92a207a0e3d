import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { INVALID_SPAN_CONTEXT } from "@opentelemetry/api";
import { parseTraceHeaders, toTraceHeaders } from "./tracing-context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const read = (traceparent: string, tracestate: string | null = null) =>
  parseTraceHeaders((name) => (name === "traceparent" ? traceparent : tracestate));

describe("parseTraceHeaders", () => {
  test.each([
    ["a sampled span", `00-${TRACE}-${SPAN}-01`, 1],
    ["an unsampled one", `00-${TRACE}-${SPAN}-00`, 0],
    ["flags nobody knows yet", `00-${TRACE}-${SPAN}-ff`, 1],
    ["a later version", `cc-${TRACE}-${SPAN}-01-what-comes-next`, 1],
  ])("reads %s", (_what, header, traceFlags) => {
    expect(read(header)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags, isRemote: true });
  });

  test.each([
    ["", "nothing"],
    [`ff-${TRACE}-${SPAN}-01`, "the version that is none"],
    [`00-${TRACE}-${SPAN}-01-more`, "more than version 00 has"],
    [`00-${"0".repeat(32)}-${SPAN}-01`, "no trace"],
    [`00-${TRACE}-${"0".repeat(16)}-01`, "no span"],
    [`00-${TRACE.toUpperCase()}-${SPAN}-01`, "upper case"],
    [`00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`, "two of them"],
    [`00-${TRACE}-${SPAN}-01\n`, "a line end"],
  ])("takes %j for none: %s", (header) => {
    expect(read(header)).toBeNull();
  });

  test("keeps what vendors keep, and drops what is too much", () => {
    const state = (value: string) => read(`00-${TRACE}-${SPAN}-01`, value)?.traceState?.serialize();
    expect(state("a=1,b=2")).toBe("a=1,b=2");
    expect(state(`a=${"x".repeat(2000)}`)).toBe("");
  });

  test("never throws, and gives back what it was made from", () => {
    const hex = (bits: bigint) =>
      fc
        .bigInt({ min: 1n, max: 2n ** bits - 1n })
        .map((id) => id.toString(16).padStart(Number(bits) / 4, "0"));
    fc.assert(
      fc.property(fc.string(), fc.string(), (parent, state) => {
        read(parent, state);
      }),
    );
    fc.assert(
      fc.property(hex(128n), hex(64n), fc.integer({ min: 0, max: 1 }), (traceId, spanId, traceFlags) => {
        const span = { traceId, spanId, traceFlags };
        expect(read(toTraceHeaders(span)?.traceparent ?? "")).toEqual({ ...span, isRemote: true });
      }),
    );
  });
});

describe("toTraceHeaders", () => {
  test("has nothing to say of a span in no trace", () => {
    expect(toTraceHeaders(INVALID_SPAN_CONTEXT)).toBeUndefined();
  });
});
