import { describe, expect, it } from "vitest";
import { isPublicAddress, normalizeAddress } from "./address.ts";

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

describe("normalizeAddress", () => {
  it.each([
    ["::ffff:93.184.216.34", "93.184.216.34"],
    ["2606:4700:4700:0::1111", "2606:4700:4700:0:0:0:0:1111"],
    ["nonsense", "nonsense"],
  ])("spells %s %s", (address, expected) => {
    expect(normalizeAddress(address)).toBe(expected);
  });
});
