import type { DebugEntry } from "@alga-ext/gateway";
import { describe, expect, test } from "vitest";
import { createFrameReader } from "../../api/event-frames.ts";
import { addEvents, addGap, callOf, EMPTY_LOG, filterRows, MAX_ROWS } from "./live-log.ts";

const entry = (id: string, overrides: Partial<DebugEntry> = {}): DebugEntry => ({
  id,
  ts: "2026-01-02T03:04:05.678Z",
  level: "info",
  stream: "log",
  tenantId: "acme",
  extensionId: "ext",
  installId: null,
  requestId: "req-1",
  versionId: null,
  contentHash: null,
  message: id,
  truncated: false,
  ...overrides,
});
const call = { call: { status: "ok" } } as unknown as Partial<DebugEntry>;
const NO_FILTER = { level: "", text: "", requestId: "" };

test("the newest rows are kept, and all are counted", () => {
  let log = addGap(EMPTY_LOG, 3);
  for (let n = 0; n < MAX_ROWS; n++) log = addEvents(log, [entry(`${n}`)]);
  expect(log.rows).toHaveLength(MAX_ROWS);
  expect(log.rows[0]?.key).toBe("0");
  expect(log.total).toBe(MAX_ROWS + 1);
});

describe("filters", () => {
  const log = addEvents(addGap(EMPTY_LOG, null), [
    entry("a", { message: "Needle in info" }),
    entry("b", { level: "warn", requestId: "REQ-2" }),
    entry("c", { level: "error", requestId: null, message: "needle" }),
  ]);
  test.each([
    [NO_FILTER, ["gap-0", "a", "b", "c"]],
    [{ ...NO_FILTER, level: "warn" }, ["gap-0", "b", "c"]],
    [{ ...NO_FILTER, text: " NEEDLE " }, ["gap-0", "a", "c"]],
    [{ ...NO_FILTER, requestId: "req-2" }, ["gap-0", "b"]],
    [{ level: "error", text: "needle", requestId: "" }, ["gap-0", "c"]],
  ])("%j", (filter, keys) => {
    expect(filterRows(log.rows, filter).map(({ key }) => key)).toEqual(keys);
  });
});

test("a call is its lines and its end", () => {
  const running = addEvents(EMPTY_LOG, [entry("a"), entry("x", { requestId: "req-2" }), entry("b")]);
  expect(callOf(running.rows, "req-1")).toMatchObject({ lines: [{ id: "a" }, { id: "b" }], end: null });
  const over = addEvents(running, [entry("c", call)]);
  expect(callOf(over.rows, "req-1")).toMatchObject({ lines: [{ id: "a" }, { id: "b" }], end: { id: "c" } });
});

test("an event stream is read however its text is cut", () => {
  const text =
    'retry: 2000\n\n: here\nid: 1-1\n\nevent: gap\ndata: {"missed":2}\n\nid: 1-2\ndata: {"message":"a: b"}\n\n';
  const whole = createFrameReader()(text);
  expect(whole).toEqual([
    {},
    { id: "1-1" },
    { event: "gap", data: '{"missed":2}' },
    { id: "1-2", data: '{"message":"a: b"}' },
  ]);
  const read = createFrameReader();
  expect(text.split("").flatMap((one) => read(one))).toEqual(whole);
});
