import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findCapability, type Manifest } from "@alga-ext/manifest";

/** Word that using an interface cannot avoid, where it is not the interface's name; every request has an `http`. */
const WORD: Readonly<Record<string, string>> = { http: "fetch", "ui-proxy": "uiProxy|ui-proxy" };

/**
 * Declared capabilities whose host member no file of the author mentions: an administrator would be asked for nothing.
 *
 * The engine imports every interface of its world, so the component itself cannot tell; the source can.
 */
export async function findUnusedCapabilities(
  projectDir: string,
  manifest: Pick<Manifest, "capabilities">,
  files: readonly string[],
): Promise<string[]> {
  // Not every input of a bundle is a file: what cannot be read mentions nothing.
  const read = async (file: string): Promise<string> =>
    readFile(join(projectDir, file), "utf8").catch(() => "");
  const sources = await Promise.all(files.map(read));
  const mentions = (word: string): boolean =>
    sources.some((source) => new RegExp(`\\b(?:${word})\\b`).test(source));
  return manifest.capabilities.filter((name) => {
    const capability = findCapability(name);
    if (capability === undefined || capability === null || capability.byDefault) return false;
    return !capability.interfaces.some((one) => mentions(WORD[one] ?? one));
  });
}
