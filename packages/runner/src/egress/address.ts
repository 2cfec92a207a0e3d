import ipaddr from "ipaddr.js";

/** Whether a host name, as the URL parser shows it, is an address literal. */
export function isAddressLiteral(hostname: string): boolean {
  return ipaddr.isValid(hostname.replace(/^\[|\]$/g, ""));
}

/**
 * Whether an address belongs to the public internet: global unicast and nothing else.
 *
 * Default deny: private, loopback, link-local, metadata, multicast, mapped, translated and tunnelled ranges are all
 * something else than `unicast`.
 */
export function isPublicAddress(address: string): boolean {
  try {
    return ipaddr.process(address).range() === "unicast";
  } catch {
    return false;
  }
}

/** The one spelling of an address, mapped IPv4 as IPv4; what is no address stays as it is. */
export function normalizeAddress(address: string): string {
  try {
    return ipaddr.process(address).toNormalizedString();
  } catch {
    return address;
  }
}
