/** Identity of a bundle: `sha256:` + 64 lower-case hex digits of the archive bytes as stored. */
export type ContentHash = `sha256:${string}`;

const PREFIXED = /^sha256:[0-9a-f]{64}$/;
const BARE = /^[0-9a-f]{64}$/;

/** Whether a value is a well-formed prefixed content hash. */
export function isContentHash(value: unknown): value is ContentHash {
  return typeof value === "string" && PREFIXED.test(value);
}

/**
 * Accept a prefixed or bare hex digest and return the prefixed form.
 *
 * @throws {TypeError} when the value is neither.
 */
export function toContentHash(value: string): ContentHash {
  const lower = value.toLowerCase();
  if (isContentHash(lower)) return lower;
  if (BARE.test(lower)) return `sha256:${lower}`;
  throw new TypeError(
    `Not a content hash: expected "sha256:" and 64 hex digits, got ${JSON.stringify(value.slice(0, 80))}.`,
  );
}

/** The 64 hex digits of a content hash, as upload and finalize use them. */
export function contentHashHex(hash: ContentHash): string {
  return hash.slice("sha256:".length);
}
