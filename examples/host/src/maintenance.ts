import type { Registry } from "@alga-ext/registry";

const SWEEP_MS = 60 * 60 * 1000;
const DOMAINS_MS = 10_000;

/** What an operator runs now and then, run by this process. */
export interface Maintenance {
  /** Start nothing new, and wait for what is under way. */
  close(): Promise<void>;
}

/**
 * Once an hour remove what broken-off uploads and uninstalled extensions left, and every few seconds go on with host
 * names of installs, which is nothing to do until the registry has a provisioner for them.
 */
export function startMaintenance(
  registry: Pick<Registry, "maintenance" | "domains">,
  logger: {
    info(event: string, fields?: object): void;
    error(event: string, fields?: object): void;
  },
): Maintenance {
  const running = new Set<Promise<void>>();
  const every = (ms: number, what: string, work: () => Promise<unknown>): NodeJS.Timeout => {
    let isBusy = false;
    const step = async (): Promise<void> => {
      try {
        await work();
      } catch (error) {
        logger.error("maintenance failed", { what, error: String(error) });
      } finally {
        isBusy = false;
      }
    };
    return setInterval(() => {
      if (isBusy) return;
      isBusy = true;
      const done = step().finally(() => running.delete(done));
      running.add(done);
    }, ms).unref();
  };
  const timers = [
    every(SWEEP_MS, "sweep", async () => {
      const { uploads, orphans, uninstalled } = await registry.maintenance.sweep();
      logger.info("swept", { uploads: uploads.count, orphans: orphans.count, uninstalled });
    }),
    every(DOMAINS_MS, "host names", () => registry.domains.provisionPending()),
  ];
  return {
    async close() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}
