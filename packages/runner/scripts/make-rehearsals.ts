import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, zstdCompressSync } from "node:zlib";
import { componentize } from "componentize-qjs";
import { encodeArtifact } from "../src/prepare/artifact.ts";
import { engineDigest } from "../src/prepare/known-engines.ts";
import { prepareComponent } from "../src/prepare/prepare-component.ts";
import { raiseWall } from "../src/wall/raise-wall.ts";

const WIT_DIR = fileURLToPath(new URL("../../protocol/wit", import.meta.url));
const MADE_FROM = ".made-from";
/** How memory is watched is written into an engine: these are the known ones. */
const PREPARED = ["fresh", "warm"] as const;
const MEMORY_CAP_BYTES = 128 * 1024 * 1024;
const SMALL = { params: { [constants.ZSTD_c_compressionLevel]: 19 } };
/** Reads what is asked and answers with all that an answer has. */
const HANDLER = `
export function handler({ context, http }) {
  const seen = [context.tenantId, http.method, http.url, ...http.headers.map(({ name, value }) => name + value)];
  return {
    status: seen.length > 0 ? 200 : 204,
    headers: [{ name: "content-type", value: "application/json" }],
    body: http.body === undefined ? undefined : Uint8Array.from(http.body),
  };
}`;

/**
 * Write what spares rehearse with (`src/cells/rehearsal.ts`) into `directory`: a component of our own, by the digest of
 * its engine. In the place of its engine stands the engine's digest: who rehearses has the engine. It takes seconds, so
 * nothing is done when `preparer`, the text that prepares components, is the same as last time.
 */
export async function makeRehearsals(directory: string, preparer: string): Promise<void> {
  const from = await sourcesDigest(preparer);
  const note = join(directory, MADE_FROM);
  if ((await readFile(note, "utf8").catch(() => "")) === from) return;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const { component } = await componentize({
    witPath: WIT_DIR,
    jsSource: HANDLER,
    world: "runner",
    stubWasi: true,
    sync: true,
  });
  const wall = await raiseWall({ allowNone: true });
  try {
    for (const isolation of PREPARED) {
      const options = { wall, isolation, memoryCapBytes: MEMORY_CAP_BYTES };
      const artifact = await prepareComponent(new Uint8Array(component), options);
      const [engine] = artifact.modules.toSorted((one, other) => other.bytes.length - one.bytes.length);
      const digest = engineDigest(engine?.bytes ?? new Uint8Array());
      const modules = artifact.modules.map((module) =>
        module === engine ? { ...module, bytes: Buffer.from(digest, "hex") } : module,
      );
      const bytes = zstdCompressSync(encodeArtifact({ ...artifact, modules }), SMALL);
      await writeFile(join(directory, `${digest}.zst`), bytes);
    }
    await writeFile(note, from);
  } finally {
    await wall.close();
  }
}

async function sourcesDigest(preparer: string): Promise<string> {
  const digest = createHash("sha256").update(JSON.stringify([PREPARED, HANDLER]));
  const componentizer = createRequire(import.meta.url).resolve("componentize-qjs/package.json");
  for (const path of [preparer, join(WIT_DIR, "alga-extension.wit"), componentizer])
    digest.update(await readFile(path));
  return digest.digest("hex");
}
