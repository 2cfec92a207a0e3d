import {
  CodedError,
  SCHEDULER_STATUS,
  type SchedulerErrorCode,
  type SchedulerResult,
} from "@alga-ext/protocol";
import { describe, expect, it } from "vitest";
import { brokerWith } from "../../test-support/broker.ts";
import type { HostScheduler } from "../ports.ts";

const schedule = {
  id: "s",
  endpointPath: "/run",
  endpointMethod: "POST",
  name: null,
  cron: "0 5 * * *",
  timezone: "UTC",
  enabled: true,
  payload: { a: 1 },
  lastRunAt: null,
  lastRunStatus: null,
  lastError: null,
  createdAt: "2026-01-01T00:00:00.000Z",
} as const;

function schedulerThat(answer: (operation: unknown) => SchedulerResult) {
  const seen: unknown[] = [];
  const scheduler: HostScheduler = {
    scheduler: async (_scope, operation) => {
      seen.push(operation);
      return await Promise.resolve(answer(operation));
    },
  };
  return { seen, ask: brokerWith({ scheduler }).ask };
}

describe("scheduler", () => {
  it("reads schedules and endpoints; payloads are JSON text", async () => {
    const endpoint = { id: "e", method: "POST", path: "/run", handler: "h", schedulable: true };
    const { ask } = schedulerThat((operation) => {
      const { operation: name, scheduleId } = operation as { operation: string; scheduleId?: string };
      if (name === "list") return { schedules: [schedule] };
      if (name === "getEndpoints") return { endpoints: [endpoint] };
      return { schedule: scheduleId === "s" ? schedule : null };
    });
    const expected = { ...schedule, payload: '{"a":1}' };
    expect(await ask("scheduler#listSchedules")).toEqual({ kind: "ok", value: [expected] });
    expect(await ask("scheduler#getSchedule", ["s"])).toEqual({ kind: "ok", value: expected });
    expect(await ask("scheduler#getSchedule", ["none"])).toEqual({ kind: "ok", value: null });
    expect(await ask("scheduler#getEndpoints")).toEqual({ kind: "ok", value: [endpoint] });
  });

  it("sends what was given and nothing else; empty text clears", async () => {
    const { seen, ask } = schedulerThat(() => ({ success: true, scheduleId: "s" }));
    await ask("scheduler#createSchedule", [{ endpoint: "/run", cron: "* * * * *", payload: "[1]" }]);
    await ask("scheduler#updateSchedule", ["s", { enabled: false, name: "", payload: "" }]);
    await ask("scheduler#updateSchedule", ["s", {}]);
    await ask("scheduler#deleteSchedule", ["s"]);
    expect(seen).toEqual([
      { operation: "create", endpoint: "/run", cron: "* * * * *", payload: [1] },
      { operation: "update", scheduleId: "s", enabled: false, name: null, payload: null },
      { operation: "update", scheduleId: "s" },
      { operation: "delete", scheduleId: "s" },
    ]);
  });

  it("R19: says which fields are wrong, in the host's words", async () => {
    const { ask, seen } = schedulerThat(() => ({
      success: false,
      error: "Not a cron expression.",
      fieldErrors: { cron: "six fields" },
    }));
    expect(await ask("scheduler#createSchedule", [{ endpoint: "/run", cron: "x" }])).toEqual({
      kind: "ok",
      value: {
        success: false,
        scheduleId: null,
        error: "Not a cron expression.",
        fieldErrors: '{"cron":"six fields"}',
      },
    });
    const unread = await ask("scheduler#createSchedule", [{ endpoint: "/run", cron: "x", payload: "{" }]);
    expect(unread).toMatchObject({
      value: { success: false, fieldErrors: expect.stringContaining("payload") },
    });
    expect(seen).toHaveLength(1);
  });

  it.each<[SchedulerErrorCode, string]>([
    ["UNAUTHORIZED", "denied"],
    ["NOT_ALLOWED", "denied"],
    ["NOT_FOUND", "not-found"],
    ["VALIDATION_FAILED", "validation-failed"],
    ["RATE_LIMITED", "quota-exceeded"],
    ["INTERNAL_ERROR", "internal"],
  ])("turns the host's %s into %s", async (code, value) => {
    const { ask } = schedulerThat(() => {
      throw new CodedError(code, SCHEDULER_STATUS[code], "in the host's words");
    });
    expect(await ask("scheduler#listSchedules")).toEqual({ kind: "err", value });
    const error = code === "INTERNAL_ERROR" ? "internal" : "in the host's words";
    expect(await ask("scheduler#deleteSchedule", ["s"])).toMatchObject({ value: { success: false, error } });
  });

  it("keeps a transport failure to itself", async () => {
    const { ask } = schedulerThat(() => {
      throw new Error("connect ECONNREFUSED 10.0.0.1");
    });
    for (const target of ["scheduler#listSchedules", "scheduler#deleteSchedule"])
      expect(JSON.stringify(await ask(target, ["s"]))).not.toContain("10.0.0.1");
  });
});
