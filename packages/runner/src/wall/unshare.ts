import { dropPrivileges, limitsPrefix } from "./limits-prefix.ts";
import type { WallTools } from "./tools.ts";
import type { CommandLine, SandboxLimits } from "./wall.ts";

/**
 * Builds the root directory inside the new mount namespace, as bubblewrap would: a read-only tmpfs with node, the
 * shared libraries and setpriv. Node is bound, not copied, so it may lie below a directory the sandbox user cannot
 * enter. The directory is made again if a cleaner of the temp directory took it. Positional arguments: directory, node, setpriv, then the command.
 */
const JAIL_SCRIPT = `set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
jail=$1 node=$2 setpriv=$3
shift 3
mkdir -p "$jail"
mount -t tmpfs -o mode=755,size=64k,nosuid,nodev tmpfs "$jail"
cd "$jail"
bind() { mount --bind "$1" "$2"; mount -o remount,bind,ro,nosuid,nodev "$2"; }
mkdir usr
for d in lib lib64 usr/lib usr/lib64; do
  if [ -L "/$d" ]; then ln -s "$(readlink "/$d")" "$d"
  elif [ -d "/$d" ]; then mkdir "$d"; bind "/$d" "$d"; fi
done
: > node; bind "$node" node
: > setpriv; bind "$setpriv" setpriv
mount -o remount,bind,ro,nosuid,nodev "$jail"
cd /
exec env -i "$(command -v chroot)" "$jail" "$@"
`;

/**
 * The tier for machines without bubblewrap: `unshare` makes the namespaces, a small shell script the root
 * directory, `setpriv` ends the privileges. Works as root, and as a plain user where user namespaces are allowed.
 */
export function unshareCommand(
  tools: WallTools,
  nodeArgs: readonly string[],
  options: { limits: SandboxLimits; jailDir: string },
): CommandLine {
  if (tools.unshare === null || tools.setpriv === null)
    throw new TypeError("The unshare tier needs unshare and setpriv.");
  const words = [
    ...limitsPrefix(tools, options.limits),
    // unshare itself dies with the supervisor, and --kill-child takes the namespace with it.
    tools.setpriv,
    "--pdeathsig",
    "KILL",
    "--",
    tools.unshare,
    ...(tools.isRoot ? [] : ["--user", "--map-root-user"]),
    "--mount",
    "--net",
    "--pid",
    "--ipc",
    "--uts",
    "--fork",
    "--kill-child",
    "--",
    "/bin/sh",
    "-c",
    JAIL_SCRIPT,
    "jail",
    options.jailDir,
    tools.node,
    tools.setpriv,
    ...dropPrivileges("/setpriv", tools.isRoot),
    "/node",
    ...nodeArgs,
  ];
  const [file = "", ...args] = words;
  return { file, args };
}
