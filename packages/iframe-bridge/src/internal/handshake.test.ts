import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  stepHandshake,
  type HandshakeEffect,
  type HandshakeEvent,
  type HandshakeState,
} from "./handshake.ts";

const A = "a".repeat(32);
const B = "b".repeat(32);
const START: HandshakeState = { phase: "waiting", loads: 0 };

function run(events: readonly HandshakeEvent[]): { state: HandshakeState; effects: HandshakeEffect[] } {
  let state = START;
  const effects: HandshakeEffect[] = [];
  for (const event of events) {
    const step = stepHandshake(state, event);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const hello = (nonce: string, loading = true): HandshakeEvent => ({ type: "hello", nonce, loading });
const ready = (nonce: string): HandshakeEvent => ({ type: "message", nonce });
const load: HandshakeEvent = { type: "load" };
const message: HandshakeEvent = { type: "message" };

describe("stepHandshake", () => {
  it("tolerates the document's own load, before or after its hello", () => {
    expect(run([hello(A), ready(A), load]).state.phase).toBe("open");
    expect(run([load, hello(A, false), ready(A)]).state.phase).toBe("open");
    expect(run([load, hello(A, true), load, ready(A)]).state.phase).toBe("open");
    expect(run([load, hello(A, false), hello(A, false), ready(A)]).state.phase).toBe("open");
  });

  it.each<[string, HandshakeEvent[], string]>([
    ["a second load", [hello(A), ready(A), load, load], "document_replaced"],
    ["a load after a late hello", [load, hello(A, false), load], "document_replaced"],
    ["another document's hello", [hello(A), ready(A), load, hello(B)], "document_replaced"],
    ["another document's hello before ready", [hello(A), hello(B)], "document_replaced"],
    ["a port in foreign hands", [hello(A), ready(B)], "handshake_failed"],
    ["a call before ready", [hello(A), message], "handshake_failed"],
    ["a dead port", [hello(A), ready(A), { type: "gone" }], "document_replaced"],
  ])("ends on %s", (_name, events, reason) => {
    const { state, effects } = run(events);
    expect(state).toEqual({ phase: "closed", reason });
    expect(effects.filter((effect) => effect === "teardown")).toHaveLength(1);
  });

  it("holds its invariants over any sequence of events", () => {
    const event: fc.Arbitrary<HandshakeEvent> = fc.oneof(
      fc.record({ type: fc.constant("hello"), nonce: fc.constantFrom(A, B), loading: fc.boolean() }),
      fc.constant(load),
      fc.constantFrom(ready(A), ready(B), message),
      fc.constant<HandshakeEvent>({ type: "gone" }),
      fc.constant<HandshakeEvent>({ type: "close", reason: "closed_by_host" }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        let state = stepHandshake(START, { type: "message" }).state;
        let first: string | undefined;
        let proven = false;
        let ended = false;
        let loadsAfterHello = 0;
        const seen: HandshakeEffect[] = [];
        for (const next of events) {
          const before = state.phase;
          const step = stepHandshake(state, next);
          // Nothing at all happens after the end.
          if (ended) expect(step).toEqual({ state, effects: [] });
          if (next.type === "hello" && before === "waiting") first = next.nonce;
          else if (next.type === "load" && first !== undefined && !ended) loadsAfterHello += 1;
          if (next.type === "message" && before === "offered" && next.nonce === first) proven = true;
          // Data moves only to the document that proved itself, and only while open.
          if (step.effects.includes("send_bootstrap")) expect(proven && before === "offered").toBe(true);
          if (step.effects.includes("deliver")) expect(proven && before === "open").toBe(true);
          // Another document's hello always ends a bridge that had one.
          if (next.type === "hello" && first !== undefined && next.nonce !== first)
            expect(step.state.phase).toBe("closed");
          if (loadsAfterHello > 1) expect(step.state.phase).toBe("closed");
          ended ||= step.state.phase === "closed";
          seen.push(...step.effects);
          state = step.state;
        }
        for (const once of ["offer_port", "send_bootstrap", "teardown"] as const) {
          expect(seen.filter((effect) => effect === once).length).toBeLessThanOrEqual(1);
        }
        expect(seen.includes("teardown")).toBe(ended);
      }),
      { numRuns: 3000 },
    );
  });
});
