const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Read the operator's development overrides: public host name → loopback base URL.
 *
 * @throws {TypeError} when a target is not a loopback origin.
 */
export function parseOverrides(overrides: Readonly<Record<string, string>>): ReadonlyMap<string, URL> {
  const out = new Map<string, URL>();
  for (const [hostname, base] of Object.entries(overrides)) {
    const url = URL.parse(base);
    if (url === null || !LOOPBACK.has(url.hostname) || !/^https?:$/.test(url.protocol)) {
      throw new TypeError(`The egress override of ${hostname} must be an http(s) URL on loopback.`);
    }
    out.set(hostname.toLowerCase(), url);
  }
  return out;
}
