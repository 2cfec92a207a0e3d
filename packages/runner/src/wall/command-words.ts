import type { WallTools } from "./tools.ts";
import type { CommandLine, SandboxLimits } from "./wall.ts";

/**
 * The words every tier starts with: priority by `nice`, then by `prlimit` memory, no core dumps, no file writes at all,
 * few descriptors. Without what the machine has no program for.
 */
export function limitsPrefix(tools: WallTools, limits: SandboxLimits): string[] {
  const { niceness } = limits;
  const nice = tools.nice === null || niceness === undefined ? [] : [tools.nice, "-n", `${niceness}`];
  if (tools.prlimit === null) return nice;
  return [
    ...nice,
    tools.prlimit,
    `--data=${limits.dataBytes}`,
    "--core=0",
    "--fsize=0",
    "--nofile=64",
    ...(limits.cpuSeconds === undefined ? [] : [`--cpu=${limits.cpuSeconds}`]),
    "--",
  ];
}

/** The `setpriv` words that end privileges for good; as root they also leave the root user. */
export function dropPrivileges(setpriv: string, leaveRoot: boolean): string[] {
  return [
    setpriv,
    ...(leaveRoot ? ["--reuid", "65534", "--regid", "65534", "--clear-groups"] : []),
    "--no-new-privs",
    "--inh-caps",
    "-all",
    "--bounding-set",
    "-all",
    "--pdeathsig",
    "KILL",
    "--",
  ];
}

/** The words that have the kernel end a process with the one that started it; none where the machine cannot. */
export function diesWithParent({ setpriv }: WallTools): string[] {
  return setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL", "--"];
}

/** A command line of its words. */
export function toCommandLine([file = "", ...args]: readonly string[]): CommandLine {
  return { file, args };
}
