import { expect, test } from "vitest";
import { createRetryBudget } from "./retry-budget.ts";

test("second tries are a tenth of the calls once the reserve is used up, and the reserve never grows", () => {
  const budget = createRetryBudget(5);
  for (let at = 0; at < 1000; at += 1) budget.earn();
  const spent = Array.from({ length: 8 }, () => budget.spend());
  expect(spent.filter(Boolean)).toHaveLength(5);
  let retried = 0;
  for (let at = 0; at < 1000; at += 1) {
    budget.earn();
    if (budget.spend()) retried += 1;
  }
  expect(retried).toBeGreaterThan(90);
  expect(retried).toBeLessThanOrEqual(100);
});
