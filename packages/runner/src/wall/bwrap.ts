import { diesWithParent, dropPrivileges, limitsPrefix, toCommandLine } from "./command-words.ts";
import { findLibraries } from "./libraries.ts";
import type { WallTools } from "./tools.ts";
import type { TierCommands } from "./wall.ts";

/**
 * The bubblewrap tier: own network, pid, ipc, uts and mount namespaces, a read-only root that holds node and the
 * shared libraries and nothing else.
 *
 * As root, bubblewrap's `--uid` would keep kernel uid 0, so `setpriv` inside leaves root.
 */
export function bwrapCommands(tools: WallTools): TierCommands {
  const { bwrap, setpriv } = tools;
  if (bwrap === null || setpriv === null) throw new TypeError("The bwrap tier needs bwrap and setpriv.");
  const libraries = findLibraries().flatMap(({ path, target }) =>
    target === null ? ["--ro-bind", path, path] : ["--symlink", target, path],
  );
  const words = [
    bwrap,
    "--unshare-net",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    ...(tools.isRoot ? [] : ["--unshare-user", "--uid", "65534", "--gid", "65534"]),
    "--die-with-parent",
    "--new-session",
    // Without it bubblewrap makes /usr itself unreadable for the user we become.
    "--dir",
    "/usr",
    ...libraries,
    "--ro-bind",
    tools.node,
    "/node",
    "--ro-bind",
    setpriv,
    "/setpriv",
    "--remount-ro",
    "/",
    "--chdir",
    "/",
    "--cap-drop",
    "ALL",
    ...(tools.isRoot
      ? ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
      : []),
    ...(tools.isRoot
      ? dropPrivileges("/setpriv", true)
      : ["/setpriv", "--no-new-privs", "--pdeathsig", "KILL", "--"]),
    "/node",
  ];
  return {
    around: (nodeArgs) => toCommandLine([...diesWithParent(tools), tools.node, ...nodeArgs]),
    inside: (nodeArgs, limits) => toCommandLine([...limitsPrefix(tools, limits), ...words, ...nodeArgs]),
  };
}
