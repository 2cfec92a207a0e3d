import { describe, expect, test } from "vitest";
import { CodedError } from "./errors.ts";
import { WIRE_STATUS, isWireErrorCode, wireErrorResponse, type WireErrorCode } from "./wire-errors.ts";
import { isContentHash, toContentHash } from "./content-hash.ts";

class AError extends CodedError<"a"> {
  static override readonly brand: string = "AError";
}
class BError extends CodedError<"b"> {
  static override readonly brand: string = "BError";
}

describe("CodedError", () => {
  const error = new AError("a", 418, "told", {
    cause: new Error("under"),
    details: { limit: 3 },
    retryable: true,
  });

  test("carries code, status, details, cause", () => {
    expect(error).toMatchObject({
      name: "AError",
      code: "a",
      status: 418,
      retryable: true,
      details: { limit: 3 },
    });
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("instanceof compares brands, also across copies of the class", () => {
    class Copy extends CodedError<"a"> {
      static override readonly brand: string = "AError";
    }
    expect(error instanceof CodedError).toBe(true);
    expect(error instanceof AError).toBe(true);
    expect(error instanceof Copy).toBe(true);
    expect(error instanceof BError).toBe(false);
    expect(new Error("x") instanceof CodedError).toBe(false);
  });
});

describe("wire errors", () => {
  test.each(Object.keys(WIRE_STATUS) as WireErrorCode[])(
    "%s answers with its status and nothing internal",
    async (code) => {
      const response = wireErrorResponse(code, { requestId: "r" });
      expect(response.status).toBe(WIRE_STATUS[code]);
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(await response.json()).toEqual({ error: code, requestId: "r" });
    },
  );

  test("knows its own codes only", () => {
    expect(isWireErrorCode("rate_limited")).toBe(true);
    expect(isWireErrorCode("toString")).toBe(false);
  });
});

describe("content hashes", () => {
  const hex = "0".repeat(64);
  test("accepts bare and prefixed hex", () => {
    expect(toContentHash(hex)).toBe(`sha256:${hex}`);
    expect(toContentHash(`sha256:${hex.toUpperCase()}`)).toBe(`sha256:${hex}`);
  });
  test.each(["", "sha256:", `sha512:${hex}`, `${hex}0`, `sha256:${hex} `, "g".repeat(64)])(
    "refuses %j",
    (value) => {
      expect(isContentHash(value)).toBe(false);
      expect(() => toContentHash(value)).toThrow(TypeError);
    },
  );
});
