import { ApiError, BridgeError } from "@alga-ext/sdk/ui";
import { describe, expect, it } from "vitest";
import type { Agreement } from "./agreement.ts";
import { explainError } from "./explain-error.ts";
import { explainStanding } from "./explain-standing.ts";
import { daysUntil, endsSoon, formatDate, formatMoney } from "./format.ts";
import { agreementPath, toPage } from "./page.ts";
import { toFields, toInput, validateInput } from "./validate.ts";

const AGREEMENT: Agreement = {
  id: "a/1",
  title: "Büro",
  customer: "Zoë",
  status: "active",
  value: 12.5,
  currency: "EUR",
  startDate: "2026-01-01",
  endDate: "2026-12-31",
  notes: "",
  createdAt: "2026-01-01T10:00:00Z",
  updatedAt: "2026-01-01T10:00:00Z",
};

const refusal = (status: number, body: { error: string; reason?: string }): ApiError =>
  new ApiError("request_failed", { status, body: { ...body }, requestId: "r1" });

describe("paths", () => {
  it.each([
    ["/", { name: "list" }],
    ["/agreements", { name: "list" }],
    ["/agreements?x=1", { name: "list" }],
    ["/agreements/new", { name: "new" }],
    ["/agreements/7", { name: "detail", id: "7" }],
    ["/agreements/7/edit", { name: "edit", id: "7" }],
    ["/agreements/7/print", { name: "unknown" }],
    ["/customers", { name: "unknown" }],
    ["/agreements/1/edit/2", { name: "unknown" }],
  ])("%s", (path, page) => {
    expect(toPage(path)).toEqual(page);
  });

  it("survive any id", () => {
    expect(toPage(agreementPath("Zoë 7%"))).toEqual({ name: "detail", id: "Zoë 7%" });
    expect(toPage(agreementPath("7", "edit"))).toEqual({ name: "edit", id: "7" });
  });
});

describe("the form", () => {
  it("gives back what it was given", () => {
    const fields = toFields(AGREEMENT);
    expect(validateInput(fields)).toEqual({});
    expect(AGREEMENT).toMatchObject(toInput(fields));
  });

  it("names every field that is missing or wrong", () => {
    expect(Object.keys(validateInput(toFields(null)))).toEqual([
      "title",
      "customer",
      "value",
      "startDate",
      "endDate",
    ]);
    const fields = {
      ...toFields(AGREEMENT),
      title: " ",
      customer: "x".repeat(201),
      value: "-1",
      endDate: "2025-12-31",
    };
    expect(Object.keys(validateInput(fields))).toEqual(["title", "customer", "value", "endDate"]);
    expect(Object.keys(validateInput({ ...toFields(AGREEMENT), value: "lots" }))).toEqual(["value"]);
  });
});

describe("formats", () => {
  const noon = Date.parse("2026-12-01T12:00:00Z");
  it("count days and say what ends soon", () => {
    expect([daysUntil("2026-12-31", noon), daysUntil("2026-11-30", noon)]).toEqual([30, -1]);
    expect(endsSoon(AGREEMENT, noon)).toBe(true);
    expect(endsSoon({ ...AGREEMENT, status: "ended" }, noon)).toBe(false);
    expect(endsSoon({ ...AGREEMENT, endDate: "2027-12-31" }, noon)).toBe(false);
  });
  it("fall back where the platform has no notation", () => {
    expect(formatMoney(3, "not a code")).toBe("3 not a code");
    expect([formatDate(""), formatDate("soon")]).toEqual(["Not set", "Not set"]);
  });
});

describe("failures", () => {
  it("offer a retry only where one can help", () => {
    const canRetry = (error: unknown): boolean => explainError(error).canRetry;
    expect([403, 404].map((status) => canRetry(refusal(status, { error: "x" })))).toEqual([false, false]);
    expect([409, 429, 500, 504].every((status) => canRetry(refusal(status, { error: "x" })))).toBe(true);
    expect(canRetry(new BridgeError("closed", "gone"))).toBe(true);
    expect(explainError(refusal(500, { error: "x" })).requestId).toBe("r1");
  });

  it.each([
    ["secret_missing", false],
    ["secret_denied", false],
    ["http_not_allowed", false],
    ["upstream_unauthorized", false],
    ["http_transport", true],
    ["upstream_status_503", true],
  ])("of the standing because of %s", (reason, canRetry) => {
    expect(explainStanding(refusal(502, { error: "standing_unavailable", reason })).canRetry).toBe(canRetry);
  });

  it("of the standing before the extension could answer are ordinary failures", () => {
    const error = refusal(403, { error: "forbidden" });
    expect(explainStanding(error)).toEqual(explainError(error));
  });
});
