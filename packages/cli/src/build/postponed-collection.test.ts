import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGuest, type Guest } from "../../test-support/open-guest.ts";
import { createWorkFolder, probeManifest, type WorkFolder } from "../../test-support/work-folder.ts";

/** Keeps as many more allocations as the path says and answers whether the engine collected: only that ends a cycle. */
const HOARDER = `
const cycle = () => { const one = {}; one.self = one; return new WeakRef(one); };
export function handler({ http }) {
  const mark = cycle();
  const kept = [];
  for (let count = Number(http.url.slice(1)); count > 0; count--) kept.push(\`k\${count}\`);
  // The engine looks at its heap whenever an object is made.
  const spark = { kept };
  return { status: spark.kept.length === 0 || mark.deref() === undefined ? 500 : 200, headers: [] };
}
`;

let work: WorkFolder;
let guest: Guest;
beforeAll(async () => {
  work = await createWorkFolder();
  await work.linkSdk();
  await work.write({
    "manifest.json": probeManifest([]),
    "package.json": '{"type":"module"}',
    "src/handler.js": HOARDER,
  });
  guest = await openGuest(work.dir, work.dir);
});
afterAll(async () => {
  await work.remove();
});

describe("a guest that is new, as at every call", () => {
  test.each([
    ["does not collect while a call keeps 7,000 allocations", 7_000, 200],
    ["collects when it keeps a lot more", 40_000, 500],
  ])("%s", async (_name, allocations, status) => {
    await guest.restart();
    expect(await guest.call("GET", `/${allocations}`)).toMatchObject({ status });
  });
});
