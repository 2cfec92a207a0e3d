import {
  isContentHash,
  type ContentHash,
  type SigningStatement,
  type StatementFile,
} from "@alga-ext/protocol";
import type { Manifest } from "@alga-ext/manifest";
import { comparePaths } from "../archive/archive-path.ts";
import { BundleError } from "../errors.ts";

/** The facts of a bundle that a signature speaks about; what `readBundle` returns satisfies it. */
export interface VerifiableBundle {
  readonly contentHash: ContentHash;
  readonly tarDigest: ContentHash;
  /** Sorted by path. */
  readonly list: readonly StatementFile[];
  readonly manifest: Pick<
    Manifest,
    "publisher" | "name" | "version" | "capabilities" | "unknownCapabilities"
  >;
}

/**
 * What a publisher vouches for by signing this bundle.
 *
 * @param options.createdAt RFC 3339 time of the statement.
 */
export function toStatement(
  bundle: VerifiableBundle,
  options: { readonly createdAt: string },
): SigningStatement {
  return {
    publisher: bundle.manifest.publisher,
    name: bundle.manifest.name,
    version: bundle.manifest.version,
    archive: bundle.contentHash,
    tar: bundle.tarDigest,
    files: bundle.list.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
    capabilities: declaredCapabilities(bundle.manifest),
    world: "alga:extension/runner",
    createdAt: options.createdAt,
  };
}

/** Names in `cap:` form whether known or not, so that a statement survives the day an unknown one becomes known. */
function declaredCapabilities(manifest: VerifiableBundle["manifest"]): string[] {
  const unknown = manifest.unknownCapabilities.map((name) =>
    name.startsWith("cap:") ? name : `cap:${name}`,
  );
  return [...new Set([...manifest.capabilities, ...unknown])].sort(comparePaths);
}

/**
 * Read the payload of a signature; every field must be there with its type and no other.
 *
 * @throws {BundleError} `signature_malformed`
 */
export function parseStatement(payload: Uint8Array): SigningStatement {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    throw new BundleError("signature_malformed", "The signed statement is not JSON.", { cause: error });
  }
  if (!isStatement(value))
    throw new BundleError("signature_malformed", "The signed statement has a wrong shape.");
  return value;
}

const FIELDS = {
  publisher: isText,
  name: isText,
  version: isText,
  archive: isContentHash,
  tar: isContentHash,
  files: (value: unknown) => Array.isArray(value) && value.every(isStatementFile),
  capabilities: (value: unknown) => Array.isArray(value) && value.every(isText),
  world: (value: unknown) => value === "alga:extension/runner",
  createdAt: isTime,
} as const satisfies Record<keyof SigningStatement, (value: unknown) => boolean>;

function isStatement(value: unknown): value is SigningStatement {
  return hasShape(value, FIELDS);
}

function isStatementFile(value: unknown): boolean {
  return hasShape(value, {
    path: isText,
    size: (size) => Number.isSafeInteger(size) && Number(size) >= 0,
    sha256: (digest) => typeof digest === "string" && /^[0-9a-f]{64}$/.test(digest),
  });
}

function hasShape(value: unknown, shape: Readonly<Record<string, (field: unknown) => boolean>>): boolean {
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map(Object.entries(value));
  const names = Object.keys(shape);
  return (
    fields.size === names.length && names.every((name) => fields.has(name) && shape[name]?.(fields.get(name)))
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTime(value: unknown): boolean {
  return (
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}
