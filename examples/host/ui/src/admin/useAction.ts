import { useState } from "react";
import { messageOf } from "../api/request.ts";

/** One thing an administrator does, while it is under way and when it failed. */
export interface Action {
  readonly isBusy: boolean;
  /** What to say about the failure; null without one. */
  readonly error: string | null;
  /** What was thrown; null without a failure. */
  readonly failure: unknown;
  /** Do it; answers whether it worked. A second call while busy does nothing. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** State of one action of a dialog or a card. */
export function useAction(): Action {
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  return {
    isBusy,
    error: failure === null ? null : messageOf(failure),
    failure,
    async run(work) {
      if (isBusy) return false;
      setIsBusy(true);
      setFailure(null);
      try {
        await work();
        return true;
      } catch (thrown) {
        setFailure(thrown);
        return false;
      } finally {
        setIsBusy(false);
      }
    },
  };
}
