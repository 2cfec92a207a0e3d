import { createReadStream } from "node:fs";
import { access, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { packTo, type PackFile } from "@alga-ext/bundle/node";
import { contentHashHex, type ContentHash } from "@alga-ext/protocol";
import { readComponents } from "./build/components-file.ts";
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
  /** Add `sbom.cdx.json` when `build` noted what it built in. @default true */
  readonly sbom?: boolean;
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
 * Pack `manifest.json`, the component, the page and a list of what was built in (`sbom.cdx.json`, from what `build`
 * noted) into one canonical archive; the same inputs give the same bytes. Files are read when their turn comes.
 *
 * @throws {CliError} `project_not_found`, `invalid_manifest`, `not_built`, `file_unusable`
 * @throws {BundleError} `unsafe_path` for a file name that no archive may hold, `expansion_limit` and
 * `archive_too_large` for more than any host takes
 */
export async function packProject(options: PackOptions): Promise<PackResult> {
  const project = await readProject(options.projectDir);
  const distDir = options.distDir === undefined ? join(project.dir, "dist") : resolve(options.distDir);
  const file = resolve(options.outFile ?? join(project.dir, "bundle.tar.zst"));
  const files: PackFile[] = [];
  const component = await toPackFile("dist/main.wasm", join(distDir, "main.wasm")).catch(() => null);
  if (component !== null) files.push(component);
  else if (project.manifest.endpoints.length > 0) {
    throw new CliError("not_built", `There is no ${join(distDir, "main.wasm")}: run alga-ext build first.`);
  }
  if (project.manifest.ui !== null) files.push(...(await findUi(project.dir, distDir)));
  const components = options.sbom === false ? null : await readComponents(distDir);

  await mkdir(dirname(file), { recursive: true });
  const packed = await writeWhole(file, (sink) =>
    packTo(
      [["manifest.json", project.manifestBytes], ...files],
      sink,
      components === null ? {} : { sbom: components },
    ),
  );
  const hashFile = join(dirname(file), `${basename(file).replace(/\.tar\.zst$/, "")}.sha256`);
  await writeFile(hashFile, `${contentHashHex(packed.contentHash)}\n`);
  return {
    file,
    hashFile,
    contentHash: packed.contentHash,
    size: packed.archiveBytes,
    entries: packed.files.map(({ path }) => path),
  };
}

/** Write beside the file and rename, so that a failure leaves what was there before. */
async function writeWhole<T>(
  file: string,
  write: (sink: (chunk: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  const part = `${file}.${process.pid}.part`;
  const handle = await open(part, "w");
  try {
    const result = await write((chunk) => handle.writeFile(chunk));
    await handle.close();
    await rename(part, file);
    return result;
  } catch (error) {
    await handle.close();
    await rm(part, { force: true });
    throw error;
  }
}

async function toPackFile(path: string, file: string): Promise<PackFile> {
  const { size } = await stat(file);
  return { path, size, open: () => createReadStream(file) };
}

/** The built page; a page that needs no build step is taken from `ui/` as it is. */
async function findUi(projectDir: string, distDir: string): Promise<PackFile[]> {
  for (const root of [join(distDir, "ui"), join(projectDir, "ui")]) {
    const hasIndex = await access(join(root, "index.html")).then(
      () => true,
      () => false,
    );
    if (hasIndex) return listTree(root);
  }
  throw new CliError(
    "not_built",
    `There is no ${join(distDir, "ui", "index.html")}: run alga-ext build first.`,
  );
}

async function listTree(root: string): Promise<PackFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return toPackFile(`ui/${file.slice(root.length + 1).replaceAll("\\", "/")}`, file);
    }),
  );
}
