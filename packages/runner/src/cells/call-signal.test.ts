import { describe, expect, it } from "vitest";
import { CallAbort } from "./call-signal.ts";

describe("CallAbort", () => {
  it("tells those who listen, each once, and nobody who left", () => {
    const abort = new CallAbort();
    const told: string[] = [];
    const leaver = () => told.push("leaver");
    abort.addEventListener("abort", () => told.push("one"));
    abort.addEventListener("abort", leaver);
    abort.addEventListener("abort", () => {
      told.push("two");
      abort.removeEventListener("abort", leaver);
    });
    abort.removeEventListener("abort", leaver);
    expect(abort.aborted).toBe(false);
    abort.abort();
    abort.abort();
    expect(told).toEqual(["one", "two"]);
    expect(abort.aborted).toBe(true);
  });
});
