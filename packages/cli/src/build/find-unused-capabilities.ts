import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findCapability, type Manifest } from "@alga-ext/manifest";

/** Member of the handler's host that each interface becomes. */
const MEMBER: Readonly<Record<string, string>> = { "ui-proxy": "uiProxy", "user-v2": "user" };

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
  const sources = await Promise.all(files.map(async (file) => readFile(join(projectDir, file), "utf8")));
  const mentions = (word: string): boolean =>
    sources.some((source) => new RegExp(`\\b${word}\\b`).test(source));
  return manifest.capabilities.filter((name) => {
    const capability = findCapability(name);
    if (capability === undefined || capability === null || capability.byDefault) return false;
    return !capability.interfaces.some((one) => mentions(one) || mentions(MEMBER[one] ?? one));
  });
}
