import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const START = ["package.json", "examples/host-express/package.json", "examples/host-next/package.json"];

describe("npm start", () => {
  // npm passes SIGTERM on to the shell it started and no further: without `exec` the deployment outlives it.
  it.each(START)("of %s leaves its process to node, so that a signal to npm stops it", (file) => {
    const { scripts } = JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8")) as {
      scripts: Record<string, string>;
    };
    expect(scripts["start"]?.split("&&").at(-1)?.trim()).toMatch(/^exec node /);
  });
});
