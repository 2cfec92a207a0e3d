import { access, chmod, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * The path of what all files of one test run share, made by whoever needs it first; null where the run has no place for
 * such things (`ALGA_TEST_SHARED`, which `npm test` sets).
 */
export async function madeOnce(name: string, make: (path: string) => Promise<void>): Promise<string | null> {
  const shared = process.env["ALGA_TEST_SHARED"];
  if (shared === undefined) return null;
  const path = join(shared, name, "it");
  const isThere = (): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  if (await isThere()) return path;
  const mine = await mkdtemp(join(shared, `${name}-`));
  // A server that root starts runs as somebody else, and has to get through.
  await chmod(mine, 0o711);
  await make(join(mine, "it"));
  try {
    await rename(mine, dirname(path));
  } catch (error) {
    // Two made it at once: the first one's is used.
    await rm(mine, { recursive: true, force: true });
    if (!(await isThere())) throw error;
  }
  return path;
}
