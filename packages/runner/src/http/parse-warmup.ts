import { toContentHash, type CallClaims, type ContentHash } from "@alga-ext/protocol";
import { RunnerError } from "../errors.ts";

/** Whose cell is to be started. */
export interface WarmInstall {
  readonly tenantId: string;
  /** Registry id. */
  readonly extensionId: string;
  readonly installId: string;
}

/** What a `POST /warmup` asks for. */
export interface Warmup {
  readonly hash: ContentHash;
  /** Null when preparing is enough. */
  readonly install: WarmInstall | null;
}

/**
 * The version that a `POST /warmup` names, which must be the one its token speaks of; so must tenant, extension and
 * install, where the body names them. With `start` the cell of the token's install is started, too.
 *
 * @throws {RunnerError} `invalid_request`, `invalid_content_hash`, `context_mismatch`
 */
export function parseWarmup(value: unknown, claims: CallClaims): Warmup {
  if (typeof value !== "object" || value === null)
    throw new RunnerError("invalid_request", "The body must be an object with content_hash.");
  const body = value as Readonly<Record<string, unknown>>;
  const { start = false } = body;
  if (typeof start !== "boolean") throw new RunnerError("invalid_request", "start must be true or false.");
  const hash = parseHash(body["content_hash"]);
  const pairs = [
    [claims.method, "POST"],
    [claims.path, "/warmup"],
    [claims.hash, hash],
    [claims.tenant, body["tenant_id"] ?? claims.tenant],
    [claims.ext, body["extension_id"] ?? claims.ext],
    [claims.sub, body["install_id"] ?? claims.sub],
  ];
  if (pairs.some(([claimed, given]) => claimed !== given))
    throw new RunnerError("context_mismatch", "The body and its token speak of different versions.");
  const install = { tenantId: claims.tenant, extensionId: claims.ext, installId: claims.sub };
  return { hash, install: start ? install : null };
}

function parseHash(value: unknown): ContentHash {
  try {
    return toContentHash(String(value));
  } catch (cause) {
    throw new RunnerError("invalid_content_hash", "content_hash must be sha256: and 64 hex digits.", {
      cause,
    });
  }
}
