/** Each package as its users get it: packed, then checked by publint and attw; every export exists in the tarball. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, run } from "./run.ts";

interface PackageJson {
  readonly name: string;
  readonly exports: Record<string, string | Record<string, string>>;
}

const work = await mkdtemp(join(tmpdir(), "alga-pack-"));
let failures = 0;
const fail = (text: string): void => {
  failures++;
  process.stderr.write(`  ${text}\n`);
};

try {
  for (const dir of (await readdir(`${ROOT}/packages`)).toSorted()) {
    const manifest = JSON.parse(
      await readFile(`${ROOT}/packages/${dir}/package.json`, "utf8"),
    ) as PackageJson;
    const packed = await run(
      "npm",
      ["pack", "--json", "--silent", "--pack-destination", work, "-w", manifest.name],
      { quiet: true },
    );
    const listing = JSON.parse(packed.stdout) as
      | { filename: string; files: { path: string }[] }[]
      | Record<string, { filename: string; files: { path: string }[] }>;
    const { filename, files } = Object.values(listing)[0]!;
    const tarball = join(work, filename.replace("@", "").replace("/", "-"));
    const inTarball = new Set(files.map((file) => `./${file.path}`));
    for (const [subpath, target] of Object.entries(manifest.exports)) {
      for (const file of typeof target === "string" ? [target] : Object.values(target)) {
        if (!inTarball.has(file))
          fail(`${manifest.name} exports ${subpath} as ${file}, which its tarball does not hold`);
      }
    }
    const tests = files.filter((file) => /\.test\.|\.tsbuildinfo$/.test(file.path));
    if (tests.length > 0) fail(`${manifest.name} would publish ${tests[0]!.path}`);
    const publint = await run("publint", ["run", tarball, "--strict"], { quiet: true });
    if (publint.code !== 0) fail(`publint ${manifest.name}:\n${publint.stdout}`);
    const assets = Object.keys(manifest.exports).filter((subpath) => /\.(css|json)$/.test(subpath));
    const exclude = assets.length === 0 ? [] : ["--exclude-entrypoints", ...assets];
    const attw = await run("attw", [tarball, "--profile", "esm-only", "--format", "ascii", ...exclude], {
      quiet: true,
    });
    if (attw.code !== 0) fail(`attw ${manifest.name}:\n${attw.stdout}`);
    process.stdout.write(`  ${manifest.name}: ${files.length} files\n`);
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
