import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toRequestHeaders } from "./request-headers.ts";

/** Names that come through, given with a value each. */
const kept = (names: readonly string[]): string[] =>
  (toRequestHeaders(names.map((name) => [name, "x"])) ?? [])
    .map(([name]) => name)
    .filter((name) => name !== "accept-encoding");

describe("toRequestHeaders", () => {
  it("E11: drops what steers the connection, speaks for the browser or the proxy, or claims an identity", () => {
    const steering = "Host TE Trailer Content-Length Transfer-Encoding Connection Keep-Alive Upgrade Expect";
    const claiming =
      "Cookie Cookie2 Set-Cookie Proxy-Authorization Proxy-Connection X-Forwarded-For X-Forwarded-Host Forwarded Via " +
      "X-Real-IP X-Client-IP True-Client-IP CF-Connecting-IP Fly-Client-IP Client-IP X-Original-URL X-Rewrite-URL X-Remote-User";
    const ours = "X-Internal-Key X-Alga-Tenant X-Ext-Install-Id X-Runner-Auth Accept-Encoding";
    const browsers =
      "Origin Sec-Fetch-Site Access-Control-Request-Method X-HTTP-Method-Override Upgrade-Insecure-Requests";
    expect(kept([steering, claiming, ours, browsers].join(" ").split(" "))).toEqual([]);
  });

  it("lets known ones and vendors' own through, in lower case, and asks for plain bytes", () => {
    const names =
      "Authorization Content-Type X-Api-Key Notion-Version Stripe-Account private-token If-None-Match";
    expect(kept(names.split(" "))).toEqual(names.toLowerCase().split(" "));
    expect(toRequestHeaders([["Accept-Encoding", "gzip"]])).toEqual([["accept-encoding", "identity"]]);
  });

  it("E11: refuses what could split a request, and too much of anything", () => {
    for (const value of ["b\r\nc: d", "b\nc", "b\0", "\u0100"])
      expect(toRequestHeaders([["x-a", value]])).toBeNull();
    for (const name of ["a b", "", "a:b", "a\r\nb", "ä"]) expect(toRequestHeaders([[name, "c"]])).toBeNull();
    const many = Array.from({ length: 65 }, (_, index) => [`x-${index}`, "v"] as const);
    expect(toRequestHeaders(many)).toBeNull();
    expect(toRequestHeaders([["x-a", "v".repeat(8_192)]])).not.toBeNull();
    expect(toRequestHeaders([["x-a", "v".repeat(8_193)]])).toBeNull();
    expect(toRequestHeaders(["x-a", "x-b", "x-c"].map((name) => [name, "v".repeat(8_000)]))).toBeNull();
  });

  it("E11: never lets a dangerous one through, however it is written", () => {
    const dangerous = [
      "host",
      "connection",
      "content-length",
      "transfer-encoding",
      "cookie",
      "te",
      "proxy-x",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...dangerous), fc.array(fc.boolean()), (name, upper) => {
        const written = name
          .split("")
          .map((c, index) => (upper[index] === true ? c.toUpperCase() : c))
          .join("");
        expect(kept([written])).toEqual([]);
      }),
    );
  });
});
