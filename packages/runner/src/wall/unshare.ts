import { dropPrivileges, limitsPrefix } from "./limits-prefix.ts";
import { findLibraries, type LibraryPath } from "./libraries.ts";
import type { WallTools } from "./tools.ts";
import type { CommandLine, SandboxLimits } from "./wall.ts";

/**
 * Builds the root directory inside the new mount namespace, as bubblewrap would: a read-only tmpfs with node, the
 * shared libraries and setpriv. Node is bound, not copied, so it may lie below a directory the sandbox user cannot
 * enter. The directory is made again if a cleaner of the temp directory took it. Positional arguments: directory, node,
 * setpriv, then the command.
 *
 * A cell waits for this script, and what takes time in it is starting programs: so there is one `mount` for each bind,
 * where it takes all options at once (where it does not, what is still writable is mounted again), and what the libraries
 * look like is found out before.
 */
function jailScript(libraries: readonly LibraryPath[]): string {
  const inside = ({ path }: LibraryPath) => path.slice(1);
  const links = libraries.filter(({ target }) => target !== null);
  const directories = libraries.filter(({ target }) => target === null);
  return `set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
jail=$1 node=$2 setpriv=$3
shift 3
[ -d "$jail" ] || mkdir -p "$jail"
mount -t tmpfs -o mode=755,size=64k,nosuid,nodev tmpfs "$jail"
cd "$jail"
closed=bind,ro,nosuid,nodev
bind() { mount -o $closed "$1" "$2"; [ ! -w "$2" ] || mount -o remount,$closed "$2"; }
mkdir ${["usr", ...directories.map(inside)].join(" ")}
${links.map((link) => `ln -s ${quote(link.target ?? "")} ${inside(link)}`).join("\n")}
${directories.map((directory) => `bind ${directory.path} ${inside(directory)}`).join("\n")}
: > node; bind "$node" node
: > setpriv; bind "$setpriv" setpriv
mount -o remount,$closed "$jail"
cd /
exec env -i "$(command -v chroot)" "$jail" "$@"
`;
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

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
    jailScript(findLibraries()),
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
