import { isContentHash } from "@alga-ext/protocol";

/** What {@link buildExtUiSrc} needs besides the extension and its bundle. */
export interface ExtUiSrcOptions {
  /** Origin, optionally with a path, that serves `/ext-ui/`. Left out, the URL is relative. */
  readonly publicBase?: string;
  readonly tenantId?: string;
}

/**
 * The `src` of an extension's frame: `{base}/ext-ui/{id}/{hash}/index.html?path=…[&tenant=…]&extensionId=…`.
 *
 * @throws {TypeError} when `contentHash` is not `sha256:` and 64 lower-case hex digits, or the id is empty.
 * @example
 * frame.src = buildExtUiSrc(id, hash, "/agreements/7", { publicBase: "http://127.0.0.1:3001" });
 */
export function buildExtUiSrc(
  extensionId: string,
  contentHash: string,
  clientPath: string,
  options: ExtUiSrcOptions = {},
): string {
  if (extensionId === "") throw new TypeError("extensionId is empty: pass the extension's registry id.");
  if (!isContentHash(contentHash)) {
    throw new TypeError(
      'contentHash is not "sha256:" and 64 lower-case hex digits: pass it as the registry gave it.',
    );
  }
  const base = (options.publicBase ?? "").replace(/\/+$/, "");
  const query = new URLSearchParams({ path: clientPath === "" ? "/" : clientPath });
  if (options.tenantId !== undefined) query.set("tenant", options.tenantId);
  query.set("extensionId", extensionId);
  return `${base}/ext-ui/${encodeURIComponent(extensionId)}/${encodeURIComponent(contentHash)}/index.html?${query}`;
}
