import type { SecretEnvelope } from "@alga-ext/protocol";
import { CompactEncrypt, importSPKI } from "jose";
import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { DataKeys } from "./data-key.ts";
import { openSecret } from "./seal-secret.ts";

/** How long a runner may use a sealed envelope; it is sealed anew after half of that. */
export const ENVELOPE_TTL_MS = 10 * 60_000;
const MAX_CACHED = 1000;

/**
 * Number of the period that a moment lies in. Who asks again whenever it changes never holds an expired envelope: an
 * envelope that is handed out lasts for at least one period more.
 */
export function envelopePeriod(atMs: number): number {
  return Math.floor(atMs / (ENVELOPE_TTL_MS / 2));
}

/** Seals the secrets of one install to the runner's key; null when it has none. */
export type SealEnvelope = (install: {
  readonly tenantId: string;
  readonly installId: string;
  readonly secretsVersion: string | null;
}) => Promise<SecretEnvelope | null>;

/**
 * Only the runner can open what leaves here. A sealed envelope is kept for a while; plaintext never is.
 *
 * While the key provider is away, envelopes that have not expired go on serving.
 *
 * @throws {TypeError} when the PEM is not an X25519 public key.
 */
export async function createEnvelopeSealer(options: {
  readonly db: RegistryDb;
  readonly dataKeys: DataKeys;
  readonly runnerPublicKeyPem: string;
  readonly clock: () => number;
}): Promise<SealEnvelope> {
  const { db, dataKeys, clock } = options;
  const runnerKey = await importSPKI(options.runnerPublicKeyPem, "ECDH-ES");
  const cache = new Map<string, { readonly envelope: SecretEnvelope; readonly expiresAt: number }>();

  const seal = async (secrets: string, version: string, expiresAt: number): Promise<SecretEnvelope> => {
    const jwe = await new CompactEncrypt(new TextEncoder().encode(secrets))
      .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
      .encrypt(runnerKey);
    return {
      ciphertext_b64: Buffer.from(jwe).toString("base64"),
      algorithm: "jwe",
      version,
      expires_at: new Date(expiresAt).toISOString(),
    };
  };

  return async ({ tenantId, installId, secretsVersion }) => {
    if (secretsVersion === null) return null;
    const id = JSON.stringify([tenantId, installId]);
    const found = cache.get(id);
    const cached =
      found?.envelope.version === secretsVersion && clock() < found.expiresAt ? found : undefined;
    if (cached !== undefined && clock() < cached.expiresAt - ENVELOPE_TTL_MS / 2) return cached.envelope;

    const secrets = await readSecrets({ db, dataKeys }, { tenantId, installId }).catch((error: unknown) => {
      const isAway = error instanceof RegistryError && error.code === "key_provider_unavailable";
      if (isAway && cached !== undefined) return cached.envelope;
      throw error;
    });
    if (secrets === null || typeof secrets !== "string") return secrets;
    const expiresAt = clock() + ENVELOPE_TTL_MS;
    const envelope = await seal(secrets, secretsVersion, expiresAt);
    cache.delete(id);
    cache.set(id, { envelope, expiresAt });
    const oldest = cache.keys().next();
    if (cache.size > MAX_CACHED && oldest.done === false) cache.delete(oldest.value);
    return envelope;
  };
}

/** All secrets of an install as JSON text; null when it has none. */
async function readSecrets(
  { db, dataKeys }: { readonly db: RegistryDb; readonly dataKeys: DataKeys },
  { tenantId, installId }: { readonly tenantId: string; readonly installId: string },
): Promise<string | null> {
  // One statement sees secrets and keys of one moment: whatever rotates meanwhile, they fit.
  const rows = await db.withTenant(tenantId, (tx) =>
    tx
      .selectFrom("tenant_extension_install_secrets as s")
      .leftJoin("tenant_data_key as k", (join) =>
        join.onRef("k.tenant_id", "=", "s.tenant_id").onRef("k.kid", "=", "s.key_id"),
      )
      .select(["s.name", "s.ciphertext", "s.version", "k.kid", "k.wrapped", "k.kek_id"])
      .where("s.tenant_id", "=", tenantId)
      .where("s.install_id", "=", installId)
      .execute(),
  );
  if (rows.length === 0) return null;
  const opened = rows.map(async ({ name, ciphertext, version, kid, wrapped, kek_id }) => {
    if (kid === null || wrapped === null || kek_id === null) {
      throw new RegistryError(
        "secret_unreadable",
        "A secret names a data key that this tenant does not have.",
        {
          details: { name },
        },
      );
    }
    const key = await dataKeys.open(tenantId, { kid, wrapped, kek_id });
    return [name, openSecret(ciphertext, { tenantId, installId, name, version }, key)] as const;
  });
  return JSON.stringify(Object.fromEntries(await Promise.all(opened)));
}
