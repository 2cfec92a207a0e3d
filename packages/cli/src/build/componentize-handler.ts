import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WIT_WORLD, type WitInterface } from "@alga-ext/protocol/wit";
import { componentize } from "componentize-qjs";
import { CliError } from "../errors.ts";
import { guestWit, restoreWasiNames } from "./guest-wit.ts";

/**
 * Turn one JavaScript module into a component for the sub-world of these interfaces, its module scope already run.
 *
 * @throws {CliError} `handler_start_failed`
 */
export async function componentizeHandler(
  source: string,
  interfaces: readonly WitInterface[],
): Promise<Uint8Array> {
  const dir = await mkdtemp(join(tmpdir(), "alga-ext-wit-"));
  try {
    const witPath = join(dir, "world.wit");
    await writeFile(witPath, guestWit(interfaces));
    const { component } = await componentize({
      witPath,
      jsSource: source,
      world: WIT_WORLD,
      // The export is synchronous whatever the handler awaits, and the engine's own WASI imports are of no use.
      sync: true,
      stubWasi: true,
    });
    restoreWasiNames(component);
    return component;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      "handler_start_failed",
      `The handler's modules failed while they were loaded at build time: ${reason.trim()}`,
      { cause: error },
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
