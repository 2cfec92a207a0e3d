import type { OidcRule } from "./oidc-options.ts";

/** The first rule whose claims a token has, compared letter by letter: look-alikes are other letters. */
export function findRule(
  rules: readonly OidcRule[],
  claims: Readonly<Record<string, unknown>>,
): OidcRule | undefined {
  return rules.find((rule) =>
    Object.entries(rule.claims).every(([name, wanted]) => {
      const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
      return (
        typeof value === "string" && (typeof wanted === "string" ? value === wanted : wanted.includes(value))
      );
    }),
  );
}

/** @throws {TypeError} when a rule would fit any token, or none */
export function assertRule({ publisher, claims }: OidcRule): void {
  const entries = Object.entries(claims);
  if (publisher === "") throw new TypeError("A rule needs a publisher.");
  if (entries.length === 0) {
    throw new TypeError(`The rule for ${publisher} names no claim: every token of the issuer would fit.`);
  }
  for (const [name, wanted] of entries) {
    if (wanted.length > 0 && [wanted].flat().every((value) => value !== "")) continue;
    throw new TypeError(`The rule for ${publisher} expects an empty ${name}.`);
  }
}
