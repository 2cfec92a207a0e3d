import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { KmsClient } from "../../adapters/aws-kms-keys.ts";

/** A KMS client that really encrypts, with an alias that points at one of its keys. */
export interface FakeKms extends KmsClient {
  /** Point the alias at a new key. */
  rotate(): void;
  /** Delete the keys that the alias does not point at. */
  dropOld(): void;
  /** Name of the error that every call fails with; null to work again. */
  failure: string | null;
  /** Encryption contexts that were used, as an audit log would show them. */
  readonly contexts: readonly Readonly<Record<string, string>>[];
}

/** Alias of the key that wraps. */
export const KMS_ALIAS = "alias/alga-ext";

/** Start with one key. */
export function createFakeKms(): FakeKms {
  let keys = [newKey()];
  const contexts: Record<string, string>[] = [];
  const fail = (name: string): never => {
    throw Object.assign(new Error(`${name} from the fake`), { name, $metadata: { httpStatusCode: 400 } });
  };
  const keyOf = (id: string) =>
    (id === KMS_ALIAS ? keys[0] : keys.find(({ arn }) => arn === id)) ?? fail("NotFoundException");
  const kms: FakeKms = {
    failure: null,
    contexts,
    rotate() {
      keys = [newKey(), ...keys];
    },
    dropOld() {
      keys = keys.slice(0, 1);
    },
    async encrypt({ KeyId, Plaintext, EncryptionContext }) {
      if (kms.failure !== null) fail(kms.failure);
      contexts.push(EncryptionContext);
      const { arn, key } = keyOf(KeyId);
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad(EncryptionContext));
      const sealed = Buffer.concat([nonce, cipher.update(Plaintext), cipher.final(), cipher.getAuthTag()]);
      return { CiphertextBlob: new Uint8Array(sealed), KeyId: arn };
    },
    async decrypt({ KeyId, CiphertextBlob, EncryptionContext }) {
      if (kms.failure !== null) fail(kms.failure);
      contexts.push(EncryptionContext);
      // Real KMS says the same of a key that is gone as of one that never was.
      const found = keys.find(({ arn }) => arn === KeyId) ?? fail("IncorrectKeyException");
      const sealed = Buffer.from(CiphertextBlob);
      try {
        const decipher = createDecipheriv("aes-256-gcm", found.key, sealed.subarray(0, 12))
          .setAAD(aad(EncryptionContext))
          .setAuthTag(sealed.subarray(-16));
        const plaintext = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
        return { Plaintext: new Uint8Array(plaintext), KeyId: found.arn };
      } catch {
        return fail("InvalidCiphertextException");
      }
    },
  };
  return kms;
}

function newKey() {
  const arn = `arn:aws:kms:eu-central-1:111122223333:key/${crypto.randomUUID()}`;
  return { arn, key: randomBytes(32) };
}

function aad(context: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
}
