import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Built packages that an attack meets; all the runner's own, none of the rest. */
const PACKAGES = ["protocol", "manifest", "bundle", "runner"] as const;

/** One change to the text of a built file, as if a control had been left out. */
export interface Patch {
  /** Package and path, such as `runner/dist/cell.js`. */
  readonly file: string;
  readonly find: RegExp | string;
  readonly replace: string;
}

/** Built packages, loaded through their public entry points. */
export interface Packages {
  readonly runner: typeof import("@alga-ext/runner");
  readonly testing: typeof import("@alga-ext/runner/testing");
  readonly bundle: typeof import("@alga-ext/bundle");
  readonly bundleNode: typeof import("@alga-ext/bundle/node");
  /** Directory that a package is resolved from. */
  readonly root: string;
}

/** The repository, or the copy that a mutation check put in its place. */
export const BUILT_ROOT: string =
  process.env["ATTACK_ROOT"] ?? fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Load the packages that resolve from a directory. */
export async function loadPackages(root: string = BUILT_ROOT): Promise<Packages> {
  const { resolve } = createRequire(join(root, "resolve.js"));
  const load = async (specifier: string): Promise<unknown> =>
    await import(/* @vite-ignore */ pathToFileURL(resolve(specifier)).href);
  return {
    runner: (await load("@alga-ext/runner")) as Packages["runner"],
    testing: (await load("@alga-ext/runner/testing")) as Packages["testing"],
    bundle: (await load("@alga-ext/bundle")) as Packages["bundle"],
    bundleNode: (await load("@alga-ext/bundle/node")) as Packages["bundleNode"],
    root,
  };
}

/** Where a file of a built package lies. */
export function builtFile(root: string, file: string): string {
  const [name = "", ...path] = file.split("/");
  return join(packageDirectory(root, name), ...path);
}

/**
 * Copy the built packages to a temporary directory and patch the copy; the tree stays as it is.
 *
 * @throws {Error} when a patch does not fit exactly once: the control moved, and the patch has to follow.
 */
export function copyPackages(
  patches: readonly Patch[],
  root: string = BUILT_ROOT,
): { root: string; remove(): void } {
  const copy = mkdtempSync(join(tmpdir(), "alga-attack-copy-"));
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@alga-ext"), { recursive: true });
  for (const name of PACKAGES) {
    const from = packageDirectory(root, name);
    const to = join(modules, "@alga-ext", name);
    cpSync(join(from, "package.json"), join(to, "package.json"));
    cpSync(join(from, "dist"), join(to, "dist"), { recursive: true });
  }
  const thirdParties = join(root, "node_modules");
  for (const name of readdirSync(thirdParties))
    if (name !== "@alga-ext") symlinkSync(join(thirdParties, name), join(modules, name));
  const remove = () => rmSync(copy, { recursive: true, force: true });
  try {
    for (const patch of patches) {
      const path = join(modules, "@alga-ext", patch.file);
      writeFileSync(path, patchText(readFileSync(path, "utf8"), patch));
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { root: copy, remove };
}

/**
 * The text of a built file with a patch in it.
 *
 * @throws {Error} when it does not fit exactly once
 */
export function patchText(text: string, { file, find, replace }: Patch): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`The patch of ${file} fits ${parts.length - 1} times: ${String(find)}`);
  return parts.join(replace);
}

/** Put a script in the place of what runs in cells, in a copy of {@link copyPackages}. */
export function replaceCell(root: string, script: string): void {
  writeFileSync(join(root, "node_modules/@alga-ext/runner/dist/cell.js"), script);
}

function packageDirectory(root: string, name: string): string {
  return join(root, "node_modules/@alga-ext", name);
}
