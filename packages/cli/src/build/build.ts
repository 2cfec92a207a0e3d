import { join, resolve } from "node:path";
import type { WitInterface } from "@alga-ext/protocol/wit";
import type { ProgressReporter } from "../ports.ts";
import { readProject } from "../read-project.ts";
import { buildComponent } from "./build-component.ts";
import { buildUi } from "./build-ui.ts";

/** Options of {@link build}. */
export interface BuildOptions {
  /** Folder with `manifest.json`, `src/handler.ts` and, for a page, `ui/index.html`. */
  readonly projectDir: string;
  /** @default "dist" in the project */
  readonly outDir?: string;
  readonly progress?: ProgressReporter;
}

/** What was built. */
export interface BuildResult {
  /** `<outDir>/main.wasm`, or null for an extension without endpoints and handler. */
  readonly componentPath: string | null;
  /** `<outDir>/ui`, or null for an extension without a page. */
  readonly uiDir: string | null;
  /** Interfaces the component imports: those of the manifest's capabilities. */
  readonly interfaces: readonly WitInterface[];
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Build an extension's component and page.
 *
 * @throws {CliError} `project_not_found`, `invalid_manifest`, `handler_not_found`, `handler_invalid`,
 * `handler_start_failed`, `undeclared_import`, `ui_invalid`
 * @example
 * const { componentPath, warnings } = await build({ projectDir: "examples/extensions/agreements" });
 */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const project = await readProject(options.projectDir);
  const outDir = options.outDir === undefined ? join(project.dir, "dist") : resolve(options.outDir);
  const component = await buildComponent(project, outDir, options.progress);
  options.progress?.step("Building the page");
  const uiDir = await buildUi(project, outDir);
  return {
    componentPath: component?.path ?? null,
    uiDir,
    interfaces: component?.interfaces ?? [],
    warnings: [...project.warnings, ...(component?.warnings ?? [])],
  };
}
