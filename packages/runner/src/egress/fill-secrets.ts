const PLACEHOLDER = /\{\{secret:([A-Za-z0-9_.-]{1,128})\}\}/g;
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;

/**
 * Put secrets in the place of `{{secret:NAME}}` in header values.
 *
 * @returns null when one of them may not go there, is not known, or could split the request
 */
export function fillSecrets(
  headers: readonly (readonly [string, string])[],
  secret: (name: string) => string | null,
): [string, string][] | null {
  const filled: [string, string][] = [];
  for (const [name, value] of headers) {
    let isRefused = false;
    const text = value.replaceAll(PLACEHOLDER, (_, key: string) => {
      const found = secret(key);
      if (found === null) isRefused = true;
      return found ?? "";
    });
    if (isRefused || !VALUE.test(text)) return null;
    filled.push([name, text]);
  }
  return filled;
}
