import { expect, it } from "vitest";
import { fuzz } from "../scripts/fuzz.ts";

// The long run is `node packages/manifest/scripts/fuzz.ts 100000`.
it("holds its promises for mutated manifests", () => {
  const { accepted, refused } = fuzz(1500, 20_260_101);
  expect(accepted).toBeGreaterThan(300);
  expect(refused).toBeGreaterThan(300);
});
