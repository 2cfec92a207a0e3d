import { WIRE_STATUS } from "@alga-ext/protocol";
import { describe, expect, test } from "vitest";
import { GATEWAY_STATUS, GatewayError, toErrorResponse } from "./errors.ts";

describe("errors", () => {
  test.each(Object.entries(GATEWAY_STATUS))("%s is the wire code with the same status", (code, status) => {
    expect(WIRE_STATUS[code as keyof typeof WIRE_STATUS]).toBe(status);
  });

  test("a known failure becomes its wire error", async () => {
    const response = toErrorResponse(new GatewayError("endpoint_not_found", "No."), "r1");
    expect(response.status).toBe(404);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.json()).toMatchObject({ error: "endpoint_not_found", requestId: "r1" });
  });

  test("an unknown failure says nothing about itself", async () => {
    const response = toErrorResponse(new Error("password is hunter2"), "r1");
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain("hunter2");
  });
});
