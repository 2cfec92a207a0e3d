import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./sources.ts";
import { publicExports } from "./public-exports.ts";

const pinned = JSON.parse(readFileSync(new URL("./public-exports.json", import.meta.url), "utf8")) as Record<
  string,
  string[]
>;

// A change here is a change of the public API: edit the literal in the same commit, with a changeset.
// `node test/pins/print-public-exports.ts` prints what the build exports now.
test("the public surface is the pinned one", async () => {
  expect(await publicExports()).toEqual(pinned);
});

test("every package has a README and a src/index.ts", () => {
  const names = [...new Set(Object.keys(pinned).map((specifier) => specifier.split("/")[1]!))];
  for (const name of names) {
    for (const file of ["README.md", "src/index.ts", "src/errors.ts", "src/ports.ts"]) {
      expect(existsSync(join(ROOT, "packages", name, file)), `${name}/${file}`).toBe(true);
    }
  }
});
