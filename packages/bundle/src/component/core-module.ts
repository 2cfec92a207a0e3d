import type { ByteReader } from "./byte-reader.ts";
import { CORE_SECTIONS, type ModuleState } from "./core-sections.ts";
import type { Tally } from "./tally.ts";

/** Order of the sections of a core module, by id: the tag section comes before globals, data count before code. */
const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11] as const;

/**
 * Read a whole core module whose preamble was already read.
 *
 * @throws {BundleError} `malformed_component`, `bad_core_name`, `component_limit`, `unsupported_feature`
 */
export function readCoreModule(reader: ByteReader, tally: Tally): void {
  tally.within("maxCoreModules", ++tally.coreModules);
  const state: ModuleState = { tally, memories: 0, functions: 0, bodies: 0 };
  let position = -1;
  while (!reader.isDone) {
    const id = reader.u8();
    const section = reader.section(reader.u32());
    if (id === 0) {
      section.name();
      continue;
    }
    const read = CORE_SECTIONS.get(id);
    if (read === undefined) throw reader.malformed(`core section ${id} is unknown`);
    const next = ORDER.findIndex((known) => known === id);
    if (next <= position) throw reader.malformed(`core section ${id} is out of order or repeated`);
    position = next;
    read(section, state);
    section.assertDone(`core section ${id}`);
  }
  if (state.functions !== state.bodies) throw reader.malformed("functions and bodies differ in number");
  if (state.memories > 1) tally.features.add("multi-memory");
}
