import { sha256Hex } from "../digest.ts";
import { BundleError } from "../errors.ts";
import type { SignatureAlgorithm } from "./signature-algorithm.ts";
import {
  DER,
  expectTag,
  readBits,
  readBoolean,
  readBytes,
  readChildren,
  readDer,
  readInteger,
  readOid,
  readSmallInteger,
  readTime,
  toAscii,
  type DerNode,
} from "./der.ts";
import { toKeyId, toSignatureAlgorithm } from "./public-key.ts";

/** An X.509 v3 certificate, reduced to what deciding about trust needs. */
export interface Certificate {
  /** As encoded. */
  readonly der: Uint8Array;
  /** Hex sha256 of the certificate. */
  readonly fingerprint: string;
  /** Most specific common name, for people only. */
  readonly subject: string;
  /** The signed part. */
  readonly tbs: Uint8Array;
  /** OID of the algorithm its issuer signed with. */
  readonly signatureOid: string;
  readonly signature: Uint8Array;
  /** Encoded distinguished names. */
  readonly issuerName: Uint8Array;
  readonly subjectName: Uint8Array;
  /** Epoch milliseconds, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spki: Uint8Array;
  /** As of bare keys: first 32 hex digits of sha256 over the SPKI DER. */
  readonly keyId: string;
  /** What its key signs bundles with; null for keys that cannot. */
  readonly alg: SignatureAlgorithm | null;
  readonly isCa: boolean;
  /** Intermediates that may follow it; null for no limit of its own. */
  readonly pathLength: number | null;
  /** Bits of RFC 5280 §4.2.1.3; null without the extension. */
  readonly keyUsage: ReadonlySet<number> | null;
  /** OIDs; null without the extension. */
  readonly extendedKeyUsage: readonly string[] | null;
  /** Hex. */
  readonly subjectKeyId: string | null;
  /** Hex. */
  readonly authorityKeyId: string | null;
  /** URIs of the subject alternative name. */
  readonly uris: readonly string[];
  /** OID of an extension that must be understood and is not, or null. */
  readonly unknownCritical: string | null;
}

/** Bits of a key usage. */
export const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5 } as const;

const MAX_BYTES = 16 * 1024;
const VERSION_3 = 2;
const MAX_SERIAL_BYTES = 21;
/** Tags besides those of plain values. */
const TAG = { set: 0x31, version: 0xa0, extensions: 0xa3, keyIdentifier: 0x80, uri: 0x86 } as const;
/** UTF-8, printable and IA5 string: what names have been made of since RFC 3280. */
const TEXT_TAGS: ReadonlySet<number> = new Set([0x0c, 0x13, 0x16]);
const OID = {
  commonName: "2.5.4.3",
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

/**
 * Read one certificate; nothing about it is believed yet.
 *
 * @throws {BundleError} `certificate_malformed`
 */
export async function parseCertificate(der: Uint8Array): Promise<Certificate> {
  if (der.length > MAX_BYTES) throw malformed("it is too big");
  const [tbs, algorithm, signature, ...rest] = readChildren(readDer(der));
  if (tbs === undefined || rest.length > 0) throw malformed("it has wrong parts");
  const fields = readChildren(tbs);
  const [version, serial, innerAlgorithm, issuer, validity, subject, spki, extensions] = fields;
  if (fields.length !== 8) throw malformed("it is not version 3, or has parts nobody uses");
  const [number, ...more] = readChildren(expectTag(version, TAG.version), TAG.version);
  if (readSmallInteger(number) !== VERSION_3 || more.length > 0) throw malformed("it is not version 3");
  if (readInteger(serial).length > MAX_SERIAL_BYTES) throw malformed("its serial number is too long");
  const signatureOid = readAlgorithm(expectTag(algorithm, DER.sequence));
  if (!isEqual(algorithm!.bytes, expectTag(innerAlgorithm, DER.sequence).bytes))
    throw malformed("it names two signature algorithms");
  const [notBefore, notAfter, ...times] = readChildren(expectTag(validity, DER.sequence));
  if (times.length > 0) throw malformed("its validity has wrong parts");
  const key = expectTag(spki, DER.sequence).bytes;
  return Object.freeze({
    der,
    fingerprint: await sha256Hex(der),
    subject: readCommonName(expectTag(subject, DER.sequence)),
    tbs: tbs.bytes,
    signatureOid,
    signature: readBytes(signature),
    issuerName: expectTag(issuer, DER.sequence).bytes,
    subjectName: subject!.bytes,
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    spki: key,
    keyId: await toKeyId(key),
    alg: toSignatureAlgorithm(key),
    ...readExtensions(expectTag(extensions, TAG.extensions)),
  });
}

/** An algorithm's OID; parameters may only be absent or NULL. */
function readAlgorithm(node: DerNode): string {
  const [oid, parameters, ...rest] = readChildren(node);
  if (rest.length > 0 || (parameters !== undefined && expectTag(parameters, DER.null).content.length > 0))
    throw malformed("its signature algorithm has parameters");
  return readOid(oid);
}

function readCommonName(name: DerNode): string {
  let found = "";
  for (const set of readChildren(name)) {
    for (const attribute of readChildren(set, TAG.set)) {
      const [type, value, ...rest] = readChildren(attribute);
      if (value === undefined || rest.length > 0 || !TEXT_TAGS.has(value.tag))
        throw malformed("a name is not made of texts");
      const text = decodeText(value.content);
      if (readOid(type) === OID.commonName) found = text;
    }
  }
  // A stranger wrote this text, and it ends up in logs and terminals.
  return found.replaceAll(/\p{C}/gu, "\u{fffd}").slice(0, 128);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw malformed("a name is not UTF-8");
  }
}

