import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageJson, packageNames, ROOT } from "./sources.ts";

/** What each module entry of each built package exports at run time, sorted; assets are listed with no names. */
export async function publicExports(): Promise<Record<string, string[]>> {
  const surface: Record<string, string[]> = {};
  for (const name of packageNames()) {
    for (const [subpath, target] of Object.entries(packageJson(name).exports)) {
      const specifier = `@alga-ext/${name}${subpath.slice(1)}`;
      if (typeof target === "string" || target["default"]!.endsWith(".css")) surface[specifier] = [];
      else {
        const module: object = await import(
          pathToFileURL(join(ROOT, "packages", name, target["default"]!)).href
        );
        surface[specifier] = Object.keys(module).toSorted();
      }
    }
  }
  return surface;
}
