import { partsOf } from "./call-parts.ts";

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

/** A request's URL with the mount path taken off its path; null when it is not below it. Not to be changed. */
export function toUrlBelow(request: Request, basePath: string): URL | null {
  if (basePath === "") return partsOf(request)?.url ?? new URL(request.url);
  const url = new URL(request.url);
  if (!url.pathname.startsWith(`${basePath}/`)) return null;
  url.pathname = url.pathname.slice(basePath.length);
  return url;
}
