import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pack } from "@alga-ext/bundle/node";
import { contentHashHex, type ContentHash } from "@alga-ext/protocol";
import { CliError } from "./errors.ts";
import { readProject } from "./read-project.ts";

/** Options of {@link packProject}. */
export interface PackOptions {
  /** A built project. */
  readonly projectDir: string;
  /** @default "bundle.tar.zst" in the project */
  readonly outFile?: string;
  /** Where `build` wrote. @default "dist" in the project */
  readonly distDir?: string;
}

/** What was packed. */
export interface PackResult {
  /** Absolute path of the archive. */
  readonly file: string;
  /** `bundle.sha256` beside it: the digest in hex and a newline. */
  readonly hashFile: string;
  readonly contentHash: ContentHash;
  /** Bytes of the archive. */
  readonly size: number;
  /** Paths inside, sorted. */
  readonly entries: readonly string[];
}

/**
 * Pack `manifest.json`, the component and the page into one canonical archive; the same inputs give the same bytes.
 *
 * @throws {CliError} `project_not_found`, `invalid_manifest`, `not_built`, `file_unusable`
 * @throws {BundleError} `unsafe_path` for a file name that no archive may hold
 */
export async function packProject(options: PackOptions): Promise<PackResult> {
  const project = await readProject(options.projectDir);
  const distDir = options.distDir === undefined ? join(project.dir, "dist") : resolve(options.distDir);
  const file = resolve(options.outFile ?? join(project.dir, "bundle.tar.zst"));
  const files: [string, Uint8Array][] = [["manifest.json", project.manifestBytes]];
  const component = await readFile(join(distDir, "main.wasm")).catch(() => null);
  if (component !== null) files.push(["dist/main.wasm", component]);
  else if (project.manifest.endpoints.length > 0) {
    throw new CliError("not_built", `There is no ${join(distDir, "main.wasm")}: run alga-ext build first.`);
  }
  if (project.manifest.ui !== null) files.push(...(await readUi(project.dir, distDir)));

  const { archive, contentHash, files: entries } = await pack(files);
  const hashFile = join(dirname(file), `${basename(file).replace(/\.tar\.zst$/, "")}.sha256`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, archive);
  await writeFile(hashFile, `${contentHashHex(contentHash)}\n`);
  return { file, hashFile, contentHash, size: archive.length, entries: entries.map(({ path }) => path) };
}

/** The built page; a page that needs no build step is taken from `ui/` as it is. */
async function readUi(projectDir: string, distDir: string): Promise<[string, Uint8Array][]> {
  for (const root of [join(distDir, "ui"), join(projectDir, "ui")]) {
    const hasIndex = await access(join(root, "index.html")).then(
      () => true,
      () => false,
    );
    if (hasIndex) return readTree(root);
  }
  throw new CliError(
    "not_built",
    `There is no ${join(distDir, "ui", "index.html")}: run alga-ext build first.`,
  );
}

async function readTree(root: string): Promise<[string, Uint8Array][]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry): Promise<[string, Uint8Array]> => {
      const path = join(entry.parentPath, entry.name);
      return [`ui/${path.slice(root.length + 1).replaceAll("\\", "/")}`, await readFile(path)];
    }),
  );
}
