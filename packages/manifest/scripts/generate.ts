/**
 * Make the validator, its key tables and the source types from `schema/manifest.schema.json`:
 * `node scripts/generate.ts`, or `--check` to fail when the committed files are stale.
 */
import { readFile, writeFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { compile } from "json-schema-to-typescript";

interface SchemaNode {
  readonly deprecated?: boolean;
  readonly description?: string;
  readonly "x-editor-only"?: boolean;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

const root = new URL("../", import.meta.url);
const banner = "// Made from schema/manifest.schema.json by scripts/generate.ts; do not edit.\n";

/** The generated files as `[path below the package, text]`. */
export async function generate(): Promise<readonly (readonly [path: string, text: string])[]> {
  const schema = JSON.parse(await readFile(new URL("schema/manifest.schema.json", root), "utf8"));
  return [
    ["src/validate.generated.ts", await validatorModule(schema)],
    ["src/keys.generated.ts", keysModule(schema)],
    ["src/types.generated.ts", await typesModule(schema)],
  ];
}

// Verbose, so that an error carries the value and the schema node with its `x-code`. Bundled, because the raw
// output still requires ajv's runtime.
async function validatorModule(schema: object): Promise<string> {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    // Sentences are ours; see problems.ts.
    messages: false,
    ownProperties: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
  });
  ajv.addVocabulary(["x-code", "x-missing"]);
  const source = standalone.default(ajv, ajv.compile(forValidator(schema)));
  const bundled = await build({
    stdin: { contents: source, resolveDir: new URL(".", root).pathname },
    bundle: true,
    format: "iife",
    globalName: "compiled",
    platform: "neutral",
    target: "es2022",
    write: false,
    legalComments: "none",
    // Keeps absolute paths out of the comments esbuild writes above each module.
    absWorkingDir: new URL("../../", root).pathname,
  });
  // ajv's runtime functions carry their own `require` line as a string for its code generator; nothing reads it here.
  const text = (bundled.outputFiles[0]?.text ?? "").replace(/^\s*\w+\.code = .*\n/gm, "");
  if (/\brequire\(["']|\beval\(|new Function/.test(text))
    throw new Error("The validator is not self-contained.");
  return `// @ts-nocheck\n${banner}import type { SourceProblem } from "./internal/source-problem.ts";

${text}
/** Whether a JSON value has the shape of a manifest; its \`errors\` tell why not, until the next call. */
export const validateSource: { (data: unknown): boolean; errors?: readonly SourceProblem[] | null } =
  compiled.default;
`;
}

const ANNOTATIONS = new Set(["$id", "title", "description", "examples", "default", "deprecated"]);

// Annotations are for people and editors, and what only editors use is checked in code: here they would be weight.
function forValidator(schema: object): object {
  const strip = (node: unknown, names: boolean): unknown => {
    if (Array.isArray(node)) return node.map((item) => strip(item, false));
    if (typeof node !== "object" || node === null) return node;
    const entries = Object.entries(node).filter(([key, value]) =>
      names ? !isEditorOnly(value) : !ANNOTATIONS.has(key) && key !== "allOf",
    );
    return Object.fromEntries(
      entries.map(([key, value]) => [key, strip(value, !names && (key === "properties" || key === "$defs"))]),
    );
  };
  return strip(schema, false) as object;
}

function isEditorOnly(node: SchemaNode): boolean {
  return node["x-editor-only"] === true;
}

function keysModule(schema: SchemaNode): string {
  const nodes: Record<string, SchemaNode> = { root: schema };
  for (const [name, node] of Object.entries(schema.$defs ?? {})) {
    if (node.properties !== undefined) nodes[name] = node;
  }
  const known: Record<string, string[]> = {};
  const ignored: Record<string, Record<string, string>> = {};
  for (const [name, node] of Object.entries(nodes)) {
    const entries = Object.entries(node.properties ?? {});
    known[name] = entries.filter(([, value]) => value.deprecated !== true).map(([key]) => key);
    ignored[name] = Object.fromEntries(
      entries.filter(([, value]) => value.deprecated).map(([key, value]) => [key, value.description ?? ""]),
    );
  }
  return `${banner}
/** An object of the manifest whose keys are checked. */
export type KeyScope = ${Object.keys(nodes)
    .map((name) => JSON.stringify(name))
    .join(" | ")};

/** Keys that mean something, by object. */
export const KNOWN_KEYS: Readonly<Record<KeyScope, readonly string[]>> = ${JSON.stringify(known, null, 2)};

/** Keys that are accepted without effect, with the reason, by object. */
export const IGNORED_KEYS: Readonly<Record<KeyScope, Readonly<Record<string, string>>>> = ${JSON.stringify(ignored, null, 2)};
`;
}

// Only definitions become named types, and only those the validator checks; everything else is any JSON.
async function typesModule(schema: SchemaNode): Promise<string> {
  const typed = (node: unknown, isDefinition: boolean): unknown => {
    if (Array.isArray(node)) return node.map((item) => typed(item, false));
    if (typeof node !== "object" || node === null) return node;
    const { title, allOf, ...rest } = node as SchemaNode & { title?: unknown; allOf?: unknown };
    const isOpen =
      allOf !== undefined ||
      ("description" in rest && !("type" in rest || "$ref" in rest || "const" in rest || "enum" in rest));
    const entries = Object.entries(rest).map(([key, value]) => {
      if (key === "properties" || key === "$defs") {
        const members = Object.entries(value as object).filter(
          ([, member]) => !isEditorOnly(member as SchemaNode),
        );
        return [
          key,
          Object.fromEntries(members.map(([name, member]) => [name, typed(member, key === "$defs")])),
        ];
      }
      return [key, typed(value, false)];
    });
    return {
      ...Object.fromEntries(entries),
      ...(isDefinition && title !== undefined ? { title } : {}),
      ...(isOpen ? { tsType: "unknown" } : {}),
    };
  };
  return compile(typed(schema, true) as object, "ManifestSource", {
    bannerComment: banner.trimEnd(),
    additionalProperties: true,
    ignoreMinAndMaxItems: true,
    format: false,
  });
}

async function main(): Promise<void> {
  const check = process.argv.includes("--check");
  for (const [path, text] of await generate()) {
    const url = new URL(path, root);
    if ((await readFile(url, "utf8").catch(() => "")) === text) continue;
    if (!check) await writeFile(url, text);
    else {
      process.stderr.write(
        `packages/manifest/${path} is stale: run node packages/manifest/scripts/generate.ts\n`,
      );
      process.exitCode = 1;
    }
  }
}

if (import.meta.main) await main();
