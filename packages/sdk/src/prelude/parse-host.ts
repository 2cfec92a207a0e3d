import { percentDecode } from "./percent-encoding.ts";

// oxlint-disable-next-line no-control-regex -- the URL Standard forbids control characters in hosts
const FORBIDDEN = /[\0-\x20#/:<>?@[\\\]^|%\x7f]/;
const U32 = 0x1_0000_0000;

/**
 * The host of a special URL in canonical form, or null when it is not one. Names outside ASCII are refused: write
 * them in punycode, the guest has no Unicode tables.
 */
export function parseHost(input: string): string | null {
  if (input.startsWith("[")) {
    if (!input.endsWith("]")) return null;
    const pieces = parseIpv6(input.slice(1, -1));
    return pieces === null ? null : `[${serializeIpv6(pieces)}]`;
  }
  const domain = percentDecode(input).toLowerCase();
  if (domain === "" || FORBIDDEN.test(domain)) return null;
  for (let index = 0; index < domain.length; index++) if (domain.charCodeAt(index) > 0x7f) return null;
  if (!endsInNumber(domain)) return domain;
  const address = parseIpv4(domain);
  return address === null
    ? null
    : [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join(".");
}

function endsInNumber(domain: string): boolean {
  const parts = domain.split(".");
  if (parts.length > 1 && parts.at(-1) === "") parts.pop();
  const last = parts.at(-1) ?? "";
  return /^\d+$/.test(last) || /^0x[\da-f]*$/.test(last);
}

function parseIpv4(domain: string): number | null {
  const parts = domain.split(".");
  if (parts.length > 1 && parts.at(-1) === "") parts.pop();
  if (parts.length > 4) return null;
  const numbers = parts.map(parseIpv4Number);
  const last = numbers.pop() ?? Number.NaN;
  if (numbers.some((number) => Number.isNaN(number) || number > 255)) return null;
  if (Number.isNaN(last) || last >= 256 ** (4 - numbers.length)) return null;
  return numbers.reduce((address, number, index) => address + number * 256 ** (3 - index), last) % U32;
}

function parseIpv4Number(part: string): number {
  if (/^0x[\da-f]*$/.test(part)) return part === "0x" ? 0 : Number.parseInt(part, 16);
  if (!/^\d+$/.test(part)) return Number.NaN;
  if (part.length > 1 && part.startsWith("0"))
    return /^[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number.NaN;
  return Number.parseInt(part, 10);
}

function parseIpv6(input: string): number[] | null {
  const dotted = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(input);
  let text = input;
  if (dotted !== null) {
    const octets = dotted.slice(2);
    if (octets.some((octet) => Number(octet) > 255 || (octet.length > 1 && octet.startsWith("0"))))
      return null;
    const [a, b, c, d] = octets.map(Number) as [number, number, number, number];
    text = `${dotted[1]!}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const groups = [...head!, ...(tail ?? [])];
  if (groups.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return null;
  if (tail === undefined ? groups.length !== 8 : groups.length > 7) return null;
  const zeros: string[] = Array.from({ length: 8 - groups.length }, () => "0");
  return [...head!, ...zeros, ...(tail ?? [])].map((group) => Number.parseInt(group, 16));
}

/** Lower-case hex, the first longest run of two or more zero groups as `::`. */
function serializeIpv6(pieces: readonly number[]): string {
  let bestAt = -1;
  let bestLength = 1;
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && pieces[at + length] === 0) length++;
    if (length > bestLength) [bestAt, bestLength] = [at, length];
    at += length;
  }
  const hex = (part: readonly number[]): string => part.map((piece) => piece.toString(16)).join(":");
  if (bestAt < 0) return hex(pieces);
  return `${hex(pieces.slice(0, bestAt))}::${hex(pieces.slice(bestAt + bestLength))}`;
}
