import { expect, it } from "vitest";
import { buildComponent } from "../../test-support/build-component.ts";
import { RUNNER_LIMITS } from "../options.ts";
import { engineOf } from "../prepare/known-engines.ts";
import { prepareComponent } from "../prepare/prepare-component.ts";
import { raiseWall } from "../wall/raise-wall.ts";
import { rehearsalOf } from "./rehearsal.ts";
import { startCell } from "./start-cell.ts";

const COUNTING = `let calls = 0;
export function handler() { calls += 1; return answer(Object.keys(globalThis).length + " " + calls); }`;

it.each(["fresh", "warm"] as const)(
  "spares of %s state have something to rehearse with, and know nothing of it afterwards",
  async (isolation) => {
    const wall = await raiseWall({ allowNone: true });
    try {
      const limits = RUNNER_LIMITS;
      const component = await buildComponent(COUNTING);
      const options = { wall, memoryCapBytes: limits.memoryBytes, isolation };
      const artifact = await prepareComponent(component, options);
      const engine = engineOf(artifact);
      expect(engine).not.toBeNull();
      if (engine === null) return;
      expect(rehearsalOf(engine, isolation)?.calls).toBeGreaterThan(0);
      expect(rehearsalOf({ ...engine, digest: "0".repeat(64) }, isolation)).toBeNull();

      const ask = async (cell: ReturnType<typeof startCell>) => {
        try {
          await cell.up;
          const guest = cell.load(artifact);
          const { body } = await guest.call({
            request: {
              context: { tenantId: "t", extensionId: "e" },
              http: { method: "GET", url: "/", headers: [] },
            },
            deadlineAt: performance.now() + 10_000,
            host: () => Promise.reject(new Error("not asked")),
          } as never);
          return Buffer.from(body ?? []).toString();
        } finally {
          cell.kill();
          await cell.ended;
        }
      };
      expect(await ask(startCell({ wall, limits, isolation, engine }))).toBe(
        await ask(startCell({ wall, limits, isolation })),
      );
    } finally {
      await wall.close();
    }
  },
  60_000,
);