type Extensions = Pick<
  Certificate,
  | "isCa"
  | "pathLength"
  | "keyUsage"
  | "extendedKeyUsage"
  | "subjectKeyId"
  | "authorityKeyId"
  | "uris"
  | "unknownCritical"
>;

function readExtensions(node: DerNode): Extensions {
  const [list, ...more] = readChildren(node, TAG.extensions);
  if (list === undefined || more.length > 0) throw malformed("its extensions are not one list");
  const found = new Map<string, DerNode>();
  let unknownCritical: string | null = null;
  for (const extension of readChildren(list)) {
    const [oid, ...parts] = readChildren(extension);
    const value = parts.pop();
    const isCritical = parts.length > 0 && readBoolean(parts[0]);
    if (parts.length > 1) throw malformed("an extension has wrong parts");
    const name = readOid(oid);
    if (found.has(name)) throw malformed("it has an extension twice");
    found.set(name, readDer(expectTag(value, DER.octetString).content));
    const isKnown = Object.values<string>(OID).includes(name) && name !== OID.commonName;
    // Name constraints are not judged here, so a certificate that has them is not for us, critical or not.
    if (name === OID.nameConstraints || (isCritical && !isKnown)) unknownCritical = name;
  }
  const basic = found.get(OID.basicConstraints);
  const usage = found.get(OID.keyUsage);
  const purposes = found.get(OID.extendedKeyUsage);
  const subjectKeyId = found.get(OID.subjectKeyId);
  return {
    ...(basic === undefined ? { isCa: false, pathLength: null } : readBasicConstraints(basic)),
    keyUsage: usage === undefined ? null : readBits(usage),
    extendedKeyUsage: purposes === undefined ? null : readChildren(purposes).map(readOid),
    subjectKeyId: subjectKeyId === undefined ? null : toHex(expectTag(subjectKeyId, DER.octetString).content),
    authorityKeyId: readAuthorityKeyId(found.get(OID.authorityKeyId)),
    uris: readUris(found.get(OID.subjectAltName)),
    unknownCritical,
  };
}

function readBasicConstraints(node: DerNode): { isCa: boolean; pathLength: number | null } {
  const parts = readChildren(node);
  const isCa = parts[0]?.tag === DER.boolean && readBoolean(parts.shift());
  const pathLength = parts.length === 0 ? null : readSmallInteger(parts.shift());
  if (parts.length > 0 || (pathLength !== null && !isCa))
    throw malformed("its basic constraints are not well formed");
  return { isCa, pathLength };
}

function readAuthorityKeyId(node: DerNode | undefined): string | null {
  if (node === undefined) return null;
  const identifier = readChildren(node).find(({ tag }) => tag === TAG.keyIdentifier);
  return identifier === undefined ? null : toHex(identifier.content);
}

function readUris(node: DerNode | undefined): string[] {
  if (node === undefined) return [];
  return readChildren(node)
    .filter(({ tag }) => tag === TAG.uri)
    .map(({ content }) => toAscii(content));
}

/** Whether two byte strings are the same. */
export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function malformed(reason: string): BundleError {
  return new BundleError("certificate_malformed", `A certificate is malformed: ${reason}.`);
}
