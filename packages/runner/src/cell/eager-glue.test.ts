import { Script } from "node:vm";
import { expect, it } from "vitest";
import { toEagerText } from "./eager-glue.ts";

const evaluate = (glue: string): unknown =>
  (new Script(toEagerText(glue, "DataView") ?? "").runInThisContext() as (view: unknown) => () => unknown)(
    7,
  )();

it.each(["", ";", ";\n", "\n\n"])("gives what the glue would, with %j behind it", (tail) => {
  const glue = `"use components";\nfunction instantiate() { const f = () => { return DataView; }; return f(); }${tail}`;
  expect(evaluate(glue)).toBe(7);
});

it("leaves other glue to be evaluated as it is", () => {
  expect(toEagerText("const instantiate = () => 1;", "a")).toBeNull();
  expect(toEagerText("function instantiate() {} instantiate", "a")).toBeNull();
});
