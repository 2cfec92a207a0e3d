import type { ContentHash } from "./content-hash.ts";

/** `typ` of the protected header of every bundle signature. */
export const STATEMENT_TYP = "alga-ext-statement+json";

/** One file of the signed archive. */
export interface StatementFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** Payload of a bundle signature: what exactly a publisher vouches for. */
export interface SigningStatement {
  readonly publisher: string;
  readonly name: string;
  /** Version as in the manifest; a wildcard `X.Y.*` is signed as such. */
  readonly version: string;
  /** Digest of the archive as stored. */
  readonly archive: ContentHash;
  /** Digest of the uncompressed tar. */
  readonly tar: ContentHash;
  /** Sorted by path. */
  readonly files: readonly StatementFile[];
  /** Declared capabilities, sorted. */
  readonly capabilities: readonly string[];
  readonly world: "alga:extension/runner";
  /** RFC 3339. */
  readonly createdAt: string;
}
