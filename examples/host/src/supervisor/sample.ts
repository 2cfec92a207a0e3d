import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { build, packProject, publishBundle, signBundle } from "@alga-ext/cli";
import type { DeploymentKeys } from "./keys.ts";

const SKIP = new Set(["node_modules", "dist", ".data"]);

/** What is remembered about a sample between two starts. */
interface SampleRecord {
  /** Digest of the source tree the published bundle was made from. */
  readonly source: string;
  readonly registryId: string;
  readonly version: string;
}

/**
 * Build, pack, sign and publish a sample extension from its source, unless this very source is already published.
 *
 * Component builds are not byte-deterministic, so the source tree's digest decides, not the bundle's.
 */
export async function publishSample(options: {
  readonly name: string;
  readonly projectDir: string;
  readonly dataDir: string;
  readonly baseUrl: string;
  readonly keys: DeploymentKeys;
  readonly progress: (text: string) => void;
}): Promise<SampleRecord> {
  const workDir = join(options.dataDir, "samples", options.name);
  const recordFile = join(workDir, "published.json");
  await mkdir(workDir, { recursive: true });
  const source = await treeDigest(options.projectDir);
  const before = JSON.parse(await readFile(recordFile, "utf8").catch(() => "null")) as SampleRecord | null;
  if (before?.source === source) return before;

  options.progress(`building ${options.name}`);
  const outDir = join(workDir, "dist");
  await build({ projectDir: options.projectDir, outDir });
  const file = join(workDir, "bundle.tar.zst");
  await packProject({ projectDir: options.projectDir, distDir: outDir, outFile: file });
  await signBundle({ file, privateKeyFile: options.keys.signingKeyFile });
  options.progress(`publishing ${options.name}`);
  const result = await publishBundle({
    file,
    baseUrl: options.baseUrl,
    apiKey: options.keys.publisherApiKey,
  });
  const record: SampleRecord = { source, registryId: result.extension.id, version: result.version.version };
  await writeFile(recordFile, JSON.stringify(record));
  return record;
}

/** Digest over the paths and bytes of a source tree, leaving out what is made or installed. */
export async function treeDigest(dir: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split("/").some((part) => SKIP.has(part)))
    .toSorted();
  for (const path of files) {
    hash
      .update(`${path}\0`)
      .update(await readFile(join(dir, path)))
      .update("\0");
  }
  return hash.digest("hex");
}
