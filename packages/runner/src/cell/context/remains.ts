import type { ContextHost } from "./context-host.ts";

/** What thrown-away instances leave behind. */
export interface Remains {
  /** So much memory is of no use from now on. */
  add(bytes: number): void;
}

/** So much may lie about: the engine does not know how little the process may have, and collects when it pleases. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Have memory collected when much of it was thrown away: a memory is only freed with its last reference, and until then
 * the bombs of some calls would leave no room for what honest ones may have.
 */
export function createRemains(host: Pick<ContextHost, "later" | "collect">): Remains {
  let lying = 0;
  const collect = () => {
    lying = 0;
    host.collect();
  };
  return {
    add(bytes) {
      const wasEnough = lying >= MAX_BYTES;
      lying += bytes;
      // Whoever threw it away still holds it.
      if (!wasEnough && lying >= MAX_BYTES) host.later(collect);
    },
  };
}
