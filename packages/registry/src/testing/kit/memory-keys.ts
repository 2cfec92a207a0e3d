import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { KeyProvider } from "../../ports.ts";

/** A key-encryption key that lives as long as the test. */
export function createMemoryKeys(): KeyProvider {
  const kek = randomBytes(32);
  return {
    async wrap(key, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", kek, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
      return { wrapped: sealed.toString("base64"), keyId: "memory" };
    },
    async unwrap({ wrapped }, context) {
      const sealed = Buffer.from(wrapped, "base64");
      const decipher = createDecipheriv("aes-256-gcm", kek, sealed.subarray(0, 12))
        .setAAD(Buffer.from(context))
        .setAuthTag(sealed.subarray(-16));
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    },
  };
}
