import { compactVerify, importSPKI } from "jose";
import { RegistryError, type RegistryErrorCode } from "../errors.ts";
import { HEAD_TYP, MAX_AHEAD_MS, isHead, type Head } from "./head.ts";

/** What {@link verifyHead} goes by. */
export interface VerifyHeadOptions {
  /** Ed25519 public key of the registry, SPKI PEM; several while it changes its key. */
  readonly publicKey: string | readonly string[];
  /** The last head that was good, as {@link verifyHead} returned it; null or absent the first time. Keep it. */
  readonly previous?: Head | null;
  /** @default "" for the registry's own chain */
  readonly chain?: string;
  /** Refuse heads of anybody else who signs with the same key. @default any */
  readonly issuer?: string;
  /** @default the present */
  readonly now?: Date;
}

const MAX_LENGTH = 10_000;

/**
 * Check a head that a registry, a mirror or a cache answered with. Refuses what someone in between can do without the
 * key: an old head for a new one (rollback), the same one for ever (freeze), another history (fork).
 *
 * What is answered with the head, such as a version's digest, is checked with `verifyInclusion`.
 *
 * @throws {RegistryError} `head_invalid`, `head_expired`, `head_rolled_back`, `head_forked`
 * @throws {TypeError} for a public key that is none
 */
export async function verifyHead(signed: string, options: VerifyHeadOptions): Promise<Head> {
  const { chain = "", issuer, previous = null, now = new Date() } = options;
  const head = await open(signed, options.publicKey);
  if (head.chain !== chain || (issuer !== undefined && head.issuer !== issuer)) {
    throw refusal("head_invalid", "The head is of another chain or registry.", head);
  }
  if (Date.parse(head.issuedAt) > now.getTime() + MAX_AHEAD_MS) {
    throw refusal("head_invalid", "The head is from the future: compare the clocks.", head);
  }
  if (Date.parse(head.expiresAt) <= now.getTime()) {
    throw refusal("head_expired", "The head has expired: whoever answered keeps newer ones back.", head);
  }
  if (previous !== null) assertFollows(head, previous);
  return head;
}

function assertFollows(head: Head, previous: Head): void {
  const size = head.snapshot?.size ?? 0;
  const previousSize = previous.snapshot?.size ?? 0;
  if (head.number < previous.number || head.seq < previous.seq || size < previousSize) {
    throw refusal("head_rolled_back", "The head is older than one that was seen before.", head);
  }
  const isFork =
    (head.number === previous.number && JSON.stringify(head) !== JSON.stringify(previous)) ||
    (head.seq === previous.seq && head.hash !== previous.hash) ||
    (size === previousSize && head.snapshot?.root !== previous.snapshot?.root);
  if (isFork) throw refusal("head_forked", "The head belongs to another history.", head);
}

async function open(signed: string, publicKey: string | readonly string[]): Promise<Head> {
  const keys = typeof publicKey === "string" ? [publicKey] : publicKey;
  if (keys.length === 0) throw new TypeError("A head is checked with at least one public key.");
  for (const pem of keys) {
    const key = await importSPKI(pem, "EdDSA").catch((cause: unknown) => {
      throw new TypeError("The public key of a registry is an Ed25519 key as SPKI PEM.", { cause });
    });
    const verified = await verifyWith(signed, key);
    if (verified !== null) return verified;
  }
  throw new RegistryError("head_invalid", "The head is not signed by this registry.");
}

async function verifyWith(signed: string, key: CryptoKey): Promise<Head | null> {
  if (signed.length > MAX_LENGTH) return null;
  try {
    const { payload, protectedHeader } = await compactVerify(signed, key, { algorithms: ["EdDSA"] });
    const head: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    return protectedHeader.typ === HEAD_TYP && isHead(head) ? head : null;
  } catch {
    return null;
  }
}

function refusal(code: RegistryErrorCode, message: string, { number, seq, issuedAt }: Head): RegistryError {
  return new RegistryError(code, message, { details: { number, seq, issuedAt } });
}
