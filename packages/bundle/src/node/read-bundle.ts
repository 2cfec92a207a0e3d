import { createHash } from "node:crypto";
import { parseManifest, type Manifest } from "@alga-ext/manifest";
import type { ContentHash, StatementFile } from "@alga-ext/protocol";
import { TarParser, type TarProfile } from "../archive/tar-parser.ts";
import { readZstdFrame } from "../archive/zstd-frame.ts";
import { toDigest } from "../digest.ts";
import { BundleError } from "../errors.ts";
import { ARCHIVE_LIMITS, type ArchiveLimits } from "../options.ts";
import { listFiles } from "./list-files.ts";
import { allowedBytes, decompress } from "./zstd.ts";

/** An archive that was read completely and found harmless. */
export interface Bundle {
  readonly contentHash: ContentHash;
  readonly tarDigest: ContentHash;
  /** Every file there is; a single top directory of a tolerant archive is already taken off. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Path, size and digest of every file, sorted by path. */
  readonly list: readonly StatementFile[];
  readonly manifest: Manifest;
  /** Sentences for the author: what the manifest or the archive could do better. */
  readonly warnings: readonly string[];
  /** Which profile the archive satisfies. */
  readonly profile: TarProfile;
}

/** Options of {@link readBundle}. */
export interface ReadBundleOptions {
  /** Refuse any other archive before decompressing it. */
  readonly expectedHash?: ContentHash;
  /** `canonical` accepts only what {@link pack} writes. @default "tolerant", which accepts both */
  readonly profile?: TarProfile;
  /** @default ARCHIVE_LIMITS */
  readonly limits?: Partial<ArchiveLimits>;
}

/**
 * Read an archive into memory: digest, one zstd frame, strict tar, manifest. Nothing touches the disk.
 *
 * @throws {BundleError} `archive_too_large`, `digest_mismatch`, `bad_compression`, `expansion_limit`, `bad_archive`,
 * `not_canonical`, `unsafe_entry`, `unsafe_path`, `duplicate_path`, `manifest_missing`, `manifest_unreadable`
 * @throws {ManifestError} `invalid_manifest`
 */
export async function readBundle(archive: Uint8Array, options: ReadBundleOptions = {}): Promise<Bundle> {
  const limits: ArchiveLimits = { ...ARCHIVE_LIMITS, ...options.limits };
  if (archive.length > limits.maxArchiveBytes) {
    throw new BundleError(
      "archive_too_large",
      `The archive is larger than ${limits.maxArchiveBytes} bytes.`,
      {
        details: { limit: "maxArchiveBytes", value: limits.maxArchiveBytes },
      },
    );
  }
  const contentHash = await toDigest(archive);
  if (options.expectedHash !== undefined && options.expectedHash !== contentHash) {
    throw new BundleError("digest_mismatch", "The archive is not the one that was asked for.", {
      details: { expected: options.expectedHash, actual: contentHash },
    });
  }
  const profile = options.profile ?? "tolerant";
  const frame = readZstdFrame(archive, {
    maxWindowBytes: limits.maxWindowBytes,
    requireContentSize: profile === "canonical",
  });
  const parser = new TarParser({
    profile,
    maxExpandedBytes: allowedBytes(archive.length, limits),
    maxFiles: limits.maxFiles,
  });
  const digest = createHash("sha256");
  await decompress(archive, frame, limits, (chunk) => {
    digest.update(chunk);
    parser.push(chunk);
  });
  const tar = parser.finish();
  const canonical = tar.canonical && frame.contentSize !== null;
  const files = canonical || tar.files.has("manifest.json") ? tar.files : withoutTopDirectory(tar.files);
  const { manifest, warnings } = parseManifest(readManifestText(files));
  return {
    contentHash,
    tarDigest: `sha256:${digest.digest("hex")}`,
    files,
    list: listFiles(files),
    manifest,
    warnings: warnings.map((warning) => `${warning.pointer || "manifest.json"}: ${warning.message}`),
    profile: canonical ? "canonical" : "tolerant",
  };
}

/** Archives made of a directory (`tar c my-extension`) hold everything one level deep (contract §1.5). */
function withoutTopDirectory(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const tops = new Set([...files.keys()].map((path) => path.slice(0, path.indexOf("/") + 1)));
  const [top = ""] = tops;
  if (tops.size !== 1 || top === "") return files;
  return new Map([...files].map(([path, bytes]) => [path.slice(top.length), bytes]));
}

function readManifestText(files: ReadonlyMap<string, Uint8Array>): string {
  const bytes = files.get("manifest.json");
  if (bytes === undefined)
    throw new BundleError("manifest_missing", "The archive has no manifest.json at its root.");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new BundleError("manifest_unreadable", "manifest.json is not UTF-8 text.", { cause: error });
  }
}
