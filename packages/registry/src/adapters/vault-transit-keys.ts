/**
 * Key-encryption key in the transit engine of HashiCorp Vault (or OpenBao), where it stays.
 *
 * Import from `@alga-ext/registry/adapters/vault-transit-keys`.
 * @module
 */
import { createHash } from "node:crypto";
import { RegistryError } from "../errors.ts";
import type { KeyProvider, WrappedKey } from "../ports.ts";

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const CIPHERTEXT = /^vault:v([1-9][0-9]{0,9}):[A-Za-z0-9+/=]+$/;
const MAX_ANSWER_BYTES = 65_536;
const BINDING_BYTES = 32;

/** Options of {@link createVaultTransitKeys}. */
export interface VaultTransitOptions {
  /** Base URL such as `https://vault.internal:8200`. */
  readonly address: string;
  /** Asked for every request, so that it may be renewed; never logged. */
  readonly token: () => string | Promise<string>;
  /** Name of the transit key, of an AEAD type; make it with `derived=true`. */
  readonly key: string;
  /** Where the engine is mounted. @default "transit" */
  readonly mount?: string;
  /** Namespace of Vault Enterprise. @default none */
  readonly namespace?: string;
  /** For one request. @default 5000 */
  readonly timeoutMs?: number;
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Wrap data keys with a transit key. Rotate it in Vault, then rewrap: Vault does that without showing a data key.
 *
 * The token's policy needs `update` on `encrypt`, `decrypt` and `rewrap` of the key. The context is sent for keys that
 * derive, and lies as a digest beside the data key for those that do not, so that it binds either way. Vault answers in
 * text, which JavaScript cannot zero: a data key's base64 stays in memory until it is collected.
 *
 * @throws {TypeError} when an option is malformed.
 */
export function createVaultTransitKeys(options: VaultTransitOptions): KeyProvider {
  const { key, mount = "transit" } = options;
  if (!SEGMENT.test(key))
    throw new TypeError("The name of a transit key is letters, digits, `_`, `.` and `-`.");
  if (!mount.split("/").every((part) => SEGMENT.test(part))) throw new TypeError("Not a mount path.");
  if (!URL.canParse(options.address)) throw new TypeError("The address of Vault is a URL.");
  const call = (verb: "encrypt" | "decrypt" | "rewrap", body: Readonly<Record<string, string>>) =>
    post(options, `v1/${mount}/${verb}/${key}`, body);

  const toWrapped = (answer: Readonly<Record<string, unknown>>): WrappedKey => {
    const { ciphertext } = answer;
    const version = typeof ciphertext === "string" ? CIPHERTEXT.exec(ciphertext)?.[1] : undefined;
    if (typeof ciphertext !== "string" || version === undefined) throw unavailable("without a ciphertext");
    return { wrapped: ciphertext, keyId: `vault:${mount}/${key}:v${version}` };
  };
  const requireOwn = ({ wrapped, keyId }: WrappedKey): void => {
    const version = CIPHERTEXT.exec(wrapped)?.[1];
    if (version === undefined || keyId !== `vault:${mount}/${key}:v${version}`) {
      throw unreadable("The data key was wrapped by another key than this transit key.");
    }
  };

  return {
    async wrap(dataKey, context) {
      const plaintext = Buffer.concat([bindingOf(context), dataKey]);
      try {
        const body = { plaintext: plaintext.toString("base64"), context: toBase64(context) };
        return toWrapped(await call("encrypt", body));
      } finally {
        plaintext.fill(0);
      }
    },
    async unwrap(wrapped, context) {
      requireOwn(wrapped);
      const { plaintext } = await call("decrypt", {
        ciphertext: wrapped.wrapped,
        context: toBase64(context),
      });
      if (typeof plaintext !== "string") throw unavailable("without a plaintext");
      const bytes = Buffer.from(plaintext, "base64");
      try {
        if (!bytes.subarray(0, BINDING_BYTES).equals(bindingOf(context))) {
          throw unreadable("The data key was wrapped for another place.");
        }
        return Uint8Array.from(bytes.subarray(BINDING_BYTES));
      } finally {
        bytes.fill(0);
      }
    },
    async rewrap(wrapped, context) {
      requireOwn(wrapped);
      const again = toWrapped(
        await call("rewrap", { ciphertext: wrapped.wrapped, context: toBase64(context) }),
      );
      return again.keyId === wrapped.keyId ? wrapped : again;
    },
  };
}

const toBase64 = (text: string): string => Buffer.from(text).toString("base64");
const bindingOf = (context: string): Buffer => createHash("sha256").update(context).digest();

async function post(
  options: VaultTransitOptions,
  path: string,
  body: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { address, namespace, timeoutMs = 5000, fetch = globalThis.fetch } = options;
  const url = new URL(path, address.endsWith("/") ? address : `${address}/`);
  const answer = await (async () => {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-vault-token": await options.token(),
        "x-vault-request": "true",
        ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
      },
      body: JSON.stringify(body),
      // A redirect would carry the token to another host.
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await response.text() };
  })().catch((cause: unknown) => {
    throw unavailable("not in time, or not at all", cause);
  });
  // Vault says 400 when a ciphertext does not open; on the way in it means a key of the wrong kind.
  if (answer.status === 400 && "ciphertext" in body) throw unreadable("Vault does not open the data key.");
  if (answer.status !== 200) throw unavailable(`with status ${answer.status}`);
  if (answer.text.length > MAX_ANSWER_BYTES) throw unavailable("with too much");
  try {
    const { data } = JSON.parse(answer.text) as { data?: unknown };
    if (typeof data === "object" && data !== null) return data as Record<string, unknown>;
  } catch {
    // A parser's message could quote the answer, which holds the data key.
  }
  throw unavailable("with something else than JSON");
}

function unavailable(how: string, cause?: unknown): RegistryError {
  return new RegistryError(
    "key_provider_unavailable",
    `Vault answered ${how}. Check its address, its seal, and the token's policy.`,
    { cause, retryable: true },
  );
}

function unreadable(message: string): RegistryError {
  return new RegistryError("secret_unreadable", message);
}
