import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { RegistryError } from "../errors.ts";
import type { DataKey } from "./data-key.ts";

/** Where a secret belongs; part of what its ciphertext authenticates. */
export interface SecretPlace {
  readonly tenantId: string;
  readonly installId: string;
  readonly name: string;
  readonly version: string;
}

/** Stored value of the `algorithm` column. */
export const SECRET_ALGORITHM = "A256GCM";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A JSON array keeps the fields apart, whatever characters they hold. */
function additionalData({ tenantId, installId, name, version }: SecretPlace, kid: string): Buffer {
  return Buffer.from(JSON.stringify([tenantId, installId, name, version, kid]));
}

/** Encrypt one secret for exactly one place: base64 of nonce, ciphertext and tag. */
export function sealSecret(value: string, place: SecretPlace, { key, kid }: DataKey): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(additionalData(place, kid));
  return Buffer.concat([nonce, cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]).toString(
    "base64",
  );
}

/**
 * Undo {@link sealSecret}.
 *
 * @throws {RegistryError} `secret_unreadable` for another tenant, install, name, version or key, or altered text.
 */
export function openSecret(ciphertext: string, place: SecretPlace, { key, kid }: DataKey): string {
  const sealed = Buffer.from(ciphertext, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(additionalData(place, kid))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
  } catch (error) {
    throw new RegistryError("secret_unreadable", "A stored secret does not open where it lies.", {
      cause: error,
      details: { name: place.name },
    });
  }
}
