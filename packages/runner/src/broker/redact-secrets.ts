/** Shorter secrets would redact ordinary words. */
const MIN_SECRET_LENGTH = 4;
/** Characters compared for one line; only secrets made to be alike get near it, and what is left is withheld. */
const MAX_WORK = 4_000_000;
const MARK = "[secret]";

/** Replaces the secrets in the first `maxLength` characters of a text and drops the rest. */
export type SecretRedactor = (text: string, maxLength: number) => string;

/**
 * Prepare to redact these secrets in one pass over a text.
 *
 * Every place where any secret occurs is covered, also where one begins inside another or runs past `maxLength`, so
 * no tail of one is left over.
 */
export function createSecretRedactor(secrets: Iterable<string>): SecretRedactor {
  const byFirst = new Map<number, Map<string, string[]>>();
  const longestFirst = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  for (const secret of longestFirst) {
    if (secret.length < MIN_SECRET_LENGTH) continue;
    const prefix = secret.slice(0, MIN_SECRET_LENGTH);
    const code = prefix.charCodeAt(0);
    const prefixes = byFirst.get(code) ?? new Map<string, string[]>();
    byFirst.set(code, prefixes);
    prefixes.set(prefix, [...(prefixes.get(prefix) ?? []), secret]);
  }

  return (text, maxLength) => {
    const end = Math.min(text.length, maxLength);
    if (byFirst.size === 0) return text.slice(0, end);
    let out = "";
    let work = 0;
    let clearFrom = 0;
    let copiedTo = 0;
    for (let at = 0; at < end; at += 1) {
      const candidates = byFirst.get(text.charCodeAt(at))?.get(text.slice(at, at + MIN_SECRET_LENGTH)) ?? [];
      for (const secret of candidates) {
        if ((work += secret.length) > MAX_WORK) return out + MARK;
        if (!text.startsWith(secret, at)) continue;
        if (at >= clearFrom) out += text.slice(copiedTo, at) + MARK;
        clearFrom = Math.max(clearFrom, at + secret.length);
        copiedTo = clearFrom;
        break;
      }
    }
    return copiedTo < end ? out + text.slice(copiedTo, end) : out;
  };
}
