import { RunnerError } from "../errors.ts";

const EXPORT_INSTANTIATE = "export function instantiate(";
const EXPORT_UTIL = /^export const _util = \{\s*\}\s*$/m;
const META = "import.meta.url";
const EXPORTS = /\n {2,}return \{ ([\w$, ]*\bhandler\b[\w$, ]*) \};\n/g;
/** The glue's own mutable state, by what kind of thing each name is; absent ones are left out. */
const TRANSIENT = ["RESOURCE_SCOPE_TASKS", "RESOURCE_CALL_BORROWS", "ASYNC_CURRENT_TASK_IDS"] as const;
/** Name under which `instantiate` hands it out. */
const STATE = "algaState";
const CAPTURES = /^ {2}(?:const|let) (captureTable\d+) = new Map\(\)/gm;

/**
 * Turn the transpiler's module text into a function body that a bare context can run.
 *
 * It must look exactly as the pinned transpiler writes it: one exported function, one empty `_util`, one
 * `import.meta`, no dynamic import. This is a tripwire; the text is still run as if it were hostile.
 *
 * @throws {RunnerError} `component_rejected`
 */
export function toGlueText(text: string): string {
  if (
    count(text, EXPORT_INSTANTIATE) !== 1 ||
    count(text, "\nexport ") + (text.startsWith("export ") ? 1 : 0) !== 2
  ) {
    throw refuse("it exports other things than the transpiler does");
  }
  if (count(text, "import.meta") > 1) throw refuse("it looks at its module");
  if (/(?<![\w$.])import\s*\(/.test(text)) throw refuse("it imports code");
  const body = text
    .replace(EXPORT_INSTANTIATE, "function instantiate(")
    .replace(EXPORT_UTIL, "")
    .replace(META, '""');
  if (body.includes("\nexport ")) throw refuse("it exports other things than the transpiler does");
  return exposeState(body);
}

/** Whether {@link toGlueText} found the glue's own state. */
export function exposesState(glue: string): boolean {
  return glue.includes(` ${STATE}: () => `);
}

/**
 * Let the cell see the glue's resource tables and task lists next to the component's exports (`cell/context/
 * glue-state.ts`). Glue of another shape is left alone: without it, every call gets a new instance.
 */
function exposeState(body: string): string {
  const [found, ...others] = body.matchAll(EXPORTS);
  if (
    found === undefined ||
    others.length > 0 ||
    !body.includes("const ASYNC_TASKS_BY_COMPONENT_IDX = new Map()")
  )
    return body;
  const captures = Array.from(body.matchAll(CAPTURES), ([, name = ""]) => name);
  const transient = [...TRANSIENT.filter((name) => body.includes(` ${name} = `)), ...captures].join(", ");
  const tables = body.includes("const HANDLE_TABLES") ? "HANDLE_TABLES" : "[]";
  const state = `${STATE}: () => ({ tables: ${tables}, transient: [${transient}], tasks: ASYNC_TASKS_BY_COMPONENT_IDX })`;
  return body.replace(
    found[0],
    () => `\n  return { ${(found[1] ?? "").replace(/[\s,]*$/, ",")} ${state} };\n`,
  );
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

function refuse(reason: string): RunnerError {
  return new RunnerError("component_rejected", `The generated glue is refused: ${reason}.`, {
    details: { reason: "unexpected_glue" },
  });
}
