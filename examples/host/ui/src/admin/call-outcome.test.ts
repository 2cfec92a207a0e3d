import type { ExecutionLogEntry } from "@alga-ext/protocol";
import { describe, expect, it } from "vitest";
import { describeOutcome } from "./call-outcome.ts";

const call = (status: string, httpStatus: number | null, error: string | null = null): ExecutionLogEntry => ({
  id: "1",
  requestId: "r",
  startedAt: "2026-01-01T00:00:00Z",
  finishedAt: null,
  status,
  method: "GET",
  path: "/",
  httpStatus,
  durationMs: null,
  userId: null,
  error,
  lines: [],
});

describe("describeOutcome", () => {
  it.each([
    [call("started", null), "Running", null, "default"],
    [call("ok", 204), "Answered 204", null, "success"],
    [call("upstream_error", 404, "extension_error_status"), "Answered 404", "by the extension", "warning"],
    [call("upstream_error", 502, "extension_error_status"), "Answered 502", "by the extension", "danger"],
    [call("timeout", 504, "timeout"), "Timed out", null, "danger"],
    [call("policy_denied", 403), "Refused", "by Acme PSA", "warning"],
    [call("error", 413, "payload_too_large"), "Refused", "by Acme PSA", "warning"],
    [call("error", 502, "runner_crashed"), "Crashed", null, "danger"],
    [call("error", 502, "execute_failed"), "Crashed", null, "danger"],
    [call("error", 502, "memory_exceeded"), "Out of memory", null, "danger"],
    [call("error", 502, "runner_unreachable"), "Did not run", null, "danger"],
    [call("error", 502, "client_disconnected"), "Cancelled", "caller left", "default"],
    [call("error", 503, "toString"), "Did not run", null, "danger"],
  ])("%j", (entry, label, by, tone) => {
    expect(describeOutcome(entry)).toEqual({ label, by, tone });
  });
});
