import { openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { madeOnce } from "./made-once.ts";

/** Options of a new, empty PGlite: a copy of one that the run made before, where initdb takes seconds. */
export async function emptyPglite(): Promise<PGliteOptions> {
  const made = await madeOnce("pglite", async (path) => {
    const pglite = await PGlite.create();
    const dump = await pglite.dumpDataDir("none");
    await pglite.close();
    await writeFile(path, new Uint8Array(await dump.arrayBuffer()));
  });
  return made === null ? {} : { loadDataDir: await openAsBlob(made) };
}
