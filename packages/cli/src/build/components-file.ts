import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SbomComponent } from "@alga-ext/bundle";
import { CliError } from "../errors.ts";

/** What `build` found to be built in, for `pack` to list in the SBOM. */
const FILE = "components.json";

/** Note the components of a build in its output folder. */
export async function writeComponents(outDir: string, components: readonly SbomComponent[]): Promise<void> {
  await mkdir(outDir, { recursive: true });
  await writeFile(join(outDir, FILE), `${JSON.stringify(components, null, 2)}\n`);
}

/**
 * The components that the last build noted; null when nothing was built.
 *
 * @throws {CliError} `file_unusable`
 */
export async function readComponents(outDir: string): Promise<SbomComponent[] | null> {
  const text = await readFile(join(outDir, FILE), "utf8").catch(() => null);
  if (text === null) return null;
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every(isComponent)) return list;
  } catch {
    // Said below.
  }
  throw new CliError(
    "file_unusable",
    `${join(outDir, FILE)} is not what alga-ext build writes: build again.`,
  );
}

function isComponent(value: unknown): value is SbomComponent {
  const { name, version, license, purl } = (value ?? {}) as Record<string, unknown>;
  const isText = (text: unknown): boolean => typeof text === "string" && text !== "";
  return isText(name) && isText(version) && [license, purl].every((one) => one === undefined || isText(one));
}
