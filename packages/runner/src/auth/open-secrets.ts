import { compactDecrypt } from "jose";
import type { SecretEnvelope } from "@alga-ext/protocol";
import type { SecretBox } from "../broker/call-session.ts";
import { RunnerError } from "../errors.ts";

/** A call without an envelope. */
export const NO_SECRETS: SecretBox = { values: new Map(), expiresAt: null };

/**
 * Open the sealed secrets of one call: base64 of a compact JWE to the runner's key, holding a JSON string map.
 *
 * An expired envelope still opens; every read of it then answers `expired`.
 *
 * @throws {RunnerError} `secret_decrypt_failed`, also for every other algorithm
 */
export async function openSecrets(
  envelope: SecretEnvelope | undefined,
  runnerKey: CryptoKey,
): Promise<SecretBox> {
  if (envelope === undefined || envelope.ciphertext_b64 === "") return NO_SECRETS;
  if (envelope.algorithm !== "jwe")
    throw failed(`algorithm ${String(envelope.algorithm).slice(0, 40)} is not supported`);
  try {
    const jwe = Buffer.from(envelope.ciphertext_b64, "base64").toString("latin1");
    const { plaintext } = await compactDecrypt(jwe, runnerKey, {
      keyManagementAlgorithms: ["ECDH-ES"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    const map: unknown = JSON.parse(new TextDecoder().decode(plaintext));
    if (typeof map !== "object" || map === null) throw new TypeError("not a map");
    const values = new Map(
      Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
    const expiresAt = envelope.expires_at === undefined ? null : Date.parse(envelope.expires_at);
    return { values, expiresAt: expiresAt !== null && Number.isNaN(expiresAt) ? 0 : expiresAt };
  } catch (cause) {
    throw failed("it does not open with this runner's key", cause);
  }
}

function failed(why: string, cause?: unknown): RunnerError {
  return new RunnerError("secret_decrypt_failed", `The secret envelope is refused: ${why}.`, { cause });
}
