import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository root. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** One import of one source file. */
export interface Import {
  readonly file: string;
  readonly specifier: string;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^"'`;]*?from\s*["']([^"']+)["']|(?:^|\n)\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** Names of all packages. */
export function packageNames(): string[] {
  return readdirSync(join(ROOT, "packages")).toSorted();
}

/** Every import of a package's published source (tests left out), with paths relative to its `src`. */
export function importsOf(name: string): Import[] {
  const src = join(ROOT, "packages", name, "src");
  return readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter(
      (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !/\.generated\.[jt]s$/.test(path),
    )
    .flatMap((file) => {
      const text = readFileSync(join(src, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, "");
      return [...text.matchAll(IMPORT)].map((match) => ({
        file,
        specifier: (match[1] ?? match[2] ?? match[3])!,
      }));
    });
}

/** A package's `package.json`. */
export function packageJson(name: string): {
  name: string;
  exports: Record<string, string | Record<string, string>>;
  dependencies?: Record<string, string>;
} {
  return JSON.parse(readFileSync(join(ROOT, "packages", name, "package.json"), "utf8"));
}
