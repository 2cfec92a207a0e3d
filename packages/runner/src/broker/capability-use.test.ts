import { describe, expect, test } from "vitest";
import { brokerWith, everything, sessionWith } from "../../test-support/broker.ts";
import { RUNNER_LIMITS } from "../options.ts";
import { createCallUsage, toExecuteUsage } from "./call-usage.ts";
import {
  createCapabilityUse,
  noteEgress,
  noteHostCall,
  toFunctionReport,
  toHostReport,
} from "./capability-use.ts";

const AT = performance.now();

test("a call that asked for nothing has nothing to report", () => {
  const usage = toExecuteUsage(createCallUsage(), { durationMs: 1, now: 0 });
  expect(Object.keys(usage)).not.toContain("capabilities");
  expect(Object.keys(usage)).not.toContain("egress");
});

test("what a call asked of the host is in its report, by function, with how it ended", async () => {
  const { ask } = brokerWith();
  const session = sessionWith({ providers: new Set(["cap:context.read", "cap:http.fetch"]) });
  await ask("context#getContext", [], session);
  await ask("context#getContext", [], session);
  await ask("storage#get", [], session);
  await ask("made#up", [], session);
  await ask(
    "http#fetch",
    [{ method: "GET", url: "https://Not.Allowed.example:8443/x", headers: [] }],
    session,
  );
  const { capabilities, egress } = toExecuteUsage(session.usage, { durationMs: 1, now: 0 });
  const anySpan = [expect.any(Number), expect.any(Number)] as unknown;
  const use = (target: string, more: object) => ({
    target,
    calls: 1,
    failed: 0,
    denied: 0,
    ms: expect.any(Number) as number,
    spans: [anySpan],
    ...more,
  });
  expect(capabilities).toEqual([
    use("alga:extension/context#getContext", { calls: 2, spans: [anySpan, anySpan] }),
    use("alga:extension/storage#get", { denied: 1 }),
    use("unknown", { failed: 1 }),
    use("alga:extension/http#fetch", { failed: 1 }),
  ]);
  expect(egress).toEqual([
    { host: "not.allowed.example:8443", requests: 1, failed: 1, bytes: 0, ms: expect.any(Number) as number },
  ]);
});

describe("caps", () => {
  test("spans: counts go on, pictures do not", () => {
    const use = createCapabilityUse();
    for (let n = 0; n < 100; n++)
      noteHostCall(use, n % 2 === 0 ? "a" : "b", { outcome: "ok", startedAt: AT });
    const capabilities = toFunctionReport(use.functions);
    expect(capabilities.map(({ calls, spans }) => [calls, spans.length])).toEqual([
      [50, 32],
      [50, 32],
    ]);
  });

  test("hosts: the first sixteen, and what is no URL under one name", () => {
    const use = createCapabilityUse();
    const end = { bytes: 1, failed: false, startedAt: AT };
    noteEgress(use, "no url", end);
    for (let n = 0; n < 40; n++) noteEgress(use, `https://h${n}.example/`, end);
    noteEgress(use, "https://h0.example/again", { ...end, bytes: 5 });
    const egress = toHostReport(use.hosts);
    expect(egress).toHaveLength(16);
    expect(egress[0]).toMatchObject({ host: "invalid" });
    expect(egress[1]).toMatchObject({ host: "h0.example", requests: 2, bytes: 6 });
  });
});

test("a log line that was cut says so, one that was not does not", async () => {
  const { ask } = brokerWith();
  const session = sessionWith(everything);
  const most = RUNNER_LIMITS.logLineBytes;
  for (const line of ["x".repeat(most), "x".repeat(most + 1), "\u007f".repeat(most / 2)])
    await ask("logging#logInfo", [line], session);
  expect(session.usage.logLines.map(({ truncated }) => truncated)).toEqual([undefined, true, true]);
});
