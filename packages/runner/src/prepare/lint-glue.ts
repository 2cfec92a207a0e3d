import { parse, type Node } from "acorn";
import { RunnerError } from "../errors.ts";
import type { DebugStatement } from "./strip-debug-log.ts";

/** Generated glue above this is a bomb: a real QuickJS component makes 0.5 MB. */
const MAX_GLUE_CHARS = 2 * 1024 * 1024;
/**
 * Globals that the pinned transpiler's output refers to; `fetch` and `process` are only looked for, `vals` is a slip
 * in a function of it that nothing calls.
 */
const GLOBALS: ReadonlySet<string> = new Set(
  (
    "Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error Float32Array Float64Array " +
    "Int16Array Int32Array Int8Array JSON Map Math Number Object Promise RangeError Reflect Set String Symbol " +
    "TextDecoder TextEncoder TypeError URL Uint16Array Uint32Array Uint8Array WeakMap WeakRef WebAssembly " +
    "FinalizationRegistry undefined NaN Infinity arguments isNaN parseInt console fetch globalThis process " +
    "setTimeout clearTimeout setInterval clearInterval queueMicrotask AsyncFunction performance vals"
  ).split(" "),
);
/** Ways out of a realm, or into another meaning of a name. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(["eval", "Function", "__proto__", "__defineGetter__"]);
const FORBIDDEN_NODES: ReadonlySet<string> = new Set([
  "ImportDeclaration",
  "ImportExpression",
  "ExportAllDeclaration",
  "ExportDefaultDeclaration",
  "WithStatement",
  "DebuggerStatement",
]);
/** What bundle's name scan lets through, plus what the transpiler writes itself. */
const PLAIN_TEXT = /^[\w.:\-/@[\]$|#*+ <>=()?,;!`'"{}%&~^\\\n]*$/;

type AnyNode = Node & { readonly [key: string]: unknown };

/**
 * Read the transpiler's output as a parser does and refuse whatever the pinned transpiler does not write: imports,
 * ways to make code from text, names of other globals, accessors and odd property names.
 *
 * Answers where the transpiler's debug log is called, for {@link stripDebugLog}.
 *
 * A tripwire for changed or injected output, not a boundary: the cell runs the text as hostile.
 *
 * @throws {RunnerError} `component_rejected`, with `details.reason` `unexpected_glue`
 */
export function lintGlue(text: string): { readonly debugStatements: readonly DebugStatement[] } {
  if (text.length > MAX_GLUE_CHARS) throw unexpected("it is larger than 2 MiB");
  let program: AnyNode;
  try {
    program = parse(text, { ecmaVersion: "latest", sourceType: "module" }) as unknown as AnyNode;
  } catch (cause) {
    throw unexpected("it does not parse", cause);
  }
  const declared = new Set<string>();
  const used = new Set<string>();
  const debugStatements: DebugStatement[] = [];
  let metaProperties = 0;
  visit(program, (node, parent, key) => {
    if (FORBIDDEN_NODES.has(node.type)) throw unexpected(`it contains ${node.type}`);
    switch (node.type) {
      case "MetaProperty":
        if ((node["meta"] as { name: string }).name === "import" && (metaProperties += 1) > 1)
          throw unexpected("it looks at its module");
        return;
      case "ExpressionStatement":
        if (isDebugLog(node["expression"] as AnyNode)) debugStatements.push(node);
        return;
      case "Identifier":
        readIdentifier(node, parent, key, { declared, used });
        return;
      case "Property":
      case "PropertyDefinition":
      case "MethodDefinition":
        checkProperty(node, parent);
        return;
    }
  });
  for (const name of used) {
    if (!declared.has(name) && !GLOBALS.has(name)) throw unexpected(`it refers to the global ${name}`);
  }
  return { debugStatements };
}

function isDebugLog(expression: AnyNode): boolean {
  return (
    expression.type === "CallExpression" && (expression["callee"] as { name?: string }).name === "_debugLog"
  );
}

function readIdentifier(
  node: AnyNode,
  parent: AnyNode,
  key: string,
  names: { declared: Set<string>; used: Set<string> },
): void {
  const name = node["name"] as string;
  if (FORBIDDEN_NAMES.has(name)) throw unexpected(`it names ${name}`);
  const isMember = parent.type === "MemberExpression" && key === "property" && parent["computed"] !== true;
  if (isMember && name === "constructor") throw unexpected("it reaches for a constructor");
  const isKey = key === "key" && parent["computed"] !== true;
  const isLabel = key === "label";
  if (isMember || isLabel || parent.type === "MetaProperty" || parent.type === "ExportSpecifier") return;
  // A shorthand property is both key and value; acorn visits the value too.
  if (isKey) return;
  const isDeclaration =
    key === "id" || key === "params" || key === "param" || (parent.type === "CatchClause" && key === "param");
  if (isDeclaration || isPattern(parent, key)) names.declared.add(name);
  else names.used.add(name);
}

/** Identifiers inside destructuring declare; in assignments they also only name what is declared elsewhere. */
function isPattern(parent: AnyNode, key: string): boolean {
  return (
    parent.type === "ArrayPattern" ||
    parent.type === "RestElement" ||
    (parent.type === "AssignmentPattern" && key === "left") ||
    (parent.type === "Property" && parent["inPattern"] === true && key === "value")
  );
}

function checkProperty(node: AnyNode, parent: AnyNode): void {
  const key = node["key"] as AnyNode;
  const { kind } = node as unknown as { kind?: string };
  if ((kind === "get" || kind === "set") && parent.type === "ObjectExpression")
    throw unexpected("an object has an accessor");
  if (key.type === "Literal" && typeof key["value"] === "string" && !PLAIN_TEXT.test(key["value"]))
    throw unexpected("a property has an odd name");
}

/** Walk every node, parents first. */
function visit(root: AnyNode, see: (node: AnyNode, parent: AnyNode, key: string) => void): void {
  const waiting: [AnyNode, AnyNode, string][] = [[root, root, ""]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [node, parent, key] = next;
    see(node, parent, key);
    for (const [name, value] of Object.entries(node)) {
      for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (!isNode(child)) continue;
        // Properties do not say themselves whether they belong to a pattern.
        const marked = node.type === "ObjectPattern" ? { ...child, inPattern: true } : child;
        waiting.push([marked, node, name]);
      }
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && typeof (value as AnyNode).type === "string";
}

function unexpected(what: string, cause?: unknown): RunnerError {
  return new RunnerError("component_rejected", `The generated glue is refused: ${what}.`, {
    cause,
    details: { reason: "unexpected_glue" },
  });
}
