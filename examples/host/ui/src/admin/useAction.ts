import { useState } from "react";
import { messageOf } from "../api.ts";

/** One thing an administrator does, while it is under way and when it failed. */
export interface Action {
  readonly isBusy: boolean;
  readonly error: string | null;
  /** Do it; answers whether it worked. A second call while busy does nothing. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** State of one action of a dialog or a card. */
export function useAction(): Action {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  return {
    isBusy,
    error,
    async run(work) {
      if (isBusy) return false;
      setIsBusy(true);
      setError(null);
      try {
        await work();
        return true;
      } catch (failure) {
        setError(messageOf(failure));
        return false;
      } finally {
        setIsBusy(false);
      }
    },
  };
}
