/**
 * `node packages/bundle/scripts/measure-memory.ts`: time and growth of resident memory of packing, reading and refusing,
 * each in a process of its own. Nothing here is a test; the effects of the caps are asserted beside the source.
 */
import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BundleError } from "../src/errors.ts";
import { pack } from "../src/node/pack.ts";
import { packTo } from "../src/node/pack-to.ts";
import { readBundle } from "../src/node/read-bundle.ts";
import { FILES } from "../test-support/bundle-files.ts";
import { streamedTree } from "../test-support/trees.ts";
import { zstdBomb } from "../test-support/zstd.ts";

const MIB = 1024 * 1024;
const tree = (): ReturnType<typeof streamedTree> => streamedTree(FILES["manifest.json"]!, 200, MIB);

/** What each process does; the answer is printed beside the figures. */
const SCENARIOS: Readonly<Record<string, (dir: string) => Promise<string>>> = {
  "packTo, 200 MiB of streams to a file": async (dir) => {
    const output = createWriteStream(join(dir, "tree.tar.zst"));
    const { archiveBytes } = await packTo(tree(), async (chunk) => {
      if (!output.write(chunk)) await once(output, "drain");
    });
    output.end();
    await once(output, "finish");
    return `${(archiveBytes / MIB).toFixed(0)} MiB archive`;
  },
  "pack, 200 MiB of streams to memory": async () => {
    const { archive } = await pack(tree());
    return `${(archive.length / MIB).toFixed(0)} MiB archive`;
  },
  "readBundle, the same from a stream": async (dir) => {
    const bundle = await readBundle(createReadStream(join(dir, "tree.tar.zst")));
    return `${bundle.files.size} files, ${bundle.profile}`;
  },
  "readBundle, bomb of 1 GiB of zeros": async (dir) =>
    refusal(readBundle(createReadStream(join(dir, "bomb.zst")))),
  "readBundle, endless stream": async () =>
    refusal(readBundle(endless(), { expectedHash: `sha256:${"0".repeat(64)}` })),
};

async function refusal(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
    return "accepted";
  } catch (error) {
    return error instanceof BundleError ? error.code : String(error);
  }
}

async function* endless(): AsyncGenerator<Uint8Array, void> {
  for (;;) yield new Uint8Array(1024);
}

const peakMib = (): number => process.resourceUsage().maxRSS / 1024;

if (process.argv[2] === "run") {
  const [, , , name = "", dir = ""] = process.argv;
  const before = peakMib();
  const started = performance.now();
  const outcome = (await SCENARIOS[name]?.(dir)) ?? "unknown";
  const ms = performance.now() - started;
  console.log(
    `${name.padEnd(40)} ${ms.toFixed(0).padStart(7)} ms   +${(peakMib() - before).toFixed(0).padStart(4)} MiB peak RSS   ${outcome}`,
  );
} else {
  const dir = await mkdtemp(join(tmpdir(), "alga-memory-"));
  try {
    const bomb = await zstdBomb(1024);
    await writeFile(join(dir, "bomb.zst"), bomb);
    console.log(`Node ${process.version}; the bomb has ${(await stat(join(dir, "bomb.zst"))).size} bytes`);
    for (const name of Object.keys(SCENARIOS)) {
      spawnSync(process.execPath, [fileURLToPath(import.meta.url), "run", name, dir], { stdio: "inherit" });
    }
  } finally {
    await rm(dir, { recursive: true });
  }
}
