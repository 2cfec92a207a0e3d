import { expect, test } from "vitest";
import { run } from "../../scripts/run.ts";

test("the quick rows of the attack suite hold", async () => {
  const { code, stdout } = await run("node", ["test/attack/run.ts", "--subset"], { quiet: true });
  expect(code, stdout.slice(-4_000)).toBe(0);
}, 240_000);
