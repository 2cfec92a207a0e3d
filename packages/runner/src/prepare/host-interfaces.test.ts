import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";
import { readFileSync } from "node:fs";
import { ALGA_EXTENSION_WIT } from "@alga-ext/protocol/wit";
import { raiseWall } from "../wall/raise-wall.ts";
import type { Wall } from "../wall/wall.ts";
import { decodeArtifact, encodeArtifact } from "./artifact.ts";
import { digestOfHostInterfaces, extendWorld, toHostInterfaces } from "./host-interfaces.ts";
import { prepareComponent } from "./prepare-component.ts";

const WIT = `// Ours.
package acme:psa@1.2.0;
interface tickets {
  use alga:extension/types.{http-header};
  record ticket { id: string, note: option<string>, headers: list<http-header> }
  list-tickets: func(search: string) -> result<list<ticket>, string>;
  close: func(id: string);
}
`;
const NAME = "acme:psa/tickets@1.2.0";
const PLAIN = { interfaceName: "plain:one/two", wit: "package plain:one;\ninterface two { go: func(); }" };
const provided = toHostInterfaces([
  { interfaceName: NAME, wit: WIT },
  PLAIN,
  { interfaceName: "alga:extension/clients" },
]);
let wall: Wall;

beforeAll(async () => {
  wall = await raiseWall({ allowNone: true });
});
afterAll(() => wall.close());

/** A component that imports all of a world, with bodies that do nothing. */
const dummy = async (witSource: string) =>
  await componentNew(await componentEmbed({ dummy: true, witSource, world: "runner" }), []);
const prepare = async (witSource: string, hostInterfaces = provided) =>
  await prepareComponent(await dummy(witSource), { wall, memoryCapBytes: 1 << 26, hostInterfaces });

describe("interfaces of the host's own", () => {
  it("are linked by the name that glue asks for", async () => {
    const artifact = await prepare(extendWorld(ALGA_EXTENSION_WIT, provided));
    for (const { glueName } of provided) expect(artifact.imports).toContain(glueName);
    expect(artifact.hostFunctions).toEqual([
      ["acme:psa/tickets", ["listTickets", "close"]],
      ["plain:one/two", ["go"]],
    ]);
    expect(decodeArtifact(encodeArtifact(artifact))?.hostFunctions).toEqual(artifact.hostFunctions);
  });

  it("may be left out, in part too", async () => {
    await expect(prepare(ALGA_EXTENSION_WIT)).resolves.toBeDefined();
    const less = WIT.replace("  close: func(id: string);\n", "");
    await expect(
      prepare(extendWorld(ALGA_EXTENSION_WIT, [{ name: NAME, wit: less }])),
    ).resolves.toBeDefined();
  });

  it.each([
    ["another type of argument", WIT.replace("search: string", "search: u32")],
    ["another field", WIT.replace("note: option<string>", "note: string")],
    [
      "another type of the platform",
      WIT.replace("http-header", "http-request").replace("http-header", "http-request"),
    ],
  ])("are held to their types: %s", async (_name, wit) => {
    await expect(prepare(extendWorld(ALGA_EXTENSION_WIT, [{ name: NAME, wit }]))).rejects.toMatchObject({
      code: "component_rejected",
      details: { reason: "types" },
    });
  });

  it.each([
    [
      "nobody provides",
      extendWorld(ALGA_EXTENSION_WIT, [
        { name: "evil:a/b", wit: "package evil:a;\ninterface b { go: func(); }" },
      ]),
    ],
    [
      "have another version",
      extendWorld(ALGA_EXTENSION_WIT, [{ name: NAME.replace("1.2", "1.3"), wit: WIT.replace("1.2", "1.3") }]),
    ],
    [
      "have more functions",
      extendWorld(ALGA_EXTENSION_WIT, [
        { name: NAME, wit: WIT.replace("  close:", "  open: func();\n  close:") },
      ]),
    ],
  ])("are refused when they %s", async (_name, wit) => {
    await expect(prepare(wit)).rejects.toMatchObject({ details: { reason: "world_mismatch" } });
  });

  it("shape the key under which artifacts are kept", () => {
    expect(digestOfHostInterfaces([])).toBe("");
    const [first] = toHostInterfaces([PLAIN]);
    const [changed] = toHostInterfaces([{ ...PLAIN, wit: `${PLAIN.wit}\n` }]);
    expect(digestOfHostInterfaces([first!])).not.toBe(digestOfHostInterfaces([changed!]));
  });

  it("come in one version", () => {
    const other = {
      ...PLAIN,
      interfaceName: "plain:one/two@1.0.0",
      wit: PLAIN.wit.replace("one;", "one@1.0.0;"),
    };
    expect(() => toHostInterfaces([PLAIN, other])).toThrow(TypeError);
  });
});

describe("components of the first world", () => {
  it("are taken as they are: every type of theirs is still the same", async () => {
    const first = readFileSync(
      new URL("../../../protocol/test-fixtures/alga-extension-first.wit", import.meta.url),
      "utf8",
    );
    expect(first).not.toBe(ALGA_EXTENSION_WIT);
    const { imports } = await prepare(first, []);
    expect(imports).toContain("alga:extension/storage");
  });
});
