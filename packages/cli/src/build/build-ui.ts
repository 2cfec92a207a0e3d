import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "vite";
import { CliError } from "../errors.ts";
import type { Project } from "../read-project.ts";

/** The page that was built. */
export interface BuiltUi {
  /** `<outDir>/ui` */
  readonly dir: string;
  /** Absolute paths of the modules that left code in it. */
  readonly inputs: readonly string[];
}

/**
 * Build `<outDir>/ui` from the project's `ui/index.html`; null when there is none.
 *
 * The page is served from a path that only the host knows, under a policy without inline scripts: every reference is
 * relative, nothing is inlined.
 *
 * @throws {CliError} `ui_invalid`
 */
export async function buildUi(project: Project, outDir: string): Promise<BuiltUi | null> {
  const root = join(project.dir, "ui");
  const hasUi = await access(join(root, "index.html")).then(
    () => true,
    () => false,
  );
  if (!hasUi) {
    if (project.manifest.ui === null) return null;
    throw new CliError("ui_invalid", `manifest.json declares a UI, but ${root} holds no index.html.`);
  }
  const uiDir = join(outDir, "ui");
  const nodeEnv = process.env["NODE_ENV"];
  const inputs = new Set<string>();
  try {
    await build({
      root,
      base: "./",
      configFile: false,
      logLevel: "silent",
      mode: "production",
      oxc: { jsx: { runtime: "automatic" } },
      plugins: [noteModules(inputs)],
      // A package that is linked by folder would otherwise bring the React beside it as a second one, and hooks fail.
      resolve: { dedupe: ["react", "react-dom"] },
      build: {
        outDir: uiDir,
        emptyOutDir: true,
        target: "es2023",
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("ui_invalid", `The UI does not build: ${reason}`, { cause: error });
  } finally {
    // The bundler sets it for the whole process, which may be a host's.
    if (nodeEnv === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = nodeEnv;
  }
  assertServable(await readFile(join(uiDir, "index.html"), "utf8"));
  return { dir: uiDir, inputs: [...inputs] };
}

/** Tells what is left after tree shaking; a module of the bundler's own starts with NUL. */
function noteModules(inputs: Set<string>): Plugin {
  return {
    name: "alga-ext-note-modules",
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type !== "chunk") continue;
        for (const [id, { renderedLength }] of Object.entries(output.modules)) {
          if (renderedLength > 0 && !id.startsWith("\0")) inputs.add(id);
        }
      }
    },
  };
}

function assertServable(html: string): void {
  if (/<script(?![^>]*\ssrc=)[^>]*>\s*\S/i.test(html)) {
    throw new CliError("ui_invalid", "index.html holds an inline script, which the page's policy forbids.");
  }
  const absolute = /<(?:script|link|img)\b[^>]*\s(?:src|href)=["']?(\/|[a-z][a-z\d+.-]*:\/\/)[^>]*>/i.exec(
    html,
  );
  if (absolute !== null) {
    throw new CliError("ui_invalid", `index.html refers to an absolute address: ${absolute[0]}`);
  }
}
