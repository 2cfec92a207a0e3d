import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packProject } from "../src/pack-project.ts";

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

/** A manifest with these capabilities and one endpoint. */
export function probeManifest(capabilities: readonly string[]): string {
  return JSON.stringify({
    name: "probe",
    publisher: "tests",
    version: "1.0.0",
    runtime: "wasm-js@1",
    capabilities,
    api: { endpoints: [{ method: "GET", path: "/:any", handler: "dist/main" }] },
  });
}

/** A temporary folder for one test. */
export interface WorkFolder {
  readonly dir: string;
  /** Write text files by their path in the folder. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Write what a build leaves and pack it; answers the archive's path. */
  packed(): Promise<string>;
  /** Let projects in the folder import the SDK, as an author's installed one. */
  linkSdk(): Promise<void>;
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
    async linkSdk() {
      const scope = join(dir, "node_modules", "@alga-ext");
      await mkdir(scope, { recursive: true });
      await symlink(fileURLToPath(new URL("../../sdk", import.meta.url)), join(scope, "sdk"), "dir");
    },
    remove: async () => rm(dir, { recursive: true, force: true }),
  };
}
