import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ManifestError, parseManifest, type Manifest } from "@alga-ext/manifest";
import { CliError } from "./errors.ts";

/** An extension's folder and what its manifest says. */
export interface Project {
  /** Absolute. */
  readonly dir: string;
  readonly manifest: Manifest;
  /** `manifest.json` as written; what is packed. */
  readonly manifestBytes: Uint8Array;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Read `manifest.json` of a project folder.
 *
 * @throws {CliError} `project_not_found`, `invalid_manifest`
 */
export async function readProject(projectDir: string): Promise<Project> {
  const dir = resolve(projectDir);
  const path = join(dir, "manifest.json");
  const manifestBytes = await readFile(path).catch((cause: unknown) => {
    throw new CliError("project_not_found", `There is no readable manifest.json in ${dir}.`, { cause });
  });
  try {
    const { manifest, warnings } = parseManifest(new TextDecoder().decode(manifestBytes));
    return {
      dir,
      manifest,
      manifestBytes,
      warnings: warnings.map(({ message }) => `manifest.json: ${message}`),
    };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new CliError("invalid_manifest", error.message, { cause: error, details: error.details });
  }
}
