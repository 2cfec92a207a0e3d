import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { NODE_FLOOR, refuseOldNode } from "./node-floor.ts";

describe("the Node floor", () => {
  test.each(["v18.0.0", "v20.20.2", "v23.11.1", "nonsense"])("refuses %s", (version) => {
    expect(refuseOldNode(version)).toContain(version);
  });

  test.each(["v24.0.0", "v26.10.0", "v100.1.0"])("takes %s", (version) => {
    expect(refuseOldNode(version)).toBeNull();
  });

  test("is the one of package.json", async () => {
    const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
    expect(JSON.parse(text)).toMatchObject({ engines: { node: `>=${NODE_FLOOR}` } });
  });

  // A static import is resolved, with all it reaches, before a line of the file runs.
  test("is checked before anything that needs it is loaded", async () => {
    const read = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), "utf8");
    const imports = [...(await read("./bin.ts")).matchAll(/^import .* from "(.*)";$/gm)].map(
      ([, from]) => from,
    );
    expect(imports).toEqual(["./node-floor.ts"]);
    expect(await read("./node-floor.ts")).not.toMatch(/^import /m);
  });
});
