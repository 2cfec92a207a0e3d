/** What shapes the policy of UI documents. */
export interface UiPolicyOptions {
  /** Origin the UI is served from, such as `http://127.0.0.1:3001`. */
  readonly publicBase?: string;
  /** Who may frame it: origins of host applications. Empty means nobody. */
  readonly frameAncestors: readonly string[];
}

const SOURCE = /^(?:'self'|https?:\/\/[A-Za-z0-9.*[\]:-]+)$/;

/**
 * The policy of every UI response: own files only, no network, no plugins, opaque origin even without the iframe
 * attribute.
 *
 * In an opaque origin `'self'` may match nothing, so the public base is named as well.
 *
 * @throws {TypeError} when an origin could break out of its directive.
 */
export function toContentSecurityPolicy(options: UiPolicyOptions): string {
  const base = options.publicBase === undefined ? [] : [new URL(options.publicBase).origin];
  const bad = [...options.frameAncestors, ...base].find((source) => !SOURCE.test(source));
  if (bad !== undefined)
    throw new TypeError(`Not an origin for the content security policy: ${JSON.stringify(bad)}.`);
  const own = ["'self'", ...base].join(" ");
  return [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own}`,
    `img-src ${own} data:`,
    `font-src ${own}`,
    "connect-src 'none'",
    "frame-src 'none'",
    "worker-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${options.frameAncestors.length === 0 ? "'none'" : options.frameAncestors.join(" ")}`,
    "sandbox allow-scripts allow-forms",
  ].join("; ");
}
