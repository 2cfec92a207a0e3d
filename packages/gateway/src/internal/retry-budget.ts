/** How much may be spent on second tries: a bad day of the runners must not double their load. */
export interface RetryBudget {
  /** Count a call, which earns a part of a second try. */
  earn(): void;
  /** Take one second try; false when there is none left. */
  spend(): boolean;
}

/** Create a budget that starts full: `max` second tries, and one more for every tenth call. */
export function createRetryBudget(max = 100): RetryBudget {
  let left = max;
  return {
    earn() {
      left = Math.min(max, left + 0.1);
    },
    spend() {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
