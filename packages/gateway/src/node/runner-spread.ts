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
}

/** Create an empty spread. */
export function createRunnerSpread(options: {
  readonly createReplica: (url: string) => Replica;
  readonly times: WatchTimes;
  readonly logger: GatewayLogger;
}): RunnerSpread {
  const { logger } = options;
  let members: readonly Member[] = [];
  const leaving = new Set<Promise<void>>();

  const leave = ({ replica, watch }: Member): void => {
    watch?.close();
    const left = replica.close().finally(() => leaving.delete(left));
    leaving.add(left);
  };
  const watchOver = (member: Member): void => {
    const { replica } = member;
    member.watch ??= watchRunner(replica, options.times, (isUp) =>
      logger.warn(isUp ? "runner_up" : "runner_out", { runner: replica.url }),
    );
  };
  const memberOf = (replica: Replica): Member | undefined =>
    members.find((member) => member.replica === replica);

  return {
    pick(key, tried) {
      const keyHash = hash32(key);
      let best: Member | null = null;
      let bestScore = -1;
      for (const member of members) {
        if (tried.has(member.replica)) continue;
        // One in rotation scores above every one that is out.
        const score = scoreOf(member.replica.hash, keyHash) + (member.watch?.isUp === false ? 0 : 2 ** 32);
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
      const known = new Map(members.map((member) => [member.replica.url, member]));
      // In one order everywhere, so that equal scores have one winner.
      members = urls.toSorted().map((url) => {
        const member = known.get(url) ?? { replica: options.createReplica(url), watch: null };
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
