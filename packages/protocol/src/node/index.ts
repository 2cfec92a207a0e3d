/**
 * What both ends of a wire compute with Node's own crypto.
 *
 * Import from `@alga-ext/protocol/node`.
 * @module
 */
export { createHmacSigner, type HmacSigner } from "./hmac-signer.ts";
