import { BundleError } from "../errors.ts";

/** One DER element. */
export interface DerNode {
  /** Identifier octet: class, constructed bit and tag number in one. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** The element with its tag and length, as encoded. */
  readonly bytes: Uint8Array;
}

/** Identifier octets that certificates use. */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

const MAX_CHILDREN = 256;

/**
 * Read exactly one DER element that fills the bytes: definite, shortest lengths only.
 *
 * @throws {BundleError} `certificate_malformed`
 */
export function readDer(bytes: Uint8Array): DerNode {
  const node = readAt(bytes, 0);
  if (node.bytes.length !== bytes.length) throw malformed("bytes follow its end");
  return node;
}

/**
 * The elements inside a constructed one.
 *
 * @throws {BundleError} `certificate_malformed`
 */
export function readChildren(node: DerNode, tag: number = DER.sequence): DerNode[] {
  expectTag(node, tag);
  const children: DerNode[] = [];
  for (let offset = 0; offset < node.content.length;) {
    const child = readAt(node.content, offset);
    children.push(child);
    if (children.length > MAX_CHILDREN) throw malformed("a sequence is too long");
    offset += child.bytes.length;
  }
  return children;
}

function readAt(bytes: Uint8Array, start: number): DerNode {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) throw malformed("it is cut off");
  if ((tag & 0x1f) === 0x1f) throw malformed("it has a tag number of several bytes");
  let head = 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw malformed("a length is indefinite or too big");
    length = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = bytes[start + 2 + index];
      if (byte === undefined) throw malformed("it is cut off");
      length = length * 256 + byte;
    }
    if (length < 0x80 || length < 256 ** (count - 1)) throw malformed("a length is not the shortest");
    head += count;
  }
  const end = start + head + length;
  if (end > bytes.length) throw malformed("it is cut off");
  return { tag, content: bytes.subarray(start + head, end), bytes: bytes.subarray(start, end) };
}

/** The node itself, when its tag is this one. */
export function expectTag(node: DerNode | undefined, tag: number): DerNode {
  if (node === undefined || node.tag !== tag) throw malformed("an element has a wrong type");
  return node;
}

/** A BOOLEAN. */
export function readBoolean(node: DerNode | undefined): boolean {
  const { content } = expectTag(node, DER.boolean);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff))
    throw malformed("a boolean is neither");
  return content[0] === 0xff;
}

/** Content of an INTEGER in its shortest form. */
export function readInteger(node: DerNode | undefined): Uint8Array {
  const { content } = expectTag(node, DER.integer);
  const [first, second = 0] = content;
  if (first === undefined) throw malformed("an integer is empty");
  if (content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw malformed("an integer is not the shortest");
  return content;
}

/** An INTEGER of 0 to 127. */
export function readSmallInteger(node: DerNode | undefined): number {
  const content = readInteger(node);
  if (content.length !== 1 || content[0]! >= 0x80) throw malformed("a number is negative or too big");
  return content[0]!;
}

/** Magnitude of an INTEGER that is positive, without its sign byte. */
export function readPositive(node: DerNode | undefined): Uint8Array {
  const content = readInteger(node);
  if (content[0]! >= 0x80 || (content.length === 1 && content[0] === 0))
    throw malformed("a number is not positive");
  return content[0] === 0 ? content.subarray(1) : content;
}

/** An OBJECT IDENTIFIER in dotted form. */
export function readOid(node: DerNode | undefined): string {
  const { content } = expectTag(node, DER.oid);
  const arcs: number[] = [];
  let value = 0;
  let started = false;
  for (const byte of content) {
    if (!started && byte === 0x80) throw malformed("an object identifier is not the shortest");
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw malformed("an object identifier is too big");
    started = byte >= 0x80;
    if (started) continue;
    if (arcs.length === 0) {
      const top = Math.min(Math.floor(value / 40), 2);
      arcs.push(top, value - top * 40);
    } else arcs.push(value);
    value = 0;
  }
  if (started || arcs.length === 0) throw malformed("an object identifier is cut off");
  return arcs.join(".");
}

/** Bytes of a BIT STRING that ends on a whole byte. */
export function readBytes(node: DerNode | undefined): Uint8Array {
  const { content } = expectTag(node, DER.bitString);
  if (content[0] !== 0) throw malformed("a bit string does not end on a byte");
  return content.subarray(1);
}

/** Numbers of the bits that are set in a BIT STRING of at most 16 bits. */
export function readBits(node: DerNode | undefined): ReadonlySet<number> {
  const { content } = expectTag(node, DER.bitString);
  const [unused = 8, ...bytes] = content;
  const last = bytes.at(-1) ?? 0;
  if (
    unused > 7 ||
    bytes.length > 2 ||
    (bytes.length === 0 && unused > 0) ||
    (last & ((1 << unused) - 1)) !== 0
  )
    throw malformed("a bit string is not well formed");
  const bits = new Set<number>();
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit += 1) if ((byte & (0x80 >> bit)) !== 0) bits.add(index * 8 + bit);
  }
  return bits;
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** A UTCTime or GeneralizedTime of RFC 5280 as epoch milliseconds. */
export function readTime(node: DerNode | undefined): number {
  if (node === undefined) throw malformed("a time is missing");
  const isShort =
    expectTag(node, node.tag === DER.utcTime ? DER.utcTime : DER.generalizedTime).tag === DER.utcTime;
  const match = (isShort ? UTC_TIME : GENERALIZED_TIME).exec(toAscii(node.content));
  if (match === null) throw malformed("a time is not well formed");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const fullYear = isShort ? year + (year < 50 ? 2000 : 1900) : year;
  const date = new Date(0);
  date.setUTCFullYear(fullYear, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const isReal =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  if (!isReal) throw malformed("a time does not exist");
  return date.getTime();
}

/** Text of 7-bit printable bytes. */
export function toAscii(bytes: Uint8Array): string {
  for (const byte of bytes) if (byte < 0x20 || byte > 0x7e) throw malformed("a text is not ASCII");
  return String.fromCharCode(...bytes);
}

function malformed(reason: string): BundleError {
  return new BundleError("certificate_malformed", `A certificate is malformed: ${reason}.`);
}
