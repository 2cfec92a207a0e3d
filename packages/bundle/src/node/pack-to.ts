import { createHash, type Hash } from "node:crypto";
import { parseManifest } from "@alga-ext/manifest";
import type { ContentHash, StatementFile } from "@alga-ext/protocol";
import { planTar, type TarPlan } from "../archive/plan-tar.ts";
import { BLOCK_BYTES, paddingBytes } from "../archive/tar-header.ts";
import { BundleError } from "../errors.ts";
import { ARCHIVE_LIMITS, type ArchiveLimits } from "../options.ts";
import { SBOM_PATH, toSbom, type SbomComponent } from "../sbom/to-sbom.ts";
import { fromBytes, readExactly, toPackFiles, type PackFile, type PackFiles } from "./pack-file.ts";
import { allowanceFor, compress, tooLarge, type ByteSink } from "./zstd.ts";

/** Options of {@link packTo} and `pack`. */
export interface PackOptions {
  /** Write `sbom.cdx.json`, which lists these third-party components of the extension. @default no such file */
  readonly sbom?: readonly SbomComponent[];
  /** Caps of the readers the archive is for. @default ARCHIVE_LIMITS */
  readonly limits?: Partial<ArchiveLimits>;
}

/** What was packed: everything a statement says about it. */
export interface PackSummary {
  /** Digest of the archive. */
  readonly contentHash: ContentHash;
  /** Digest of the uncompressed tar. */
  readonly tarDigest: ContentHash;
  /** Size of the archive. */
  readonly archiveBytes: number;
  /** Sorted by path. */
  readonly files: readonly StatementFile[];
}

/**
 * Pack files into one canonical archive and hand it to `sink` piece by piece, in constant memory.
 *
 * The same files give the same bytes, whatever their order, the pieces they come in, or the machine; only another
 * version of the zstd library may compress the same tar to other bytes. A sink that throws ends it.
 *
 * @throws {BundleError} `manifest_missing`, `unsafe_path`, `duplicate_path`, `file_size_mismatch`, or
 * `expansion_limit` and `archive_too_large` for what no reader with these limits would take
 * @throws {ManifestError} `invalid_manifest`, with an SBOM
 * @example
 * const files = [{ path: "manifest.json", size, open: () => createReadStream("manifest.json") }];
 * const { contentHash } = await packTo(files, (chunk) => output.write(chunk));
 */
export async function packTo(
  files: PackFiles,
  sink: ByteSink,
  options: PackOptions = {},
): Promise<PackSummary> {
  const plan = await planPack(files, options);
  const limits: ArchiveLimits = { ...ARCHIVE_LIMITS, ...options.limits };
  const tarDigest = createHash("sha256");
  const archiveDigest = createHash("sha256");
  const list: StatementFile[] = [];
  let archiveBytes = 0;
  await compress(writeTar(plan, tarDigest, list), plan.tarBytes, async (chunk) => {
    archiveBytes += chunk.length;
    if (archiveBytes > limits.maxArchiveBytes) throw archiveTooLarge(limits);
    archiveDigest.update(chunk);
    await sink(chunk);
  });
  const allowance = allowanceFor(archiveBytes, limits);
  if (plan.tarBytes > allowance.bytes) throw tooLarge(allowance);
  return {
    contentHash: `sha256:${archiveDigest.digest("hex")}`,
    tarDigest: `sha256:${tarDigest.digest("hex")}`,
    archiveBytes,
    files: list,
  };
}

/** Everything that can be refused before the first byte is read, is. */
export async function planPack(files: PackFiles, options: PackOptions): Promise<TarPlan<PackFile>> {
  const limits: ArchiveLimits = { ...ARCHIVE_LIMITS, ...options.limits };
  let entries = toPackFiles(files);
  const manifest = entries.find(({ path }) => path === "manifest.json");
  if (manifest === undefined) {
    throw new BundleError("manifest_missing", "A bundle needs a manifest.json at its root.");
  }
  if (options.sbom !== undefined) entries = await withSbom(entries, manifest, options.sbom);
  if (entries.length > limits.maxFiles) {
    throw new BundleError("expansion_limit", `A bundle may hold ${limits.maxFiles} files (maxFiles).`, {
      details: { limit: "maxFiles", value: limits.maxFiles },
    });
  }
  const plan = planTar(entries);
  if (plan.tarBytes > limits.maxExpandedBytes) throw tooLarge({ bytes: limits.maxExpandedBytes, limits });
  return plan;
}

async function withSbom(
  entries: readonly PackFile[],
  manifest: PackFile,
  components: readonly SbomComponent[],
): Promise<PackFile[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readExactly(manifest, createHash("sha256"))) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const sbom = await toSbom(parseManifest(bytes.toString("utf8")).manifest, components);
  return [
    ...entries.map((file) => (file === manifest ? fromBytes(file.path, bytes) : file)),
    fromBytes(SBOM_PATH, new TextEncoder().encode(sbom)),
  ];
}

/** The bytes of the tar, hashed on the way; each file is opened when its turn comes and noted in `list`. */
async function* writeTar(
  plan: TarPlan<PackFile>,
  tarDigest: Hash,
  list: StatementFile[],
): AsyncGenerator<Uint8Array, void> {
  const note = (chunk: Uint8Array): Uint8Array => {
    tarDigest.update(chunk);
    return chunk;
  };
  const zeros = new Uint8Array(2 * BLOCK_BYTES);
  for (const { file, header } of plan.entries) {
    yield note(header);
    const digest = createHash("sha256");
    for await (const chunk of readExactly(file, digest)) yield note(chunk);
    list.push({ path: file.path, size: file.size, sha256: digest.digest("hex") });
    yield note(zeros.subarray(0, paddingBytes(file.size)));
  }
  yield note(zeros);
}

function archiveTooLarge({ maxArchiveBytes }: ArchiveLimits): BundleError {
  return new BundleError("archive_too_large", `The archive is larger than ${maxArchiveBytes} bytes.`, {
    details: { limit: "maxArchiveBytes", value: maxArchiveBytes },
  });
}
