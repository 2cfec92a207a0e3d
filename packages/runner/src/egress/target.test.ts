import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toTarget } from "./target.ts";

const allowed = [
  "api.vendor.example",
  "*.wild.example",
  "ports.example:8443",
  "*.ports.example:9443",
  "xn--bcher-kva.example",
  // An administrator's mistakes open nothing.
  "127.0.0.1",
  "2130706433",
  "[::1]",
  "ssh.example:22",
  "zero.example:0",
  "*",
  "*.",
  "",
];

describe("toTarget", () => {
  it.each([
    ["https://api.vendor.example/a?b#c", "api.vendor.example", 443, "/a?b"],
    ["https://API.Vendor.Example./", "api.vendor.example", 443, "/"],
    ["https://api.vendor.example:443/", "api.vendor.example", 443, "/"],
    ["https://one.wild.example/x", "one.wild.example", 443, "/x"],
    ["https://ports.example:8443/", "ports.example", 8443, "/"],
    ["https://one.ports.example:9443/", "one.ports.example", 9443, "/"],
    ["https://bücher.example/", "xn--bcher-kva.example", 443, "/"],
  ])("allows %s", (url, hostname, port, path) => {
    expect(toTarget(url, { allowed })).toEqual({ protocol: "https:", hostname, port, path });
  });

  it.each([
    ["E01", "https://2130706433/"],
    ["E01", "https://0x7f.1/"],
    ["E01", "https://0x7f000001/"],
    ["E01", "https://017700000001/"],
    ["E01", "https://127.1/"],
    ["E01", "https://127.0.0.1/"],
    ["E01", "https://127.0.0.1./"],
    ["E01", "https://①②⑦.⓪.⓪.①/"],
    ["E02", "https://[::1]/"],
    ["E02", "https://[::ffff:127.0.0.1]/"],
    ["E02", "https://[::127.0.0.1]/"],
    ["E02", "https://[64:ff9b::7f00:1]/"],
    ["E02", "https://[2002:7f00:1::]/"],
    ["E02", "https://[2001:0:7f00:1::]/"],
    ["E02", "https://[2606:4700:4700::1111]/"],
    ["E07", "http://api.vendor.example/"],
    ["E08", "https://user@api.vendor.example/"],
    ["E08", "https://:pass@api.vendor.example/"],
    ["E08", "https://api.vendor.example@evil.example/"],
    ["E08", "https://evil.example\\@api.vendor.example/"],
    ["E08", "https://evil.example\\.api.vendor.example/"],
    ["E08", "https://evil.example/api.vendor.example"],
    ["E08", "https://evil.example#@api.vendor.example/"],
    ["E08", "https://evil.example?@api.vendor.example/"],
    ["E08", "https:evil.example"],
    ["E08", "https://xapi.vendor.example/"],
    ["E08", "https://api.vendor.example.evil.example/"],
    ["E08", "https://api.vendor.example../"],
    ["E08", "https://a.b.wild.example/"],
    ["E08", "https://wild.example/"],
    ["E08", "https://*.wild.example/"],
    ["E08", "https://аpi.vendor.example/"],
    ["E10", "https://api.vendor.example:22/"],
    ["E10", "https://api.vendor.example:80/"],
    ["E10", "https://api.vendor.example:6379/"],
    ["E10", "https://api.vendor.example:8443/"],
    ["E10", "https://api.vendor.example:0/"],
    ["E10", "https://ports.example/"],
    ["E10", "https://ports.example:9443/"],
    ["E10", "https://ssh.example:22/"],
    ["E10", "https://zero.example:0/"],
  ])("%s: denies %s", (_row, url) => {
    expect(toTarget(url, { allowed })).toMatchObject({ error: "not-allowed" });
  });

  // What the parser drops is gone for the comparison and for the connection alike.
  it.each([
    "https://api.ven\u00addor.example/",
    "https://api.ven\tdor.example/",
    "https://api.vendor\n.example/",
  ])("E08: compares the canonical form of %j, and connects to it", (url) => {
    expect(toTarget(url, { allowed })).toMatchObject({ hostname: "api.vendor.example" });
  });

  it.each([
    ["E08", ""],
    ["E08", "nonsense"],
    ["E08", "/relative"],
    ["E08", "//api.vendor.example/"],
    ["E06", "file:///etc/passwd"],
    ["E06", "data:text/plain,x"],
    ["E06", "ftp://api.vendor.example/"],
    ["E06", "gopher://api.vendor.example:443/"],
    ["E10", "https://api.vendor.example:65536/"],
    ["E10", "https://api.vendor.example:-1/"],
    ["E08", `https://api.vendor.example/${"x".repeat(16_384)}`],
  ])("%s: calls %s invalid", (_row, url) => {
    expect(toTarget(url, { allowed })).toMatchObject({ error: "invalid-url" });
  });

  it("never lets anything but a listed host through", () => {
    const only = { allowed: ["only.allowed.example", "*.some.example"] };
    const host = fc.oneof(
      fc.webAuthority({ withUserInfo: true, withPort: true, withIPv4: true }),
      fc.string(),
    );
    fc.assert(
      fc.property(
        host,
        fc.constantFrom("https://", "https:", "https:\\\\", "http://"),
        (authority, scheme) => {
          expect(toTarget(`${scheme}${authority}/`, only)).toHaveProperty("error");
        },
      ),
    );
  });

  it("has to please the operator too", () => {
    const operatorAllowed = ["api.vendor.example"];
    expect(toTarget("https://api.vendor.example/", { allowed, operatorAllowed })).not.toHaveProperty("error");
    expect(toTarget("https://one.wild.example/", { allowed, operatorAllowed })).toHaveProperty("error");
    expect(toTarget("https://api.vendor.example/", { allowed, operatorAllowed: [] })).toHaveProperty("error");
  });

  it("takes http where the operator does, on port 80", () => {
    const rules = { allowed, allowHttp: true };
    expect(toTarget("http://api.vendor.example/x", rules)).toEqual({
      protocol: "http:",
      hostname: "api.vendor.example",
      port: 80,
      path: "/x",
    });
    expect(toTarget("http://api.vendor.example:443/", rules)).toHaveProperty("error");
    expect(toTarget("http://127.0.0.1/", rules)).toHaveProperty("error");
  });
});
