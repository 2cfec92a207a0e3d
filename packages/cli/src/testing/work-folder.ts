import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packProject } from "../pack-project.ts";

/** A manifest with an endpoint and a page. */
export const MANIFEST = JSON.stringify({
  name: "packed",
  publisher: "tests",
  version: "1.2.*",
  runtime: "wasm-js@1",
  capabilities: ["storage.kv"],
  ui: { type: "iframe", entry: "ui/index.html" },
  api: { endpoints: [{ method: "GET", path: "/x", handler: "dist/main" }] },
});

/** A temporary folder for one test. */
export interface WorkFolder {
  readonly dir: string;
  /** Write text files by their path in the folder. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Write what a build leaves and pack it; answers the archive's path. */
  packed(): Promise<string>;
  remove(): Promise<void>;
}

/** Make a folder below the system's temporary one. */
export async function createWorkFolder(): Promise<WorkFolder> {
  const dir = await mkdtemp(join(tmpdir(), "alga-ext-cli-"));
  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
  };
  return {
    dir,
    write,
    async packed() {
      await write({
        "manifest.json": MANIFEST,
        "dist/main.wasm": "\0asm",
        "dist/ui/index.html": "<!doctype html>",
        "dist/ui/assets/app.js": "1;",
        "ui/index.html": "source, not packed",
        "src/handler.ts": "not packed",
      });
      return (await packProject({ projectDir: dir })).file;
    },
    remove: async () => rm(dir, { recursive: true, force: true }),
  };
}
