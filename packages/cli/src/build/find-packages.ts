import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, relative } from "node:path";
import type { SbomComponent } from "@alga-ext/bundle";

/**
 * The npm packages that these files belong to, sorted by name; files of the project itself and whatever is no file
 * belong to none.
 *
 * @param files absolute paths, as bundlers name what they built in
 */
export async function findPackages(files: Iterable<string>, projectDir: string): Promise<SbomComponent[]> {
  const known = new Map<string, Promise<SbomComponent | null>>();
  const packageOf = (dir: string): Promise<SbomComponent | null> => {
    const answer = known.get(dir) ?? readPackage(dir).then((found) => found ?? parentOf(dir));
    known.set(dir, answer);
    return answer;
  };
  const parentOf = (dir: string): Promise<SbomComponent | null> | null => {
    const parent = dirname(dir);
    return parent === dir || isInside(projectDir, parent) ? null : packageOf(parent);
  };
  const dirs = new Set(Array.from(files, (file) => dirname(file.split("?", 1)[0] ?? "")));
  const outside = [...dirs].filter((dir) => isAbsolute(dir) && !isOwn(projectDir, dir));
  const found = await Promise.all(outside.map(packageOf));
  const packages = new Map(
    found.flatMap((one) => (one === null ? [] : [[`${one.name}@${one.version}`, one]])),
  );
  return [...packages.keys()].sort().map((key) => packages.get(key)!);
}

/** The author's files: in the project, but not what was installed into it. */
function isOwn(projectDir: string, dir: string): boolean {
  return isInside(dir, projectDir) && !/(?:^|[\\/])node_modules(?:[\\/]|$)/.test(relative(projectDir, dir));
}

function isInside(dir: string, outer: string): boolean {
  const path = relative(outer, dir);
  return path === "" || (!path.startsWith("..") && !isAbsolute(path));
}

/** A `package.json` without a name or version only sets the module type of a folder. */
async function readPackage(dir: string): Promise<SbomComponent | null> {
  try {
    const json = JSON.parse(await readFile(`${dir}/package.json`, "utf8")) as Record<string, unknown>;
    const { name, version, license } = json;
    if (typeof name !== "string" || typeof version !== "string" || name === "" || version === "") return null;
    return { name, version, ...(typeof license === "string" && license !== "" ? { license } : {}) };
  } catch {
    return null;
  }
}
