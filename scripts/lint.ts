/** Formatting, lint with types, types of tests and examples, unused code and dependencies, generated files. */
import { runAll } from "./run.ts";

await runAll([
  ["oxfmt", "--check"],
  ["node", "scripts/generate.ts", "--check"],
  ["oxlint", "--deny-warnings"],
  ["sherif"],
]);
