import { expect, test } from "vitest";
import { parseExecuteUsage } from "./parse-execute-usage.ts";

test("keeps everything that the execution log, quotas and the debug stream live on", () => {
  const usage = {
    duration_ms: 12.5,
    cpu_ms: 3.5,
    memory_mb: 17,
    egress_bytes: 512,
    egress_requests: 2,
    host_calls: 9,
    storage_ops: 4,
    log_lines: [{ ts: "2026-01-02T03:04:05.678Z", level: "warn", message: "careful", truncated: true }],
    log_dropped: 1,
    exceeded: [{ limit: "log_lines", code: "log_exceeded", value: 1 }],
    capabilities: [
      { target: "alga:extension/storage#get", calls: 2, failed: 1, denied: 0, ms: 3.1, spans: [[1, 2]] },
    ],
    egress: [{ host: "api.example.com", requests: 2, failed: 0, bytes: 512, ms: 40 }],
  };
  expect(parseExecuteUsage(usage)).toEqual(usage);
});

test("what makes no sense is 0, empty or left out", () => {
  const usage = parseExecuteUsage({
    duration_ms: "12",
    cpu_ms: "3",
    log_lines: [null, { level: "fatal", message: 7 }],
    exceeded: [{ limit: "constructor" }, { limit: "cpu_ms", code: "made_up", value: 5 }, 7],
    capabilities: [{ target: 1, spans: [[1], "x", [1, 2]] }],
    egress: "all",
  });
  expect(usage).toEqual({
    duration_ms: 0,
    egress_bytes: 0,
    host_calls: 0,
    log_lines: [{ ts: "", level: "info", message: "" }],
    exceeded: [{ limit: "cpu_ms", code: "cpu_exceeded", value: 5 }],
    capabilities: [{ target: "", calls: 0, failed: 0, denied: 0, ms: 0, spans: [[1, 2]] }],
  });
});
