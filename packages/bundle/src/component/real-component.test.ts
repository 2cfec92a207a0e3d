import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALGA_EXTENSION_WIT, subWorldWit, WIT_INTERFACES } from "@alga-ext/protocol/wit";
import { componentize } from "componentize-qjs";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { BundleError } from "../errors.ts";
import { assertRunnerWorld } from "./assert-runner-world.ts";
import { assertSafeNames } from "./assert-safe-names.ts";
import { assertSupportedFeatures } from "./assert-supported-features.ts";
import { inspectComponent } from "./inspect-component.ts";

const HANDLER = `
  import { logInfo } from "alga:extension/logging";
  export const handler = () => { logInfo("called"); return { status: 204, headers: [], body: undefined }; };
`;

async function build(wit: string): Promise<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), "alga-bundle-"));
  try {
    const witPath = join(directory, "world.wit");
    await writeFile(witPath, wit);
    const options = { witPath, jsSource: HANDLER, world: "runner", stubWasi: true, sync: true };
    return new Uint8Array((await componentize(options)).component);
  } finally {
    await rm(directory, { recursive: true });
  }
}

let full: Uint8Array;
let small: Uint8Array;
beforeAll(async () => {
  full = await build(ALGA_EXTENSION_WIT);
  small = await build(subWorldWit(["logging", "storage"]));
});

describe("a component of the real toolchain", () => {
  test("passes every gate with all interfaces", () => {
    assertSafeNames(full);
    const report = inspectComponent(full);
    assertSupportedFeatures(report);
    assertRunnerWorld(report);
    const interfaces = ["types", ...WIT_INTERFACES].map((name) => `alga:extension/${name}`);
    expect([...report.imports].sort()).toEqual(interfaces.sort());
    expect([...report.exports].sort()).toEqual(["handler", "init"]);
    expect(report.features).toEqual([]);
    expect(report.bytes).toBe(full.length);
  });

  test("built for a sub-world imports nothing else", () => {
    const report = inspectComponent(small);
    assertRunnerWorld(report, { interfaces: ["logging", "storage"] });
    expect(() => assertRunnerWorld(report, { interfaces: ["logging"] })).toThrow(
      expect.objectContaining({
        code: "world_mismatch",
        details: expect.objectContaining({ imports: ["alga:extension/storage"] }),
      }),
    );
  });

  test("damaged anywhere, ends in a report or a typed refusal, in time", () => {
    // Mutate in place and put back: a copy of 1.6 MB per run would dominate.
    const started = performance.now();
    const position = fc.oneof(fc.nat(small.length - 1), fc.nat(4096));
    fc.assert(
      fc.property(position, fc.nat(255), (at, value) => {
        const before = small[at] ?? 0;
        small[at] = value;
        try {
          return isTyped(small);
        } finally {
          small[at] = before;
        }
      }),
      { numRuns: 60 },
    );
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

function isTyped(bytes: Uint8Array): boolean {
  try {
    inspectComponent(bytes);
    return true;
  } catch (error) {
    return error instanceof BundleError;
  }
}
