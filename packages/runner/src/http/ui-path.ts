import { isContentHash, type ContentHash } from "@alga-ext/protocol";
import { RunnerError } from "../errors.ts";
import { MIME_TYPES } from "./mime-types.ts";

/** Which file of which bundle a UI request names. */
export interface UiPath {
  readonly extensionId: string;
  readonly hash: ContentHash;
  /** Path below `ui/`. */
  readonly file: string;
  /** False for a path of the single-page application, which gets `index.html`. */
  readonly hasExtension: boolean;
}

const PREFIX = "/ext-ui/";
const EXTENSION_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const FORBIDDEN = /[\u0000-\u001f\u007f\\/%]/;

/**
 * Parse `/ext-ui/{extension}/{hash}/{path}`; null when it is another path.
 *
 * @throws {RunnerError} `invalid_content_hash`, `invalid_path`
 */
export function parseUiPath(pathname: string): UiPath | null {
  if (!pathname.startsWith(PREFIX)) return null;
  const [extension = "", hashText = "", ...rest] = pathname.slice(PREFIX.length).split("/");
  const extensionId = decode(extension);
  if (!EXTENSION_ID.test(extensionId))
    throw new RunnerError("invalid_path", "The extension id is malformed.");
  const hash = decode(hashText);
  if (!isContentHash(hash))
    throw new RunnerError("invalid_content_hash", "The content hash must be sha256: and 64 hex digits.");
  const segments = rest.map(decode);
  // A trailing slash names the application, like no path at all.
  if (segments.at(-1) === "") segments.pop();
  for (const segment of segments) {
    if (segment === "" || segment.startsWith(".") || segment.length > 200 || FORBIDDEN.test(segment)) {
      throw new RunnerError("invalid_path", "The path has a forbidden segment.");
    }
  }
  const last = segments.at(-1) ?? "";
  const dot = last.lastIndexOf(".");
  const hasExtension = dot > 0;
  if (hasExtension && !MIME_TYPES.has(last.slice(dot + 1).toLowerCase())) {
    throw new RunnerError("invalid_path", "Files of this type are not served.");
  }
  return { extensionId, hash, file: segments.join("/"), hasExtension };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new RunnerError("invalid_path", "The path is not valid UTF-8.", { cause });
  }
}
