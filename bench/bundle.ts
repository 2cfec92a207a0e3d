/**
 * `node bench/bundle.ts`: MB/s of packing and reading, beside node-tar with zlib on the same files in the same run, for
 * the Agreements bundle and a tree of 200 MiB; milliseconds of inspecting a component. MB are of the files themselves.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { finished, pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { checkComponent, inspectComponent } from "@alga-ext/bundle";
import { packTo, readBundle, type PackFile } from "@alga-ext/bundle/node";
import { build, packProject } from "@alga-ext/cli";
import { create, Parser } from "tar";
import { median } from "./load.ts";

const MIB = 1024 * 1024;
const TREE_FILES = 200;

const dir = await mkdtemp(join(tmpdir(), "alga-bench-bundle-"));
try {
  process.stdout.write(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, zlib at its default level\n\n`,
  );
  const project = await agreements();
  const tree = await writeTree(project.component);
  process.stdout.write(
    "files                      pack MB/s   vs tar+gzip   read MB/s   vs tar+gzip   archive MiB   tar+gzip MiB\n",
  );
  await compare("Agreements bundle", project.root, project.files, 5);
  await compare("200 files of 1 MiB", tree.root, tree.files, 1);

  const bundle = await readBundle(createReadStream(project.archive));
  const inspectMs = await time(7, () => void inspectComponent(project.component));
  const checkMs = await time(7, () => void checkComponent(project.component, bundle.manifest));
  process.stdout.write(
    `\ncomponent of ${(project.component.length / MIB).toFixed(1)} MiB: inspectComponent ${inspectMs.toFixed(1)} ms, checkComponent ${checkMs.toFixed(1)} ms (medians of 7)\n`,
  );
} finally {
  await rm(dir, { recursive: true, force: true });
}

interface Entry {
  readonly path: string;
  readonly size: number;
}

async function compare(name: string, root: string, files: readonly Entry[], rounds: number): Promise<void> {
  const megabytes = files.reduce((sum, { size }) => sum + size, 0) / 1e6;
  const ours = join(dir, "ours.tar.zst");
  const theirs = join(dir, "theirs.tar.gz");
  const packFiles = files.map(({ path, size }): PackFile => {
    return { path, size, open: () => createReadStream(join(root, path)) };
  });
  const packMs = await time(rounds, async () => {
    const output = createWriteStream(ours);
    await packTo(packFiles, (chunk) => new Promise<void>((resolve) => output.write(chunk, () => resolve())));
    output.end();
    await finished(output);
  });
  const gzipMs = await time(rounds, () =>
    create(
      { gzip: true, cwd: root, file: theirs, portable: true },
      files.map(({ path }) => path),
    ),
  );
  const readMs = await time(rounds, async () => void (await readBundle(createReadStream(ours))));
  const gunzipMs = await time(rounds, () => readWithNodeTar(theirs));
  const sizes = await Promise.all([ours, theirs].map(async (file) => (await stat(file)).size / MIB));
  const cells = [
    (megabytes / packMs) * 1000,
    `${(gzipMs / packMs).toFixed(2)}x`,
    (megabytes / readMs) * 1000,
    `${(gunzipMs / readMs).toFixed(2)}x`,
    ...sizes,
  ].map((cell) => (typeof cell === "number" ? cell.toFixed(1) : cell));
  const widths = [9, 13, 11, 13, 13, 14];
  process.stdout.write(
    `${name.padEnd(26)} ${cells.map((cell, at) => cell.padStart(widths[at]!)).join(" ")}\n`,
  );
}

/** Every file into memory, as `readBundle` does; it computes no digest. */
async function readWithNodeTar(file: string): Promise<void> {
  const files = new Map<string, Buffer>();
  const parser = new Parser({
    onReadEntry: (entry) => {
      const chunks: Buffer[] = [];
      entry.on("data", (chunk: Buffer) => chunks.push(chunk));
      entry.on("end", () => files.set(entry.path, Buffer.concat(chunks)));
    },
  });
  await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) parser.write(chunk);
    parser.end();
  });
}

async function time(rounds: number, run: () => void | Promise<void>): Promise<number> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await run();
    all.push(performance.now() - started);
  }
  return median(all);
}

async function agreements(): Promise<{
  readonly root: string;
  readonly archive: string;
  readonly files: readonly Entry[];
  readonly component: Uint8Array;
}> {
  const projectDir = fileURLToPath(new URL("../examples/extensions/agreements", import.meta.url));
  const distDir = join(dir, "dist");
  const archive = join(dir, "agreements.tar.zst");
  await build({ projectDir, outDir: distDir });
  await packProject({ projectDir, distDir, outFile: archive });
  const bundle = await readBundle(createReadStream(archive));
  const root = join(dir, "agreements");
  const files: Entry[] = [];
  for (const { path, size } of bundle.list) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bundle.files.get(path)!);
    files.push({ path, size });
  }
  return { root, archive, files, component: bundle.files.get("dist/main.wasm")! };
}

/** A component's bytes, changed in each file so that no file compresses against another. */
async function writeTree(
  component: Uint8Array,
): Promise<{ readonly root: string; readonly files: readonly Entry[] }> {
  const root = join(dir, "tree");
  const files: Entry[] = [];
  const add = async (path: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
    files.push({ path, size: bytes.length });
  };
  await add("manifest.json", await readFile(join(dir, "agreements", "manifest.json")));
  for (let index = 0; index < TREE_FILES; index++) {
    const bytes = new Uint8Array(MIB);
    for (let at = 0; at < MIB; at++)
      bytes[at] = (component[(at + index * 5_003) % component.length] ?? 0) ^ index;
    await add(`ui/assets/chunk-${index}.bin`, bytes);
  }
  return { root, files };
}
