import { writeFile } from "node:fs/promises";
import { generateSigningKey } from "@alga-ext/bundle/node";
import { CliError } from "./errors.ts";

/** Options of {@link generateKey}. */
export interface GenerateKeyOptions {
  /** File for the private key; the public one goes to `<file>.pub`. */
  readonly file: string;
}

/** The new key. */
export interface GenerateKeyResult {
  /** PKCS#8 PEM, readable only by its owner. */
  readonly privateKeyFile: string;
  /** PEM to hand to an operator, who adds it to the trust bundle. */
  readonly publicKeyFile: string;
  readonly keyId: string;
}

/**
 * Make an Ed25519 signing key; an existing file is never overwritten.
 *
 * @throws {CliError} `file_unusable`
 */
export async function generateKey(options: GenerateKeyOptions): Promise<GenerateKeyResult> {
  const key = await generateSigningKey();
  const publicKeyFile = `${options.file}.pub`;
  try {
    await writeFile(options.file, key.privateKeyPem, { mode: 0o600, flag: "wx" });
    await writeFile(publicKeyFile, key.publicKeyPem, { flag: "wx" });
  } catch (cause) {
    throw new CliError("file_unusable", `${options.file} cannot be written, or exists already.`, { cause });
  }
  return { privateKeyFile: options.file, publicKeyFile, keyId: key.keyId };
}
