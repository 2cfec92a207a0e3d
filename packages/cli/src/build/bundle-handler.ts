import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { WitInterface } from "@alga-ext/protocol/wit";
import { build, type BuildFailure, type Message, type Plugin } from "esbuild";
import { CliError } from "../errors.ts";
import { GUEST_WASI } from "./guest-wit.ts";

/** One module for the engine, and which of the author's files are in it. */
export interface HandlerBundle {
  readonly source: string;
  /** Paths of the author's files, relative to the project. */
  readonly files: readonly string[];
  /** Absolute paths of everything that left bytes in the module, wherever it came from. */
  readonly inputs: readonly string[];
  readonly warnings: readonly string[];
}

const ENTRY = "alga-ext:entry";
const PRELUDE = "alga-ext:prelude";
const HANDLER = "alga-handler";
/** What the entry throws at build when the author's module exports no function. */
const HANDLER_MISSING = "alga-ext:handler-missing";
const HERE = dirname(fileURLToPath(import.meta.url));

/**
 * Bundle the handler with the sdk's prelude before it. Async functions become generators: the export has to finish
 * its promises before it returns, and only promises of the prelude can be finished from inside (see the sdk).
 *
 * @throws {CliError} `handler_invalid`, `undeclared_import`
 */
export async function bundleHandler(
  projectDir: string,
  handlerPath: string,
  interfaces: readonly WitInterface[],
): Promise<HandlerBundle> {
  const result = await build({
    entryPoints: [ENTRY],
    absWorkingDir: projectDir,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2024",
    supported: {
      "async-await": false,
      "async-generator": false,
      "for-await": false,
      "top-level-await": false,
      "dynamic-import": false,
      using: false,
    },
    define: { "process.env.NODE_ENV": '"production"' },
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "silent",
    plugins: [guestModules(handlerPath, interfaces)],
  }).catch((error: unknown) => {
    const { errors } = error as Partial<BuildFailure>;
    if (errors === undefined) throw error;
    throw toCliError(errors);
  });
  const inputs = Object.keys(result.metafile.inputs).filter((path) => !path.startsWith("alga-ext:"));
  const outputs = Object.values(result.metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const used = outputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
  return {
    source: result.outputFiles[0]!.text,
    files: inputs.filter((path) => !path.includes("node_modules/") && !path.startsWith("../")),
    inputs: used.filter((path) => !path.startsWith("alga-ext:")).map((path) => resolve(projectDir, path)),
    warnings: result.warnings.map(describeMessage),
  };
}

/** Whether a failure of the bundle's start means that the author's module exports no handler. */
export function isHandlerMissing(error: unknown): boolean {
  return error instanceof Error && error.message.includes(HANDLER_MISSING);
}

function guestModules(handlerPath: string, interfaces: readonly WitInterface[]): Plugin {
  const allowed = new Set([
    ...interfaces.map((name) => `alga:extension/${name}`),
    ...Object.values(GUEST_WASI),
  ]);
  return {
    name: "alga-ext-guest",
    setup(builder) {
      builder.onResolve({ filter: /^alga-ext:/ }, ({ path }) => ({ path, namespace: "alga-ext" }));
      builder.onResolve({ filter: /^(?:alga|xasi|wasi):/ }, ({ path }) => {
        if (allowed.has(path)) return { path, external: true, sideEffects: false };
        return {
          errors: [{ text: `"${path}" is not implied by the manifest's capabilities`, detail: path }],
        };
      });
      builder.onResolve({ filter: new RegExp(`^${HANDLER}$`) }, () => ({ path: handlerPath }));
      builder.onLoad({ filter: /.*/, namespace: "alga-ext" }, ({ path }) => ({
        contents: path === PRELUDE ? preludeSource(interfaces) : entrySource(interfaces),
        resolveDir: HERE,
      }));
    },
  };
}

function preludeSource(interfaces: readonly WitInterface[]): string {
  const hasLogging = interfaces.includes("logging");
  return [
    `import * as wallClock from "${GUEST_WASI.wallClock}";`,
    `import * as random from "${GUEST_WASI.random}";`,
    ...(hasLogging ? [`import * as logging from "alga:extension/logging";`] : []),
    `import { installPrelude } from "@alga-ext/sdk/prelude";`,
    `const options = { wallClock, random${hasLogging ? ", logging" : ""} };`,
    `export const runtime = installPrelude(globalThis, options);`,
  ].join("\n");
}

function entrySource(interfaces: readonly WitInterface[]): string {
  return [
    `import { runtime } from "${PRELUDE}";`,
    ...interfaces.map((name, index) => `import * as i${index} from "alga:extension/${name}";`),
    `import { postponeCollection } from "@alga-ext/sdk/prelude";`,
    `import { toWitHandler } from "@alga-ext/sdk/handler";`,
    `import * as extension from "${HANDLER}";`,
    `const imports = { ${interfaces.map((name, index) => `"${name}": i${index}`).join(", ")} };`,
    `const own = Reflect.get(extension, "default") ?? Reflect.get(extension, "handler");`,
    `if (typeof own !== "function") throw new TypeError("${HANDLER_MISSING}");`,
    `export const handler = toWitHandler(own, imports, runtime);`,
    `postponeCollection();`,
  ].join("\n");
}

function toCliError(messages: readonly Message[]): CliError {
  const undeclared = messages.flatMap(({ detail }) => (typeof detail === "string" ? [detail] : []));
  const problems = messages.map(describeMessage);
  if (undeclared.length > 0) {
    return new CliError(
      "undeclared_import",
      `The handler imports what manifest.json does not declare:\n${problems.join("\n")}`,
      { details: { imports: undeclared } },
    );
  }
  return new CliError("handler_invalid", `The handler does not compile:\n${problems.join("\n")}`, {
    details: { problems },
  });
}

function describeMessage({ text, location }: Message): string {
  if (location === null) return text;
  return `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}
