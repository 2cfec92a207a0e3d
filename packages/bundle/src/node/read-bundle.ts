import { createHash, hash } from "node:crypto";
import { parseManifest, type Manifest } from "@alga-ext/manifest";
import type { ContentHash, StatementFile } from "@alga-ext/protocol";
import { comparePaths } from "../archive/archive-path.ts";
import { TarParser, type ParsedTar, type TarProfile } from "../archive/tar-parser.ts";
import { ZstdFrameWalker, type ZstdFrame } from "../archive/zstd-frame.ts";
import { BundleError } from "../errors.ts";
import { ARCHIVE_LIMITS, type ArchiveLimits } from "../options.ts";
import { collectArchive } from "./collect-archive.ts";
import { allowanceFor, decompress, type Allowance } from "./zstd.ts";

/** An archive that was read completely and found harmless. */
export interface Bundle {
  readonly contentHash: ContentHash;
  readonly tarDigest: ContentHash;
  /** Size of the archive as stored. */
  readonly archiveBytes: number;
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
 * A stream is hashed and capped while it arrives and cancelled at the first refusal; an error of its own is passed on
 * as it is. Decompression starts when all of it is there, because only then is its digest known. At most
 * `maxArchiveBytes` and `maxExpandedBytes` are held at a time.
 *
 * @param archive bytes, which must not change meanwhile, or a stream of them (a web `ReadableStream` is one)
 * @throws {BundleError} `archive_too_large`, `digest_mismatch`, `bad_compression`, `expansion_limit`, `bad_archive`,
 * `not_canonical`, `unsafe_entry`, `unsafe_path`, `duplicate_path`, `manifest_missing`, `manifest_unreadable`
 * @throws {ManifestError} `invalid_manifest`
 * @example
 * const bundle = await readBundle(createReadStream("bundle.tar.zst"), { expectedHash });
 */
export async function readBundle(
  archive: Uint8Array | AsyncIterable<Uint8Array>,
  options: ReadBundleOptions = {},
): Promise<Bundle> {
  const limits: ArchiveLimits = { ...ARCHIVE_LIMITS, ...options.limits };
  const profile = options.profile ?? "tolerant";
  const { expectedHash } = options;
  const walker = new ZstdFrameWalker({
    maxWindowBytes: limits.maxWindowBytes,
    requireContentSize: profile === "canonical",
  });
  // Of an archive that was asked for by its digest, the digest is the first thing to doubt.
  const inspect = expectedHash === undefined ? (chunk: Uint8Array) => walker.push(chunk) : () => undefined;
  const collected = await collectArchive(archive, { maxArchiveBytes: limits.maxArchiveBytes, inspect });
  const { segments, archiveBytes, contentHash } = collected;
  if (expectedHash !== undefined) {
    if (expectedHash !== contentHash) throw mismatch(expectedHash, contentHash);
    for (const segment of segments) walker.push(segment);
  }
  const frame = walker.finish();
  const tar = await unpack(segments, frame, { profile, allowance: allowanceFor(archiveBytes, limits) });

  const canonical = tar.canonical && frame.contentSize !== null;
  const top = canonical || tar.files.has("manifest.json") ? "" : topDirectory(tar.files);
  const files =
    top === ""
      ? tar.files
      : new Map(Array.from(tar.files, ([path, bytes]) => [path.slice(top.length), bytes]));
  const { manifest, warnings } = parseManifest(readManifestText(files));
  return {
    contentHash,
    tarDigest: tar.digest,
    archiveBytes,
    files,
    list: tar.list
      .map((file) => ({ ...file, path: file.path.slice(top.length) }))
      .sort((a, b) => comparePaths(a.path, b.path)),
    manifest,
    warnings: warnings.map((warning) => `${warning.pointer || "manifest.json"}: ${warning.message}`),
    profile: canonical ? "canonical" : "tolerant",
  };
}

interface Unpacked extends ParsedTar {
  readonly digest: ContentHash;
  /** In archive order. */
  readonly list: readonly StatementFile[];
}

/** Decompress and parse at once, every file hashed as soon as it is whole. */
async function unpack(
  segments: Uint8Array[],
  frame: ZstdFrame,
  { profile, allowance }: { readonly profile: TarProfile; readonly allowance: Allowance },
): Promise<Unpacked> {
  const digest = createHash("sha256");
  const list: StatementFile[] = [];
  const parser = new TarParser({
    profile,
    maxExpandedBytes: allowance.bytes,
    maxFiles: allowance.limits.maxFiles,
    onFile: (path, bytes) =>
      void list.push({ path, size: bytes.length, sha256: hash("sha256", bytes, "hex") }),
  });
  await decompress(segments, frame, allowance, (chunk) => {
    digest.update(chunk);
    parser.push(chunk);
  });
  return { ...parser.finish(), digest: `sha256:${digest.digest("hex")}`, list };
}

/** `my-extension/` when everything lies below it, as `tar c my-extension` makes it (contract §1.5). */
function topDirectory(files: ReadonlyMap<string, Uint8Array>): string {
  const tops = new Set(Array.from(files.keys(), (path) => path.slice(0, path.indexOf("/") + 1)));
  const [top = ""] = tops;
  return tops.size === 1 ? top : "";
}

function mismatch(expected: ContentHash, actual: ContentHash): BundleError {
  return new BundleError("digest_mismatch", "The archive is not the one that was asked for.", {
    details: { expected, actual },
  });
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
