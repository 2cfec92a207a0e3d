import { limitsPrefix } from "./limits-prefix.ts";
import type { WallTools } from "./tools.ts";
import type { CommandLine, SandboxLimits } from "./wall.ts";

/** No wall: node's permission model and resource limits only. Development on a machine that has nothing better. */
export function bareCommand(
  tools: WallTools,
  nodeArgs: readonly string[],
  limits: SandboxLimits,
): CommandLine {
  const words = [
    ...limitsPrefix(tools, limits),
    ...(tools.setpriv === null ? [] : [tools.setpriv, "--no-new-privs", "--pdeathsig", "KILL", "--"]),
    tools.node,
    ...nodeArgs,
  ];
  const [file = "", ...args] = words;
  return { file, args };
}
