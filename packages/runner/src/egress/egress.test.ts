import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPublicAddress } from "./address.ts";
import { createEgress, type EgressRequest } from "./egress.ts";
import { parseOverrides } from "./parse-overrides.ts";
import { toRequestHeaders } from "./request-headers.ts";
import { toTarget } from "./target.ts";

describe("isPublicAddress", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fc00::1",
    "fd00::1",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "2001:db8::1",
    "::ffff:0:127.0.0.1",
    "not an address",
    "",
  ])("denies %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])("allows %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe("toTarget", () => {
  const allowed = ["api.vendor.example", "*.wild.example", "127.0.0.1", "2130706433", "[::1]"];

  it.each([
    ["https://api.vendor.example/a?b#c", "api.vendor.example", "/a?b"],
    ["https://API.Vendor.Example./", "api.vendor.example", "/"],
    ["https://api.vendor.example:443/", "api.vendor.example", "/"],
    ["https://one.wild.example/x", "one.wild.example", "/x"],
  ])("allows %s", (url, hostname, path) => {
    expect(toTarget(url, allowed)).toEqual({ hostname, path });
  });

  it.each([
    "http://api.vendor.example/",
    "https://api.vendor.example:22/",
    "https://api.vendor.example:8443/",
    "https://user@api.vendor.example/",
    "https://:pass@api.vendor.example/",
    "https://api.vendor.example@evil.example/",
    "https://evil.example\\@api.vendor.example/",
    "https://evil.example/api.vendor.example",
    "https://xapi.vendor.example/",
    "https://a.b.wild.example/",
    "https://wild.example/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://127.0.0.1./",
  ])("denies %s", (url) => {
    expect(toTarget(url, allowed)).toBe("not-allowed");
  });

  it.each([
    "",
    "nonsense",
    "/relative",
    "file:///etc/passwd",
    "data:text/plain,x",
    "https://api.vendor.example:65536/",
    "ftp://api.vendor.example/",
    `https://api.vendor.example/${"x".repeat(16_384)}`,
  ])("calls %s invalid", (url) => {
    expect(toTarget(url, allowed)).toBe("invalid-url");
  });

  it("never lets anything but a listed host through", () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()), (url) => {
        expect(typeof toTarget(url, ["only.allowed.example"])).toBe("string");
      }),
    );
  });
});

describe("toRequestHeaders", () => {
  it("drops what steers the connection or claims an identity", () => {
    const given = [
      "Host",
      "TE",
      "Content-Length",
      "Connection",
      "Cookie",
      "Proxy-Authorization",
      "X-Forwarded-For",
      "Forwarded",
      "X-Internal-Key",
      "Upgrade",
      "Transfer-Encoding",
      "Accept-Encoding",
    ];
    const headers = toRequestHeaders([
      ...given.map((name) => [name, "x"] as const),
      ["Authorization", "Bearer k"],
      ["X-Api-Key", "k"],
    ]);
    expect(headers).toEqual([
      ["authorization", "Bearer k"],
      ["x-api-key", "k"],
      ["accept-encoding", "identity"],
    ]);
  });

  it("refuses what could split a request", () => {
    expect(toRequestHeaders([["a", "b\r\nc: d"]])).toBeNull();
    expect(toRequestHeaders([["a b", "c"]])).toBeNull();
    expect(
      toRequestHeaders(Array.from({ length: 65 }, (_, index) => [`x-${index}`, "v"] as const)),
    ).toBeNull();
    expect(toRequestHeaders([["x-a", "v".repeat(17_000)]])).toBeNull();
  });
});

describe("createEgress", () => {
  const limits = { egressTimeoutMs: 500, egressResponseBytes: 10_000, egressHeaders: 64 };
  let server: Server;
  let behave: (response: ServerResponse) => void = (response) => response.end("ok");
  let base = "";
  const resolved: string[] = [];

  beforeAll(async () => {
    server = createServer((_request, response) => behave(response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const fetchWith = async (
    url: string,
    options: { answers?: string[]; request?: Partial<EgressRequest>; override?: boolean } = {},
  ) => {
    const egress = createEgress({
      limits,
      overrides: parseOverrides(options.override === true ? { "local.example": base } : {}),
      resolver: {
        resolve: (hostname) => {
          resolved.push(hostname);
          return Promise.resolve(options.answers ?? []);
        },
      },
    });
    return await egress.fetch(
      { method: "GET", url, headers: [], body: null, ...options.request },
      { allowed: ["local.example", "*.wild.example"], key: "acme/1", signal: new AbortController().signal },
    );
  };

  it("denies names that resolve inward, also when only one answer does", async () => {
    for (const address of ["127.0.0.1", "10.0.0.5", "169.254.169.254", "fd00::1"]) {
      expect((await fetchWith("https://local.example/", { answers: [address] })).error).toBe("not-allowed");
      expect((await fetchWith("https://local.example/", { answers: ["93.184.216.34", address] })).error).toBe(
        "not-allowed",
      );
    }
    expect((await fetchWith("https://local.example/", { answers: [] })).error).toBe("transport");
  });

  it("denies undeclared hosts without resolving them", async () => {
    resolved.length = 0;
    expect((await fetchWith("https://other.example/")).error).toBe("not-allowed");
    expect((await fetchWith("https://local.example/", { request: { method: "CONNECT" } })).error).toBe(
      "invalid-url",
    );
    expect(resolved).toEqual([]);
  });

  it("goes to the operator's override and hands redirects to the guest", async () => {
    behave = (response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end("moved");
    const outcome = await fetchWith("https://local.example/", { override: true });
    expect(outcome).toMatchObject({ error: null, status: 302, bytes: 5 });
  });

  it.each([
    ["an answer above the cap", (response: ServerResponse) => void response.end("x".repeat(10_001))],
    [
      "an endless answer",
      (response: ServerResponse) => void setInterval(() => response.write("x"), 50).unref(),
    ],
    ["silence", () => undefined],
    ["a broken answer", (response: ServerResponse) => void response.socket?.destroy()],
    [
      "too many headers",
      (response: ServerResponse) =>
        void response
          .writeHead(200, Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`x-${i}`, "v"])))
          .end(),
    ],
  ])("gives up on %s", async (_name, behaviour) => {
    behave = behaviour;
    expect((await fetchWith("https://local.example/", { override: true })).error).toBe("transport");
  });

  it("takes overrides to loopback only", () => {
    expect(() => parseOverrides({ "a.example": "http://10.0.0.1" })).toThrow(TypeError);
    expect(() => parseOverrides({ "a.example": "not a url" })).toThrow(TypeError);
  });
});
