import { hash } from "node:crypto";

/** HMAC-SHA256 of an ASCII text under one key, as base64url. */
export type HmacSigner = (text: string) => string;

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const MAX_CHARS = 16_384;

// Only ever used within one turn, so all signers share them.
const inner = Buffer.alloc(BLOCK_BYTES + MAX_CHARS);
const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

/**
 * Prepare HMAC-SHA256 (RFC 2104) for many short texts.
 *
 * Spelled out over one-shot hashes: an `Hmac` of `node:crypto` is a stream with a finalizer, and making one for every
 * call cost more than any other check of it.
 *
 * @param key - at most 64 bytes
 * @throws {TypeError} on a longer key; the signer {@link RangeError} on a text of more than 16,384 characters
 */
export function createHmacSigner(key: Uint8Array): HmacSigner {
  if (key.length > BLOCK_BYTES) throw new TypeError(`An HMAC key has at most ${BLOCK_BYTES} bytes.`);
  const pad = (mask: number) => Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (key[at] ?? 0) ^ mask);
  const innerPad = pad(0x36);
  const outerPad = pad(0x5c);
  return (text) => {
    if (text.length > MAX_CHARS) throw new RangeError(`A text to sign has at most ${MAX_CHARS} characters.`);
    inner.set(innerPad);
    outer.set(outerPad);
    const end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES, "latin1");
    // A digest as text: a buffer would have memory of its own to make and to sweep.
    outer.write(hash("sha256", inner.subarray(0, end), "hex"), BLOCK_BYTES, "hex");
    return hash("sha256", outer, "base64url");
  };
}
