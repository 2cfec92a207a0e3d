import type { JsonValue } from "@alga-ext/protocol";
import type { Frame } from "../frames/frame.ts";
import type { Artifact } from "../prepare/artifact.ts";
import { HOST_FUNCTIONS } from "../prepare/host-functions.ts";

const FUNCTIONS: readonly JsonValue[] = Array.from(HOST_FUNCTIONS, ([name, members]) => [
  `alga:extension/${name}`,
  members.map(({ js }) => js),
]);

/** The frame that has a cell load an artifact as `guest`, its body in parts; `compiled` is the module it has already. */
export function toLoadFrame(
  artifact: Artifact,
  options: {
    readonly guest: number;
    readonly compiled: Artifact["modules"][number] | undefined;
    readonly isWarm: boolean;
  },
): { readonly header: Frame["header"]; readonly parts: readonly Uint8Array[] } {
  const { guest, compiled, isWarm } = options;
  const glue = Buffer.from(artifact.glue);
  const sent = artifact.modules.filter((module) => module !== compiled);
  const header = {
    t: "load",
    guest,
    glueBytes: glue.length,
    modules: artifact.modules.map((module) => ({
      name: module.name,
      bytes: module === compiled ? null : module.bytes.length,
    })),
    functions: [...FUNCTIONS, ...(artifact.hostFunctions ?? [])],
    imports: [...artifact.imports],
    memoryCapBytes: artifact.memoryCapBytes,
    isRestorable: artifact.isRestorable,
    isWarm,
  };
  return { header, parts: [glue, ...sent.map(({ bytes }) => bytes)] };
}
