import { ApiError, BridgeError } from "@alga-ext/sdk/ui";
import { describe, expect, it } from "vitest";
import type { Agreement } from "./agreement.ts";
import { theirChanges, toConflict } from "./conflict.ts";
import { explainError, isAgreementGone } from "./explain-error.ts";
import { explainStanding } from "./explain-standing.ts";
import { daysUntil, endsSoon, formatDate, formatMoney } from "./format.ts";
import { agreementPath, toPage } from "./page.ts";
import { isSame, toFields, toInput, validateInput } from "./validate.ts";

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

const refusal = (
  status: number,
  body: { error: string; reason?: string; current?: Record<string, string | number> },
): ApiError => new ApiError("request_failed", { status, body: { ...body }, requestId: "r1" });

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

  it("knows whether something was typed", () => {
    const fields = toFields(AGREEMENT);
    expect(isSame(fields, toFields({ ...AGREEMENT }))).toBe(true);
    expect(isSame({ ...fields, notes: " " }, fields)).toBe(false);
  });

  it("learns what somebody else saved, and lists only what they changed", () => {
    const current = { ...AGREEMENT, title: "Theirs", currency: "USD", notes: "Called" };
    expect(toConflict(refusal(409, { error: "conflict", current: { ...current } }))).toEqual(current);
    expect(toConflict(refusal(409, { error: "conflict" }))).toBeNull();
    expect(toConflict(refusal(422, { error: "validation_failed" }))).toBeNull();
    expect(theirChanges(AGREEMENT, current).map(({ name }) => name)).toEqual(["Title", "Value", "Notes"]);
    expect(theirChanges(AGREEMENT, { ...AGREEMENT })).toEqual([]);
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

  it("are told apart by code, not by status", () => {
    const titles = [
      refusal(403, { error: "forbidden" }),
      refusal(403, { error: "storage_denied" }),
      refusal(404, { error: "agreement_not_found" }),
      refusal(404, { error: "extension_not_available" }),
      refusal(404, { error: "endpoint_not_found" }),
    ].map((error) => explainError(error).title);
    expect(new Set(titles).size).toBe(5);
    expect(explainError(refusal(404, { error: "not_installed" }))).toEqual(
      explainError(refusal(404, { error: "extension_not_available" })),
    );
    expect(explainError(refusal(500, { error: "constructor" })).title).toBe(
      explainError(refusal(500, { error: "x" })).title,
    );
    expect(isAgreementGone(refusal(404, { error: "agreement_not_found" }))).toBe(true);
    expect(isAgreementGone(refusal(404, { error: "extension_not_available" }))).toBe(false);
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
