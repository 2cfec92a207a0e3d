import type { SecretEnvelope } from "@alga-ext/protocol";
import { CompactEncrypt, importSPKI } from "jose";
import type { RegistryDb } from "../db/registry-db.ts";
import type { DataKeys } from "./data-key.ts";
import { openSecret } from "./seal-secret.ts";

const MAX_CACHED = 1000;

/** Seals the secrets of one install to the runner's key; null when it has none. */
export type SealEnvelope = (install: {
  readonly tenantId: string;
  readonly installId: string;
  readonly secretsVersion: string | null;
}) => Promise<SecretEnvelope | null>;

/**
 * Only the runner can open what leaves here. A sealed envelope is kept until the secrets change; plaintext never is.
 *
 * @throws {TypeError} when the PEM is not an X25519 public key.
 */
export async function createEnvelopeSealer(options: {
  readonly db: RegistryDb;
  readonly dataKeys: DataKeys;
  readonly runnerPublicKeyPem: string;
}): Promise<SealEnvelope> {
  const { db, dataKeys } = options;
  const runnerKey = await importSPKI(options.runnerPublicKeyPem, "ECDH-ES");
  const cache = new Map<string, SecretEnvelope>();

  return async ({ tenantId, installId, secretsVersion }) => {
    if (secretsVersion === null) return null;
    const id = JSON.stringify([tenantId, installId]);
    const cached = cache.get(id);
    if (cached?.version === secretsVersion) return cached;

    const rows = await db.withTenant(tenantId, (tx) =>
      tx
        .selectFrom("tenant_extension_install_secrets")
        .select(["name", "ciphertext", "key_id", "version"])
        .where("tenant_id", "=", tenantId)
        .where("install_id", "=", installId)
        .execute(),
    );
    if (rows.length === 0) return null;
    const opened = await dataKeys.open(
      tenantId,
      rows.map((row) => row.key_id),
    );
    const secrets = Object.fromEntries(
      rows.flatMap(({ name, ciphertext, key_id, version }) => {
        const key = opened.get(key_id);
        return key === undefined
          ? []
          : [[name, openSecret(ciphertext, { tenantId, installId, name, version }, key)]];
      }),
    );
    const jwe = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(secrets)))
      .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
      .encrypt(runnerKey);
    const envelope: SecretEnvelope = {
      ciphertext_b64: Buffer.from(jwe).toString("base64"),
      algorithm: "jwe",
      version: secretsVersion,
    };
    cache.delete(id);
    cache.set(id, envelope);
    const oldest = cache.keys().next();
    if (cache.size > MAX_CACHED && oldest.done === false) cache.delete(oldest.value);
    return envelope;
  };
}
