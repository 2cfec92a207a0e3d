import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const TOKEN = /^alga_([0-9a-f]{32})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** What an API key's text says. */
export interface ApiKeyToken {
  /** UUID of its row. */
  readonly id: string;
  /** 43 characters, 256 random bits. */
  readonly secret: string;
}

/**
 * Make the text of a new key: `alga_<id>_<secret><checksum>`.
 *
 * Secret scanners find `alga_[0-9a-f]{32}_[0-9A-Za-z]{49}`; the checksum (CRC-32 of all before it, base 62) tells them,
 * and us before we ask the database, a key from a look-alike.
 */
export function formatApiKey({ id, secret }: ApiKeyToken): string {
  const body = `alga_${id.replaceAll("-", "")}_${secret}`;
  return body + checksum(body);
}

/** Read the text of a key; null when it is none. */
export function parseApiKey(text: string): ApiKeyToken | null {
  const [, hex, secret, sum] = TOKEN.exec(text) ?? [];
  if (hex === undefined || secret === undefined || sum !== checksum(text.slice(0, -6))) return null;
  return { id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"), secret };
}

/** A new secret. */
export function newApiKeySecret(): string {
  return base62(BigInt(`0x${randomBytes(32).toString("hex")}`), 43);
}

/**
 * What is stored of a secret, 64 hex digits.
 *
 * A slow hash such as Argon2 makes guessing a person's password dear. 256 random bits cannot be guessed at any speed; a
 * slow hash here would only let strangers spend our time.
 */
export function hashApiKeySecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function checksum(text: string): string {
  return base62(BigInt(crc32(text)), 6);
}

function base62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text;
  return text;
}
