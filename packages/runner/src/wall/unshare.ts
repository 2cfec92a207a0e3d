import { diesWithParent, dropPrivileges, limitsPrefix, toCommandLine } from "./command-words.ts";
import { findLibraries, type LibraryPath } from "./libraries.ts";
import type { WallTools } from "./tools.ts";
import type { TierCommands } from "./wall.ts";

/**
 * Where the root directory of cells is, in a mount namespace that nobody else sees. Every machine has it, nothing that is
 * bound below it comes from there, and no cleaner of temp directories removes it from under us.
 */
const JAIL = "/sys";

/**
 * Builds the root directory, as bubblewrap would: a read-only tmpfs with node, the shared libraries and setpriv. Node is
 * bound, not copied, so it may lie below a directory the sandbox user cannot enter. Positional arguments: node, setpriv,
 * then the command.
 *
 * Each bind is one `mount` where that takes all options at once; where it does not, what is still writable is mounted
 * again.
 */
function jailScript(libraries: readonly LibraryPath[]): string {
  const inside = ({ path }: LibraryPath) => path.slice(1);
  const links = libraries.filter(({ target }) => target !== null);
  const directories = libraries.filter(({ target }) => target === null);
  return `set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
node=$1 setpriv=$2
shift 2
mount -t tmpfs -o mode=755,size=64k,nosuid,nodev tmpfs ${JAIL}
cd ${JAIL}
closed=bind,ro,nosuid,nodev
bind() { mount -o $closed "$1" "$2"; [ ! -w "$2" ] || mount -o remount,$closed "$2"; }
mkdir ${["usr", ...directories.map(inside)].join(" ")}
${links.map((link) => `ln -s ${quote(link.target ?? "")} ${inside(link)}`).join("\n")}
${directories.map((directory) => `bind ${directory.path} ${inside(directory)}`).join("\n")}
: > node; bind "$node" node
: > setpriv; bind "$setpriv" setpriv
mount -o remount,$closed ${JAIL}
cd /
exec "$@"
`;
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * The tier for machines without bubblewrap: `unshare` makes the namespaces, a small shell script the root
 * directory, `setpriv` ends the privileges. Works as root, and as a plain user where user namespaces are allowed.
 *
 * The root directory is made once, for it is the same for all and none can write to it: starting the programs that make
 * it takes 15 ms of a processor.
 */
export function unshareCommands(tools: WallTools): TierCommands {
  const { unshare, setpriv, chroot } = tools;
  if (unshare === null || setpriv === null || chroot === null)
    throw new TypeError("The unshare tier needs unshare, setpriv and chroot.");
  return {
    around: (nodeArgs) =>
      toCommandLine([
        unshare,
        ...(tools.isRoot ? [] : ["--user", "--map-root-user"]),
        "--mount",
        "--",
        "/bin/sh",
        "-c",
        jailScript(findLibraries()),
        "jail",
        tools.node,
        setpriv,
        // After the user namespace: a change of rights makes the kernel forget it.
        ...diesWithParent(tools),
        tools.node,
        ...nodeArgs,
      ]),
    inside: (nodeArgs, limits) =>
      toCommandLine([
        ...limitsPrefix(tools, limits),
        // One of its own for each cell: what the kernel keeps for a user, such as keys, is kept by user namespace.
        ...(tools.isRoot ? [] : [unshare, "--user", "--map-root-user", "--"]),
        // The next one dies with the fork server, and --kill-child takes the namespace with it.
        ...diesWithParent(tools),
        unshare,
        "--mount",
        "--net",
        "--pid",
        "--ipc",
        "--uts",
        "--fork",
        "--kill-child",
        "--",
        chroot,
        JAIL,
        ...dropPrivileges("/setpriv", tools.isRoot),
        "/node",
        ...nodeArgs,
      ]),
  };
}
