import { hash } from "node:crypto";

/** HMAC-SHA256 of an ASCII text under one key, as base64url. */
export type HmacSigner = (text: string) => string;

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Call tokens have a few hundred. */
const MOST_CHARS = 4096;

// Used within one turn only, so all signers share them.
const shared = Buffer.alloc(BLOCK_BYTES + MOST_CHARS);
const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

/**
 * Prepare HMAC-SHA256 (RFC 2104) for many texts under one key, as gateway and runner sign and check call tokens.
 *
 * Spelled out over one-shot hashes, because an `Hmac` of `node:crypto` is a stream with a finalizer: making one for every
 * call costs twice as much as what it computes.
 *
 * @param key - at most 64 bytes
 * @throws {TypeError} on a longer key
 * @example
 * ```ts
 * const sign = createHmacSigner(key);
 * sign("header.claims"); // "Jx2…", as createHmac("sha256", key).update("header.claims").digest("base64url")
 * ```
 */
export function createHmacSigner(key: Uint8Array): HmacSigner {
  if (key.length > BLOCK_BYTES) throw new TypeError(`An HMAC key has at most ${BLOCK_BYTES} bytes.`);
  const pad = (mask: number) => Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (key[at] ?? 0) ^ mask);
  const innerPad = pad(0x36);
  const outerPad = pad(0x5c);
  return (text) => {
    const inner = text.length > MOST_CHARS ? Buffer.alloc(BLOCK_BYTES + text.length) : shared;
    inner.set(innerPad);
    outer.set(outerPad);
    const end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES, "latin1");
    // A digest as text: a buffer would have memory of its own to make and to sweep.
    outer.write(hash("sha256", inner.subarray(0, end), "hex"), BLOCK_BYTES, "hex");
    return hash("sha256", outer, "base64url");
  };
}
