import type { ManifestProblem } from "../manifest.ts";
import type { SourceProblem } from "./source-problem.ts";
import { toPointer } from "./to-pointer.ts";

/** Put a complaint of the generated validator into words. */
export function toProblem(source: SourceProblem): ManifestProblem {
  const missing = source.params["missingProperty"];
  if (typeof missing === "string") {
    return { pointer: source.instancePath + toPointer([missing]), message: "is missing" };
  }
  return {
    pointer: source.instancePath,
    message: source.parentSchema?.["x-problem"] ?? source.message ?? "is not valid",
  };
}
