import { EXECUTE_LIMIT_CODES, WIRE_STATUS, type ExecuteLimitName } from "@alga-ext/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sessionWith } from "../../test-support/broker.ts";
import { requestFor } from "../../test-support/test-runner.ts";
import { RunnerError } from "../errors.ts";
import { RUNNER_LIMITS } from "../options.ts";
import { assertRequestFits, assertResponseFits } from "./assert-fits.ts";
import { callCeilings, createLimitResolver, defaultCallLimits } from "./call-limits.ts";
import { createCallUsage, toCallError, toExecuteUsage } from "./call-usage.ts";

const defaults = defaultCallLimits(RUNNER_LIMITS);
const names = Object.keys(EXECUTE_LIMIT_CODES) as ExecuteLimitName[];

describe("createLimitResolver", () => {
  it("has a default for every limit that has a code", () => {
    expect(Object.keys(defaults).sort()).toEqual([...names].sort());
    expect(Object.values(defaults).every((value) => value > 0)).toBe(true);
  });

  it("takes the install's, else the tenant's, else the operator's", () => {
    const ceilings = callCeilings(RUNNER_LIMITS, { host_calls: 5_000 });
    const resolved = createLimitResolver({ defaults, ceilings })({
      tenant: { host_calls: 2_000, storage_ops: 10, log_lines: 7 },
      install: { storage_ops: 20 },
    });
    expect(resolved).toEqual({ ...defaults, host_calls: 2_000, storage_ops: 20, log_lines: 7 });
  });

  it("lets a call ask for more time than the default, up to the operator's", () => {
    const ceilings = callCeilings(RUNNER_LIMITS);
    const of = (timeout_ms: number) =>
      createLimitResolver({ defaults, ceilings })({ install: { timeout_ms } }).timeout_ms;
    expect([of(30_000), of(600_000)]).toEqual([30_000, RUNNER_LIMITS.maxTimeoutMs]);
  });

  it("is never above a ceiling and never nothing, whatever tenants and installs say", () => {
    const limit = fc.record(
      Object.fromEntries(
        names.map((name) => [name, fc.oneof(fc.double(), fc.integer(), fc.constant(undefined))]),
      ),
      { requiredKeys: [] },
    );
    const raised = fc.record(Object.fromEntries(names.map((name) => [name, fc.integer({ min: 1 })])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(limit, limit, raised, (tenant, install, max) => {
        const ceilings = callCeilings(RUNNER_LIMITS, max);
        const resolved = createLimitResolver({ defaults, ceilings })({
          tenant: tenant as never,
          install: install as never,
        });
        for (const name of names) {
          expect(resolved[name]).toBeLessThanOrEqual(ceilings[name]);
          expect(resolved[name]).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe("limits that end a call", () => {
  const HASH = `sha256:${"a".repeat(64)}` as const;

  it.each([
    ["request_bytes", { body_b64: Buffer.alloc(11).toString("base64") }, "payload_too_large"],
    ["request_headers", { headers: { a: "1", b: "2", c: "3" } }, "request_headers_exceeded"],
    ["request_header_bytes", { headers: { a: "x".repeat(10) } }, "request_headers_exceeded"],
  ] as const)("%s", (limit, http, code) => {
    const request = (more: object) => {
      const plain = requestFor(HASH, "/x");
      return { ...plain, http: { ...plain.http, ...more } };
    };
    const limits = { request_bytes: 10, request_headers: 2, request_header_bytes: 10 };
    const fits = { body_b64: Buffer.alloc(10).toString("base64"), headers: { a: "1234", b: "1234" } };
    const session = sessionWith({ limits });
    assertRequestFits(request(fits), session);
    expect(() => assertRequestFits(request(http), session)).toThrow(
      expect.objectContaining({ code, status: WIRE_STATUS[code], details: { limit, value: limits[limit] } }),
    );
    expect([...session.usage.exceeded]).toEqual([[limit, limits[limit]]]);
  });

  it.each([
    ["response_bytes", { body: new Uint8Array(11) }, "response_too_large"],
    ["response_headers", { headers: { a: "1", b: "2", c: "3" } }, "response_headers_exceeded"],
    ["response_header_bytes", { headers: { a: "x".repeat(10) } }, "response_headers_exceeded"],
  ] as const)("%s", (limit, response, code) => {
    const limits = { response_bytes: 10, response_headers: 2, response_header_bytes: 10 };
    const session = sessionWith({ limits });
    const fits = { headers: {}, body: null };
    assertResponseFits(fits, session);
    expect(() => assertResponseFits({ ...fits, ...response }, session)).toThrow(
      expect.objectContaining({ code }),
    );
    expect([...session.usage.exceeded]).toEqual([[limit, limits[limit]]]);
  });

  it("records what ended it, and tells our own stop from a trap of the guest", () => {
    const trap = new RunnerError("execute_failed", "The extension stopped: unreachable.");
    const usage = createCallUsage();
    expect(toCallError(trap, usage, defaults)).toBe(trap);
    expect(usage.exceeded.size).toBe(0);
    usage.exceeded.set("host_calls", 7);
    expect(toCallError(trap, usage, defaults)).toMatchObject({
      code: "host_calls_exceeded",
      details: { limit: "host_calls", value: 7 },
    });
    for (const code of ["deadline_exceeded", "cpu_exceeded", "memory_exceeded"] as const) {
      const ended = createCallUsage();
      toCallError(new RunnerError(code, "over"), ended, defaults);
      const [exceeded] = toExecuteUsage(ended, { durationMs: 1, now: 0 }).exceeded ?? [];
      expect(exceeded?.code).toBe(code);
      expect(exceeded?.value).toBe(defaults[exceeded?.limit ?? "host_calls"]);
    }
  });

  it("has a wire status for every code that can end a call", () => {
    const quiet = new Set([
      "log_exceeded",
      "egress_requests_exceeded",
      "egress_bytes_exceeded",
      "storage_ops_exceeded",
    ]);
    for (const code of Object.values(EXECUTE_LIMIT_CODES))
      expect([code, Object.hasOwn(WIRE_STATUS, code)]).toEqual([code, !quiet.has(code)]);
  });
});

describe("toExecuteUsage", () => {
  it("reports everything, and says in one line what was dropped", () => {
    const usage = createCallUsage();
    usage.logLines.push({ ts: "t", level: "info", message: "kept" });
    usage.droppedLines = 3;
    usage.metrics.set("n", { name: "n", kind: "counter", sum: 1 });
    usage.exceeded.set("log_lines", 1);
    expect(toExecuteUsage(usage, { durationMs: 1.234, now: 0, cpuMs: 0.99, memoryBytes: 3 << 20 })).toEqual({
      duration_ms: 1.2,
      cpu_ms: 1,
      memory_mb: 3,
      egress_bytes: 0,
      egress_requests: 0,
      host_calls: 0,
      storage_ops: 0,
      log_lines: [
        { ts: "t", level: "info", message: "kept" },
        { ts: "1970-01-01T00:00:00.000Z", level: "warn", message: expect.any(String) },
      ],
      log_dropped: 3,
      metrics: [{ name: "n", kind: "counter", sum: 1 }],
      exceeded: [{ limit: "log_lines", code: "log_exceeded", value: 1 }],
    });
  });
});
