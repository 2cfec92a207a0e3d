/** What shapes the policy of UI documents. */
export interface UiPolicyOptions {
  /** Where the UI is served from, such as `http://127.0.0.1:3001`. */
  readonly publicBase?: string;
  /** Who may frame it: origins of host applications. Empty means nobody. */
  readonly frameAncestors: readonly string[];
}

const SOURCE = /^(?:'self'|https?:\/\/[A-Za-z0-9.*[\]:-]+)$/;
const BASE = /^https?:\/\/[A-Za-z0-9.[\]:-]+(?:\/[A-Za-z0-9._~/-]*)?$/;

/** Makes the policy of one version's UI, or of a refusal when there is none. */
export type UiPolicy = (version: { readonly extensionId: string; readonly hash: string } | null) => string;

/**
 * Prepare the policy of UI responses: the version's own files only, no network, no plugins, opaque origin even
 * without the iframe attribute.
 *
 * All UIs share one origin, so the policy names the directory of the version: one extension cannot run another's
 * scripts. Without a public base all it can say is `'self'`, which is every extension.
 *
 * @throws {TypeError} when an origin could break out of its directive.
 */
export function createUiPolicy(options: UiPolicyOptions): UiPolicy {
  const base = options.publicBase?.replace(/\/+$/, "");
  const bad = options.frameAncestors.find((source) => !SOURCE.test(source));
  if (bad !== undefined)
    throw new TypeError(`Not an origin for the content security policy: ${JSON.stringify(bad)}.`);
  if (base !== undefined && (!BASE.test(base) || !URL.canParse(base)))
    throw new TypeError(`Not a base for the content security policy: ${JSON.stringify(base)}.`);
  const ownOf = (version: Parameters<UiPolicy>[0]): string => {
    if (version === null) return "'none'";
    if (base === undefined) return "'self'";
    // Neither an id nor a hash has a character that ends a source or a directive.
    return `${base}/ext-ui/${encodeURIComponent(version.extensionId)}/${version.hash}/`;
  };
  const fixed = [
    "connect-src 'none'",
    "frame-src 'none'",
    "worker-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${options.frameAncestors.length === 0 ? "'none'" : options.frameAncestors.join(" ")}`,
    "sandbox allow-scripts allow-forms",
  ];
  return (version) => {
    const own = ownOf(version);
    return [
      "default-src 'none'",
      `script-src ${own}`,
      `style-src ${own}`,
      `img-src ${version === null ? own : `${own} data:`}`,
      `font-src ${own}`,
      ...fixed,
    ].join("; ");
  };
}
