/** How UIs are confined: as scripts of nobody's origin, or, on an origin of their own, as ones of older hosts were. */
export type UiProfile = "compat" | "strict";

/** What shapes the policy of UI documents. */
export interface UiPolicyOptions {
  /**
   * Where the UI is served from, such as `http://127.0.0.1:3001`; `https://*.ext.example` where every install has a
   * host of its own.
   */
  readonly publicBase?: string;
  /** Who may frame it: origins of host applications. Empty means nobody. */
  readonly frameAncestors: readonly string[];
  /** @default "strict" */
  readonly profile?: UiProfile;
  /** Replaces the policy of the profile `compat`, whole. */
  readonly compatPolicy?: string;
}

/** A version's UI, and whether it is asked for on the host of one install. */
export interface UiPolicySubject {
  readonly extensionId: string;
  readonly hash: string;
  readonly isOwnHost: boolean;
}

const SOURCE = /^(?:'self'|https?:\/\/[A-Za-z0-9.*[\]:-]+)$/;
const BASE = /^https?:\/\/(?:\*\.)?[A-Za-z0-9.[\]:-]+(?:\/[A-Za-z0-9._~/-]*)?$/;
const HEADER_TEXT = /^[\x20-\x7e]{1,4096}$/;

/** Makes the policy of one version's UI, or of a refusal when there is none. */
export type UiPolicy = (version: UiPolicySubject | null) => string;

/**
 * Prepare the policy of UI responses: the version's own files only, no network, no plugins, opaque origin even
 * without the iframe attribute.
 *
 * UIs share one origin, so the policy names the directory of the version: one extension cannot run another's
 * scripts. Without a public base all it can say is `'self'`, which is every extension.
 *
 * The profile `compat` holds only on hosts that belong to one install: it lets a UI have its origin, which no two
 * extensions may share.
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
  if (options.compatPolicy !== undefined && !HEADER_TEXT.test(options.compatPolicy))
    throw new TypeError("The content security policy of the profile compat is no header value.");
  const ancestors = `frame-ancestors ${options.frameAncestors.length === 0 ? "'none'" : options.frameAncestors.join(" ")}`;
  const compat = options.compatPolicy ?? [...COMPAT, ancestors].join("; ");

  const ownOf = (version: UiPolicySubject | null): string => {
    if (version === null) return "'none'";
    if (base === undefined) return "'self'";
    // Neither an id nor a hash has a character that ends a source or a directive.
    return `${base}/ext-ui/${encodeURIComponent(version.extensionId)}/${version.hash}/`;
  };
  return (version) => {
    if (version?.isOwnHost === true && options.profile === "compat") return compat;
    const own = ownOf(version);
    return [
      "default-src 'none'",
      `script-src ${own}`,
      `style-src ${own}`,
      `img-src ${version === null ? own : `${own} data:`}`,
      `font-src ${own}`,
      ...STRICT,
      ancestors,
      "sandbox allow-scripts allow-forms",
    ].join("; ");
  };
}

const STRICT = [
  "connect-src 'none'",
  "frame-src 'none'",
  "worker-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
] as const;

/** As hosts before this one sent it. */
const COMPAT = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
] as const;
