import { createRequire } from "node:module";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { assertRunnerWorld, assertSupportedFeatures, BundleError, inspectComponent } from "@alga-ext/bundle";
import { manifestInterfaces } from "@alga-ext/manifest";
import type { WitInterface } from "@alga-ext/protocol/wit";
import { CliError } from "../errors.ts";
import type { ProgressReporter } from "../ports.ts";
import type { Project } from "../read-project.ts";
import { bundleHandler, isHandlerMissing } from "./bundle-handler.ts";
import { componentizeHandler } from "./componentize-handler.ts";
import { findUndeclaredUses } from "./find-undeclared-uses.ts";
import { findUnusedCapabilities } from "./find-unused-capabilities.ts";

/** The component and what the author should know about it. */
export interface BuiltComponent {
  readonly path: string;
  readonly interfaces: readonly WitInterface[];
  /** Absolute paths of everything built in, the engine included. */
  readonly inputs: readonly string[];
  readonly warnings: readonly string[];
}

/** Whose interpreter runs inside every component. */
const ENGINE = createRequire(import.meta.url).resolve("componentize-qjs");
const HANDLERS = ["src/handler.ts", "src/handler.js", "src/handler.mjs"];

/**
 * Build `<outDir>/main.wasm` from the project's handler; null when there is none and no endpoint needs one.
 *
 * @throws {CliError} `handler_not_found`, `handler_invalid`, `handler_start_failed`, `undeclared_import`
 */
export async function buildComponent(
  project: Project,
  outDir: string,
  progress?: ProgressReporter,
): Promise<BuiltComponent | null> {
  const handlerPath = await findHandler(project.dir);
  if (handlerPath === null) {
    if (project.manifest.endpoints.length === 0) return null;
    throw new CliError(
      "handler_not_found",
      `manifest.json declares endpoints, but none of ${HANDLERS.join(", ")} exists in ${project.dir}.`,
    );
  }
  const interfaces = manifestInterfaces(project.manifest);
  progress?.step("Bundling the handler");
  const bundle = await bundleHandler(project.dir, handlerPath, interfaces);
  progress?.step("Building the component");
  const component = await componentizeHandler(bundle.source, interfaces).catch((error: unknown) => {
    if (!isHandlerMissing(error)) throw error;
    const file = relative(project.dir, handlerPath).replaceAll("\\", "/");
    throw new CliError(
      "handler_invalid",
      `${file} exports no handler: export a function as \`handler\` (export const { handler } = createRouter()…) or as default.`,
      { cause: error },
    );
  });
  checkComponent(component, interfaces);
  const path = join(outDir, "main.wasm");
  await mkdir(outDir, { recursive: true });
  await writeFile(path, component);
  const unused = await findUnusedCapabilities(project.dir, project.manifest, bundle.files);
  return {
    path,
    interfaces,
    inputs: [...bundle.inputs, ENGINE],
    warnings: [
      ...bundle.warnings,
      ...unused.map((name) => `manifest.json declares ${name}, but the handler never uses it.`),
      ...(await findUndeclaredUses(project.dir, interfaces, bundle.files)),
    ],
  };
}

/** The gates that publishing applies, so that an author meets them at home. */
function checkComponent(component: Uint8Array, interfaces: readonly WitInterface[]): void {
  const report = inspectComponent(component);
  assertSupportedFeatures(report);
  try {
    assertRunnerWorld(report, { interfaces });
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    throw new CliError("undeclared_import", "The component imports what manifest.json does not declare.", {
      cause: error,
      details: error.details,
    });
  }
}

async function findHandler(dir: string): Promise<string | null> {
  for (const name of HANDLERS) {
    const path = join(dir, name);
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return path;
  }
  return null;
}
