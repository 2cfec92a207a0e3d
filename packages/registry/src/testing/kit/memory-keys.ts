import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { RegistryError } from "../../errors.ts";
import type { KeyProvider } from "../../ports.ts";

/** Key-encryption keys that live as long as the test. */
export interface MemoryKeys extends KeyProvider {
  /** Make a new key active. */
  rotate(): void;
  /** Forget all keys but the active one. */
  forgetOld(): void;
  /** While true every method rejects, as a network would. */
  isDown: boolean;
  /** How often it was asked to open a key. */
  unwraps: number;
}

/** A key provider whose failures and rotations the test holds. */
export function createMemoryKeys(): MemoryKeys {
  let keks = [{ keyId: "memory-1", kek: randomBytes(32) }];
  let made = 1;
  const active = () => {
    if (provider.isDown) throw new Error("connection refused");
    const [first] = keks;
    if (first === undefined) throw new Error("there is always one");
    return first;
  };
  const provider: MemoryKeys = {
    isDown: false,
    unwraps: 0,
    rotate() {
      made += 1;
      keks = [{ keyId: `memory-${made}`, kek: randomBytes(32) }, ...keks];
    },
    forgetOld() {
      keks = keks.slice(0, 1);
    },
    async wrap(key, context) {
      const { kek, keyId } = active();
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", kek, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
      return { wrapped: sealed.toString("base64"), keyId };
    },
    async unwrap({ wrapped, keyId }, context) {
      active();
      provider.unwraps += 1;
      const sealed = Buffer.from(wrapped, "base64");
      try {
        const kek = keks.find((one) => one.keyId === keyId)?.kek ?? Buffer.alloc(0);
        const decipher = createDecipheriv("aes-256-gcm", kek, sealed.subarray(0, 12))
          .setAAD(Buffer.from(context))
          .setAuthTag(sealed.subarray(-16));
        return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
      } catch (error) {
        throw new RegistryError("secret_unreadable", "The data key does not open.", { cause: error });
      }
    },
    async rewrap(wrapped, context) {
      const key = await provider.unwrap(wrapped, context);
      return wrapped.keyId === active().keyId ? wrapped : provider.wrap(key, context);
    },
  };
  return provider;
}
