import type { ManifestProblemCode } from "../problems.ts";
import { describe, describeExpected, describeType } from "./describe.ts";
import type { Findings } from "./findings.ts";
import type { SourceProblem } from "./source-problem.ts";
import { suggest } from "./suggest.ts";
import { toHostProblem, toPathProblem } from "./to-value-problem.ts";
import { toPointer } from "./to-pointer.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];

/** Put a complaint of the generated validator into words. */
export function toProblem(source: SourceProblem, findings: Findings): void {
  const { instancePath: pointer, data, keyword, params, parentSchema: schema } = source;
  if (keyword === "required") return missing(source, findings);
  const code = schema?.["x-code"] ?? "wrong_type";
  const words = {
    value: describe(data),
    type: describeType(data),
    limit: Number(params["limit"]).toLocaleString("en-US"),
  };
  if (keyword === "maxItems" && code === "wrong_type") findings.refuseAt("too_many_items", pointer, words);
  else if (keyword === "maxLength" && code === "wrong_type")
    findings.refuseAt("text_too_long", pointer, words);
  else if (code === "wrong_type" || (code === "path" && typeof data !== "string")) {
    findings.refuseAt("wrong_type", pointer, { ...words, expected: describeExpected(params["type"]) });
  } else if (code === "host") {
    const found = toHostProblem(data);
    findings.refuseAt(found.code, pointer, { ...words, ...found.words });
  } else if (code === "path" || code === "handler" || code === "bad_icon") {
    findings.refuseAt(toPathProblem(data, { kind: code, keyword }), pointer, words);
  } else {
    const among = code === "bad_method" ? METHODS : (schema?.enum ?? []);
    const suggestion = typeof data === "string" ? suggest(data, among) : null;
    findings.refuseAt(code as ManifestProblemCode, pointer, words, { suggestion });
  }
}

/** Where a complaint points: at the value, or at the key that is missing. */
export function pointerOf({ instancePath, params, keyword }: SourceProblem): string {
  return keyword === "required"
    ? instancePath + toPointer([String(params["missingProperty"])])
    : instancePath;
}

// A missing key is often there, misspelt: then the place to look at is that key.
function missing(source: SourceProblem, findings: Findings): void {
  const { instancePath, data, params, parentSchema } = source;
  const key = String(params["missingProperty"]);
  const code = parentSchema?.["x-missing"]?.[key] as ManifestProblemCode;
  const strangers = Object.keys(data as object).filter(
    (name) => !Object.hasOwn(parentSchema?.properties ?? {}, name),
  );
  const misspelt = suggest(key, strangers);
  const pointer = pointerOf(source);
  if (misspelt === null) return findings.refuseAt(code, pointer);
  const shownAt = instancePath + toPointer([misspelt]);
  findings.refuseAt(code, pointer, {}, { suggestion: key, shownAt, instead: misspelt });
}
