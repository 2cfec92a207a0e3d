import type { SelectOption } from "@alga-ext/ui-kit";

/** Periods that lists can be narrowed to, in hours; empty is all of it. */
export const PERIODS: readonly SelectOption[] = [
  { value: "", label: "Any time" },
  { value: "1", label: "Last hour" },
  { value: "24", label: "Last 24 hours" },
  { value: "168", label: "Last 7 days" },
];
