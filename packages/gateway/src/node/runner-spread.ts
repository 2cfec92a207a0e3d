import type { GatewayLogger } from "../ports.ts";
import { hash32, scoreOf } from "./rendezvous.ts";
import type { Replica } from "./runner-replica.ts";
import { watchRunner, type RunnerWatch, type WatchTimes } from "./runner-watch.ts";

/** What is known of one runner. */
export interface RunnerStatus {
  readonly url: string;
  /** Whether calls go there; one that is out is probed until it is back. */
  readonly isUp: boolean;
  /** Calls that wait for it or run there. */
  readonly inFlight: number;
}

/** The runners that calls are spread over. */
export interface RunnerSpread {
  /**
   * The runner that a key belongs to, `tried` ones aside; null when none is left. One in rotation comes before any that
   * is out; those are still better than nobody.
   */
  pick(key: string, tried: ReadonlySet<Replica>): Replica | null;
  /** Nothing reached this runner: take it out of rotation. */
  eject(replica: Replica): void;
  /** Something odd happened there: look whether it is ready. */
  suspect(replica: Replica): void;
  /** Spread over these runners from now on; those that stay keep their connections, those that go end their calls. */
  assign(urls: readonly string[]): void;
  status(): readonly RunnerStatus[];
  close(): Promise<void>;
}

interface Member {
  readonly replica: Replica;
  /** Absent while there is only one runner: nothing else could be called. */
  watch: RunnerWatch | null;
  /** When it joined those that were there, or came back. */
  sinceMs: number;
}

/** Create an empty spread. */
export function createRunnerSpread(options: {
  readonly createReplica: (url: string) => Replica;
  readonly times: WatchTimes & {
    /** One that joins or returns has no warm cells: its installs come to it bit by bit, over this time. */
    readonly rampMs: number;
  };
  readonly logger: GatewayLogger;
}): RunnerSpread {
  const { logger, times } = options;
  let members: readonly Member[] = [];
  const leaving = new Set<Promise<void>>();

  const leave = ({ replica, watch }: Member): void => {
    watch?.close();
    const left = replica.close().finally(() => leaving.delete(left));
    leaving.add(left);
  };
  const watchOver = (member: Member): void => {
    const { replica } = member;
    member.watch ??= watchRunner(replica, times, (isUp) => {
      if (isUp) member.sinceMs = performance.now();
      logger.warn(isUp ? "runner_up" : "runner_out", { runner: replica.url });
    });
  };
  const memberOf = (replica: Replica): Member | undefined =>
    members.find((member) => member.replica === replica);

  return {
    pick(key, tried) {
      const keyHash = hash32(key);
      const about = { now: performance.now(), rampMs: times.rampMs };
      let best: Member | null = null;
      let bestScore = -1;
      for (const member of members) {
        if (tried.has(member.replica)) continue;
        const score = scoreOf(member.replica.hash, keyHash) + tierOf(member, keyHash, about) * 2 ** 32;
        if (score <= bestScore) continue;
        best = member;
        bestScore = score;
      }
      return best?.replica ?? null;
    },
    eject(replica) {
      memberOf(replica)?.watch?.eject();
    },
    suspect(replica) {
      memberOf(replica)?.watch?.suspect();
    },
    assign(urls) {
      const isFirst = members.length === 0;
      const known = new Map(members.map((member) => [member.replica.url, member]));
      // In one order everywhere, so that equal scores have one winner.
      members = urls.toSorted().map((url) => {
        const sinceMs = isFirst ? Number.NEGATIVE_INFINITY : performance.now();
        const member = known.get(url) ?? { replica: options.createReplica(url), watch: null, sinceMs };
        known.delete(url);
        return member;
      });
      for (const member of known.values()) leave(member);
      for (const member of members) {
        if (members.length > 1) watchOver(member);
        else {
          member.watch?.close();
          member.watch = null;
        }
      }
    },
    status: () =>
      members.map(({ replica, watch }) => ({
        url: replica.url,
        isUp: watch?.isUp ?? true,
        inFlight: replica.inFlight,
      })),
    async close() {
      for (const member of members) leave(member);
      members = [];
      await Promise.all(leaving);
    },
  };
}

/** Whose scores come first: those in rotation, then those in it that do not have this key back yet, then the rest. */
function tierOf(
  { watch, sinceMs }: Member,
  keyHash: number,
  about: { readonly now: number; readonly rampMs: number },
): 0 | 1 | 2 {
  if (watch?.isUp === false) return 0;
  return (keyHash / 2 ** 32) * about.rampMs <= about.now - sinceMs ? 2 : 1;
}
