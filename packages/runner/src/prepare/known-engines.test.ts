import { expect, it } from "vitest";
import { buildComponent } from "../../test-support/build-component.ts";
import { RUNNER_LIMITS } from "../options.ts";
import { raiseWall } from "../wall/raise-wall.ts";
import { engineDigest, engineOf } from "./known-engines.ts";
import { prepareComponent } from "./prepare-component.ts";

const MIB = 1024 * 1024;

it.each([
  ["fresh", 1024 * MIB, RUNNER_LIMITS.memoryBytes],
  ["warm", 1024 * MIB, RUNNER_LIMITS.memoryBytes],
] as const)(
  "knows the engine of what the toolchain builds for %s state and up to %i bytes, whatever the extension is",
  async (isolation, memoryBytes, lessBytes) => {
    const wall = await raiseWall({ allowNone: true });
    try {
      const build = async (body: string, memoryCapBytes: number) => {
        const component = await buildComponent(`export function handler() { ${body} }`);
        return await prepareComponent(component, { wall, memoryCapBytes, isolation });
      };
      const one = await build("return { status: 200, headers: [], body: null };", memoryBytes);
      const other = await build("throw new Error('no');", lessBytes);
      const [largest] = one.modules.toSorted((a, b) => b.bytes.length - a.bytes.length);
      const digest = engineDigest(largest?.bytes ?? new Uint8Array());
      // Red after a change in rewriting or of the toolchain: then this digest belongs to the known ones.
      expect(engineOf(one)?.digest).toBe(digest);
      expect(engineOf(other)?.digest).toBe(digest);
    } finally {
      await wall.close();
    }
  },
  120_000,
);

it("takes nothing else for an engine", () => {
  const bytes = new Uint8Array(MIB);
  const artifact = {
    glue: "",
    modules: [{ name: "c.core.wasm", bytes }],
    imports: [],
    memoryCapBytes: 0,
    isRestorable: true,
  };
  expect(engineOf(artifact)).toBeNull();
});
