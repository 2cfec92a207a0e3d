import { RegistryError } from "../errors.ts";
import type { Head } from "./head.ts";

/** A version as the snapshot knows it. */
export interface SnapshotEntry {
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
  /** `sha256:` and 64 hex digits. */
  readonly contentHash: string;
}

/** Proof that a version belongs to a snapshot. */
export interface InclusionProof {
  /** Place in the order of publishing, from 0. */
  readonly position: number;
  /** Hashes beside the way from the leaf to the root, 64 hex digits each. */
  readonly path: readonly string[];
}

/** What is hashed for a version. */
export function leafBytes(entry: SnapshotEntry): Uint8Array<ArrayBuffer> {
  const { publisher, name, version, contentHash } = entry;
  return new TextEncoder().encode(`\0${JSON.stringify([publisher, name, version, contentHash])}`);
}

/** A tree of 2^53 leaves is no deeper. */
const MAX_DEPTH = 53;
const HASH = /^[0-9a-f]{64}$/;

/**
 * Check that a version with exactly this content belongs to the snapshot of a verified head, so that nobody combines
 * parts that were never published together.
 *
 * @throws {RegistryError} `head_mismatch`
 */
export async function verifyInclusion(
  { snapshot }: Head,
  entry: SnapshotEntry,
  { position, path }: InclusionProof,
): Promise<void> {
  const isProof =
    snapshot !== null &&
    Number.isSafeInteger(position) &&
    position >= 0 &&
    position < snapshot.size &&
    path.length <= MAX_DEPTH &&
    path.every((hash) => HASH.test(hash));
  if (!isProof || (await rootOf(entry, { position, path, size: snapshot.size })) !== snapshot.root) {
    throw new RegistryError("head_mismatch", "The signed snapshot does not hold this version.", {
      details: { ...entry },
    });
  }
}

/** The root that a proof leads to (RFC 9162 §2.1.3.2); null when it is too long or too short. */
async function rootOf(
  entry: SnapshotEntry,
  { position, path, size }: InclusionProof & { readonly size: number },
): Promise<string | null> {
  let index = position;
  let last = size - 1;
  let hash = await digest(leafBytes(entry));
  for (const sibling of path) {
    if (last === 0) return null;
    if (index % 2 === 1 || index === last) {
      hash = await join(sibling, hash);
      while (index % 2 === 0 && index !== 0) [index, last] = [half(index), half(last)];
    } else {
      hash = await join(hash, sibling);
    }
    [index, last] = [half(index), half(last)];
  }
  return last === 0 ? hash : null;
}

const half = (value: number): number => Math.floor(value / 2);

function join(left: string, right: string): Promise<string> {
  const bytes = `01${left}${right}`.match(/../g) ?? [];
  return digest(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
