import { RegistryError } from "../errors.ts";

const MAX_LENGTH = 200;
const MAX_WORDS = 10;
/** The same cut as the column `extension_registry.search` makes. */
const SEPARATORS = /[\0-/:-@[-`{-\u{7f}]+/u;

/**
 * What someone typed as a `tsquery`: every word must begin a word of slug, name or description. Null when nothing was
 * typed; empty, which matches nothing, when it has no words.
 *
 * @throws {RegistryError} `invalid_request` past 200 characters or 10 words
 */
export function toSearchQuery(search: string | undefined): string | null {
  if (search === undefined || search.trim() === "") return null;
  const words = search.toWellFormed().split(SEPARATORS).filter(Boolean);
  if (search.length > MAX_LENGTH || words.length > MAX_WORDS) {
    throw new RegistryError(
      "invalid_request",
      `A search has at most ${MAX_WORDS} words and ${MAX_LENGTH} characters.`,
      { details: { field: "search" } },
    );
  }
  // Quoting is safe: the cut leaves neither quotes nor backslashes.
  return words.map((word) => `'${word}':*`).join(" & ");
}
