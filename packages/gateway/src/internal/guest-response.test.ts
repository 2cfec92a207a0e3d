import * as fc from "fast-check";
import { CodedError } from "@alga-ext/protocol";
import { describe, expect, test } from "vitest";
import { guestAnswer } from "../testing/fake-invoker.ts";
import { toResponse } from "./answer.ts";
import { toGuestAnswer } from "./guest-response.ts";

const toGuestResponse = (...given: Parameters<typeof toGuestAnswer>): Response =>
  toResponse(toGuestAnswer(...given));

const respond = (headers: Record<string, string>, method = "GET"): Response =>
  toGuestResponse(guestAnswer({ headers }), method);

describe("toGuestResponse", () => {
  test("lets the allowed headers through", () => {
    const allowed = {
      "content-type": "text/csv; charset=utf-8",
      "content-language": "de",
      "content-disposition": 'attachment; filename="a.csv"',
      etag: '"1"',
      "x-ext-request-id": "abc",
      "x-ext-warning": "slow",
    };
    expect(Object.fromEntries(respond(allowed).headers)).toMatchObject(allowed);
  });

  test.each([
    "set-cookie",
    "location",
    "strict-transport-security",
    "clear-site-data",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "refresh",
    "link",
    "server-timing",
    "service-worker-allowed",
    "www-authenticate",
    "transfer-encoding",
    "connection",
    "content-encoding",
    "x-frame-options",
    "x-request-id",
  ])("drops %s", (name) => {
    expect(respond({ [name]: "chosen by the guest" }).headers.get(name)).not.toBe("chosen by the guest");
    expect(respond({ [name.toUpperCase()]: "x" }).headers.get(name)).not.toBe("x");
  });

  test("a page from the host's own origin gets no rights, whatever the guest says", () => {
    const { headers } = respond({ "content-type": "text/html", "content-security-policy": "default-src *" });
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; frame-ancestors 'none'; sandbox",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
  });

  test.each(["a\r\nset-cookie: b", "a\nb", "a\0", "\u2028", "x".repeat(5000)])(
    "drops the value %j",
    (value) => {
      const { headers } = respond({ "x-ext-warning": value });
      expect(headers.has("x-ext-warning")).toBe(false);
      expect(headers.has("set-cookie")).toBe(false);
    },
  );

  test.each([
    [undefined, "no-store"],
    ["public, max-age=31536000, immutable", "no-store"],
    ["max-age=60", "no-store"],
    ["private", "no-store"],
    ["private, max-age=60", "private, max-age=60"],
    ["Private, Max-Age=60, public", "private, max-age=60"],
    ["private, max-age=60, no-store", "no-store"],
    ["private, s-maxage=60", "no-store"],
  ])("cache-control %j becomes %s", (value, expected) => {
    expect(respond(value === undefined ? {} : { "cache-control": value }).headers.get("cache-control")).toBe(
      expected,
    );
  });

  test("only a 200 to a GET may be kept", () => {
    const headers = { "cache-control": "private, max-age=60" };
    expect(respond(headers, "POST").headers.get("cache-control")).toBe("no-store");
    const missing = toGuestResponse(guestAnswer({ status: 404, headers }), "GET");
    expect(missing.headers.get("cache-control")).toBe("no-store");
  });

  test.each([0, 100, 101, 199, 600, 999, 200.5, Number.NaN, -1])("status %s is bad_gateway", (status) => {
    expect(() => toGuestResponse(guestAnswer({ status }), "GET")).toThrowError(
      expect.objectContaining({ code: "bad_gateway" }) as Error,
    );
  });

  test.each([204, 205, 304])("status %s has no body", async (status) => {
    const response = toGuestResponse(guestAnswer({ status }), "GET");
    expect(response.status).toBe(status);
    expect(await response.text()).toBe("");
  });

  test("HEAD has the length and no body", async () => {
    const response = respond({}, "HEAD");
    expect(response.headers.get("content-length")).toBe("11");
    expect(await response.text()).toBe("");
  });

  test("a body without a sane type is bytes", () => {
    expect(respond({}).headers.get("content-type")).toBe("application/octet-stream");
    expect(respond({ "content-type": "nonsense" }).headers.get("content-type")).toBe(
      "application/octet-stream",
    );
  });

  test("no set of guest headers makes it throw or break a line", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string({ unit: "binary" })),
        fc.integer(),
        (headers, status) => {
          try {
            const response = toGuestResponse(guestAnswer({ status, headers }), "GET");
            for (const [, value] of response.headers) expect(value).not.toMatch(/[\r\n\0]/);
            expect(response.headers.has("set-cookie")).toBe(false);
          } catch (error) {
            expect(error).toBeInstanceOf(CodedError);
          }
        },
      ),
    );
  });
});
