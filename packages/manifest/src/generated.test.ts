import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { generate } from "../scripts/generate.ts";

it("the committed files are what the schema makes", async () => {
  for (const [path, text] of await generate()) {
    expect(await readFile(new URL(`../${path}`, import.meta.url), "utf8"), path).toBe(text);
  }
});

it("the validator needs no code generation and no module of its own", async () => {
  const text = await readFile(new URL("validate.generated.ts", import.meta.url), "utf8");
  expect(text).not.toMatch(/\brequire\(["']|\beval\(|new Function|\bimport (?!type)/);
});
