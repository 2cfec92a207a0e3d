import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateSigningKey } from "@alga-ext/bundle/node";

/** Key material of one deployment; private files are mode 0600 below `<data>/keys`. */
export interface DeploymentKeys {
  readonly dir: string;
  readonly gatewayPublicPem: string;
  readonly runnerPublicPem: string;
  /** The only part of the development signing key that registry and runner get. */
  readonly trustPem: string;
  readonly signingKeyFile: string;
  readonly publisherApiKey: string;
}

/** Read the deployment's keys, making at first start whatever is missing. */
export async function ensureKeys(dataDir: string): Promise<DeploymentKeys> {
  const dir = join(dataDir, "keys");
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const once = async (name: string, make: () => Promise<Record<string, string>>): Promise<string> => {
    const file = join(dir, name);
    const existing = await readFile(file, "utf8").catch(() => null);
    if (existing !== null) return existing;
    const made = await make();
    // The file asked for is written last, so a half-made set is made again.
    for (const other of Object.keys(made).toSorted((a) => (a === name ? 1 : -1))) {
      await writeFile(join(dir, other), made[other]!, { mode: 0o600 });
    }
    return made[name]!;
  };
  const pair = (type: "ed25519" | "x25519", name: string) => async (): Promise<Record<string, string>> => {
    const options = {
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    } as const;
    const { publicKey, privateKey } =
      type === "ed25519" ? generateKeyPairSync("ed25519", options) : generateKeyPairSync("x25519", options);
    return { [`${name}.pem`]: privateKey, [`${name}.pub.pem`]: publicKey };
  };
  const random = (name: string) => async (): Promise<Record<string, string>> => ({
    [name]: randomBytes(32).toString("base64url"),
  });

  // Signs where the release log ends; the host app reads it.
  await once("heads.pem", pair("ed25519", "heads"));
  return {
    dir,
    gatewayPublicPem: await once("gateway.pub.pem", pair("ed25519", "gateway")),
    runnerPublicPem: await once("runner.pub.pem", pair("x25519", "runner")),
    trustPem: await once("signing.pub.pem", async () => {
      const key = await generateSigningKey();
      return { "signing.pem": key.privateKeyPem, "signing.pub.pem": key.publicKeyPem };
    }),
    signingKeyFile: join(dir, "signing.pem"),
    publisherApiKey: (await once("publisher-api-key", random("publisher-api-key"))).trim(),
  };
}

/** The session-cookie key of the host app, made at first start. */
export async function ensureSessionKey(dataDir: string): Promise<Uint8Array> {
  const file = join(dataDir, "keys", "session");
  const existing = await readFile(file).catch(() => null);
  if (existing !== null) return existing;
  const key = randomBytes(32);
  await writeFile(file, key, { mode: 0o600 });
  return key;
}
