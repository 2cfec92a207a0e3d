/**
 * Key-encryption key in AWS KMS, or anything that speaks like its client.
 *
 * Import from `@alga-ext/registry/adapters/aws-kms-keys`.
 * @module
 */
import { RegistryError } from "../errors.ts";
import type { KeyProvider, WrappedKey } from "../ports.ts";

/** What is bound to a ciphertext, and shown in the audit log of KMS. */
type EncryptionContext = Record<string, string>;

/** The part of `KMS` of `@aws-sdk/client-kms` that is used; the host makes it, with its region and credentials. */
export interface KmsClient {
  encrypt(
    input: { KeyId: string; Plaintext: Uint8Array; EncryptionContext: EncryptionContext },
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ CiphertextBlob?: Uint8Array | undefined; KeyId?: string | undefined }>;
  decrypt(
    input: { KeyId: string; CiphertextBlob: Uint8Array; EncryptionContext: EncryptionContext },
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ Plaintext?: Uint8Array | undefined; KeyId?: string | undefined }>;
}

/** Options of {@link createAwsKmsKeys}. */
export interface AwsKmsOptions {
  readonly client: KmsClient;
  /** Symmetric key that wraps: its ARN, or an alias. Keys that wrapped before must stay usable until all is rewrapped. */
  readonly keyId: string;
  /** For one request. @default 5000 */
  readonly timeoutMs?: number;
}

/** Names of errors that no retry mends: the ciphertext, its context or its key is another. */
const HOPELESS = new Set(["InvalidCiphertextException", "IncorrectKeyException"]);

/**
 * Wrap data keys with a KMS key. Tenant id and key id travel as encryption context, so audit logs name them.
 *
 * To change the key: point `keyId` at another one, then rewrap. What KMS rotates by itself behind one key needs nothing.
 */
export function createAwsKmsKeys({ client, keyId, timeoutMs = 5000 }: AwsKmsOptions): KeyProvider {
  const options = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });

  const wrap = async (dataKey: Uint8Array, context: string): Promise<WrappedKey> => {
    const input = { KeyId: keyId, Plaintext: dataKey, EncryptionContext: toContext(context) };
    // On the way in nothing is hopeless: it only concerns the key's configuration.
    const answer = await client.encrypt(input, options()).catch(throwUnavailable);
    if (answer.CiphertextBlob === undefined || answer.KeyId === undefined) {
      throw new RegistryError("key_provider_unavailable", "KMS answered without a ciphertext.", {
        retryable: true,
      });
    }
    return { wrapped: Buffer.from(answer.CiphertextBlob).toString("base64"), keyId: answer.KeyId };
  };

  const unwrap = async ({ wrapped, keyId: by }: WrappedKey, context: string): Promise<Uint8Array> => {
    const CiphertextBlob = new Uint8Array(Buffer.from(wrapped, "base64"));
    const input = { KeyId: by, CiphertextBlob, EncryptionContext: toContext(context) };
    const answer = await client.decrypt(input, options()).catch((cause: unknown) => {
      if (cause instanceof Error && HOPELESS.has(cause.name)) {
        throw new RegistryError("secret_unreadable", "KMS does not open the data key.", { cause });
      }
      throwUnavailable(cause);
    });
    if (answer.Plaintext === undefined) {
      throw new RegistryError("key_provider_unavailable", "KMS answered without a plaintext.", {
        retryable: true,
      });
    }
    return answer.Plaintext;
  };

  return {
    wrap,
    unwrap,
    async rewrap(wrapped, context) {
      const dataKey = await unwrap(wrapped, context);
      try {
        const again = await wrap(dataKey, context);
        return again.keyId === wrapped.keyId ? wrapped : again;
      } finally {
        dataKey.fill(0);
      }
    },
  };
}

const toContext = (context: string): EncryptionContext => ({ "alga-ext:data-key": context });

function throwUnavailable(cause: unknown): never {
  throw new RegistryError(
    "key_provider_unavailable",
    "KMS did not answer as it should. Check the key's state and policy, and the credentials.",
    { cause, retryable: true },
  );
}
