import type { ReactElement } from "react";

const PATHS = {
  chain:
    "M8.5 11.5l3-3M9.2 6.3l1.5-1.5a3.2 3.2 0 014.5 4.5l-1.5 1.5M10.8 13.7l-1.5 1.5a3.2 3.2 0 01-4.5-4.5l1.5-1.5",
  close: "M5 5l10 10M15 5L5 15",
  clock: "M10 6v4.2l2.8 1.8M17.5 10a7.5 7.5 0 11-15 0 7.5 7.5 0 0115 0z",
  dashboard: "M3 3.5h5.5V9H3zM11.5 3.5H17V7h-5.5zM11.5 10H17v6.5h-5.5zM3 12h5.5v4.5H3z",
  extension:
    "M8 4.5a2 2 0 114 0V6h3.5v3.5H14a2 2 0 100 4h1.5V17h-4v-1.5a2 2 0 10-4 0V17h-4v-4H5a2 2 0 100-4H3.5V6H8z",
  key: "M9.8 10.2a4 4 0 11-2.9-2.9l8.6 0v3h-2.2v2.4h-2.6v-2.5zM5.4 11.2a.3.3 0 10.6 0 .3.3 0 00-.6 0z",
  list: "M7.5 5h9M7.5 10h9M7.5 15h9M3.5 5h.6M3.5 10h.6M3.5 15h.6",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  moon: "M16.5 11.8A7 7 0 018.2 3.5a7 7 0 108.3 8.3z",
  more: "M4 10a.7.7 0 101.4 0A.7.7 0 004 10zM9.3 10a.7.7 0 101.4 0 .7.7 0 00-1.4 0zM14.6 10a.7.7 0 101.4 0 .7.7 0 00-1.4 0z",
  people:
    "M7.5 9.5a3 3 0 100-6 3 3 0 000 6zM2 16.5c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5M13 3.8a3 3 0 010 5.4M15 12.4c1.8.6 3 2 3 4.1",
  settings:
    "M3 6h7.5M14.5 6H17M3 14h2.5M9.5 14H17M12.5 8a2 2 0 100-4 2 2 0 000 4zM7.5 16a2 2 0 100-4 2 2 0 000 4z",
  signOut: "M12.5 6V3.5h-9v13h9V14M8 10h9.5M15 7l3 3-3 3",
  sun: "M10 13.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM10 2v1.5M10 16.5V18M18 10h-1.5M3.5 10H2M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1M15.7 15.7l-1.1-1.1M5.4 5.4L4.3 4.3",
  ticket: "M2.5 6h15v2.5a1.5 1.5 0 000 3V14h-15v-2.5a1.5 1.5 0 000-3zM11.5 6v8",
} as const;

/** Name of an icon of the host app. */
export type IconName = keyof typeof PATHS;

/** A line icon that repeats what the text beside it says. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg className="acme-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
