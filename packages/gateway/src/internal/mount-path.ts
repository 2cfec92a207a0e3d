const BASE_PATH = /^(?:\/[A-Za-z0-9._~-]+)+$/;

/**
 * Read where a gateway is mounted.
 *
 * @throws {TypeError} when it is not empty and no plain path that begins with a slash and ends without one.
 */
export function toBasePath(text: string): string {
  if (text === "" || (BASE_PATH.test(text) && !/\/\.{1,2}(?:\/|$)/.test(text))) return text;
  throw new TypeError(`basePath must be like "/platform", not ${JSON.stringify(text)}.`);
}

/** Take the mount path off a URL's path; false, with nothing changed, when the URL is not below it. */
export function dropBasePath(url: URL, basePath: string): boolean {
  if (basePath === "") return true;
  if (!url.pathname.startsWith(`${basePath}/`)) return false;
  url.pathname = url.pathname.slice(basePath.length);
  return true;
}
