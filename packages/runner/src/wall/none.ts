import { diesWithParent, limitsPrefix, toCommandLine } from "./command-words.ts";
import type { WallTools } from "./tools.ts";
import type { TierCommands } from "./wall.ts";

/** No wall: node's permission model and resource limits only. Development on a machine that has nothing better. */
export function bareCommands(tools: WallTools): TierCommands {
  return {
    around: (nodeArgs) => toCommandLine([...diesWithParent(tools), tools.node, ...nodeArgs]),
    inside: (nodeArgs, limits) =>
      toCommandLine([
        ...limitsPrefix(tools, limits),
        ...(tools.setpriv === null ? [] : [tools.setpriv, "--no-new-privs", "--pdeathsig", "KILL", "--"]),
        tools.node,
        ...nodeArgs,
      ]),
  };
}
