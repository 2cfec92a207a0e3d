import { join, resolve } from "node:path";
import type { SbomComponent } from "@alga-ext/bundle";
import type { WitInterface } from "@alga-ext/protocol/wit";
import type { ProgressReporter } from "../ports.ts";
import { readProject } from "../read-project.ts";
import { buildComponent } from "./build-component.ts";
import { buildUi } from "./build-ui.ts";
import { writeComponents } from "./components-file.ts";
import { findPackages } from "./find-packages.ts";

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
  /** Packages of others that were built in, sorted; also in `<outDir>/components.json`, which `pack` makes an SBOM of. */
  readonly components: readonly SbomComponent[];
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
  const ui = await buildUi(project, outDir);
  const inputs = [...(component?.inputs ?? []), ...(ui?.inputs ?? [])];
  const components = await findPackages(inputs, project.dir);
  await writeComponents(outDir, components);
  return {
    componentPath: component?.path ?? null,
    uiDir: ui?.dir ?? null,
    components,
    interfaces: component?.interfaces ?? [],
    warnings: [...project.warnings, ...(component?.warnings ?? [])],
  };
}
