import type { ReactElement } from "react";

const PATHS = {
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  chevronDown: "M5 7.5l5 5 5-5",
  chevronLeft: "M12.5 5l-5 5 5 5",
  chevronRight: "M7.5 5l5 5-5 5",
  close: "M5 5l10 10M15 5L5 15",
  danger:
    "M10 6v5M10 14h.01M8.6 2.9L1.9 14.5a1.6 1.6 0 001.4 2.4h13.4a1.6 1.6 0 001.4-2.4L11.4 2.9a1.6 1.6 0 00-2.8 0z",
  info: "M10 9v5M10 6h.01M18 10a8 8 0 11-16 0 8 8 0 0116 0z",
  search: "M13.5 13.5L17 17M15.5 9a6.5 6.5 0 11-13 0 6.5 6.5 0 0113 0z",
  sort: "M6.5 8L10 4.5 13.5 8M6.5 12l3.5 3.5 3.5-3.5",
  sortAscending: "M5.5 12L10 7.5l4.5 4.5",
  sortDescending: "M5.5 8L10 12.5 14.5 8",
  success: "M6.5 10.5l2.5 2.5 4.5-5M18 10a8 8 0 11-16 0 8 8 0 0116 0z",
} as const;

/** Name of a glyph the kit draws itself. */
export type IconName = keyof typeof PATHS;

/** A 20 px line icon, hidden from assistive technology: the text beside it says the same. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg className="alga-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
