import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { Socket } from "node:net";

/** More than browsers, probes and gateways in front of one runner hold open. */
const MOST = 4_096;
/** Of the descriptors of this process: there are two listeners, and each cell takes two. */
const SHARE = 1 / 4;
const WARN_EVERY_MS = 60_000;

/** How many connections one listener may hold. */
export interface ConnectionBound {
  readonly most: number;
  /** Told when one was refused for it, once a minute at most. */
  readonly onFull: () => void;
}

/** Connections for each listener that fit beside everything else in what the system lets this process open. */
export function defaultMaxConnections(): number {
  try {
    const open = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return Math.max(1, Math.min(MOST, Math.floor(Number(open ?? MOST / SHARE) * SHARE)));
  } catch {
    return MOST;
  }
}

/**
 * Bound what connections take: without that, clients that open them and wait use up the descriptors that cells are
 * started with.
 *
 * Half may be silent, which is to say that no request has come yet; a new one takes the place of the longest silent one,
 * so that waiting keeps nobody out. When all are taken a new one is cut at once.
 *
 * @returns the silent ones, the oldest first
 */
export function boundConnections(server: Server, { most, onFull }: ConnectionBound): ReadonlySet<Socket> {
  const silent = new Set<Socket>();
  const mostSilent = Math.max(1, most / 2);
  let warnedAt = -Infinity;
  server.maxConnections = most;
  server.on("connection", (socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
    if (silent.size <= mostSilent) return;
    for (const oldest of silent) {
      silent.delete(oldest);
      oldest.destroy();
      break;
    }
  });
  server.on("request", ({ socket }) => silent.delete(socket));
  server.on("drop", () => {
    const now = performance.now();
    if (now - warnedAt < WARN_EVERY_MS) return;
    warnedAt = now;
    onFull();
  });
  return silent;
}
