const FAMILIES = {
  J: "01 02 03 04 06 07 08 10 11 12 14 16 17",
  P: "01 02 03 05 06 07 09 10 11 12 13 14 15 16",
  L: "01 02 03 05 06 07 09 10 12 13 15 16 17 18",
  E: "01 02 03 04 06 07 08 10 11 12 14 16",
  G: "01 02 03 05 06 07 08 10 11 12 13 14",
} as const;

/** Rows of the attack plan; a whole run that lacks one fails. */
export const PLAN: readonly string[] = [
  ...Object.entries(FAMILIES).flatMap(([family, numbers]) =>
    numbers.split(" ").map((number) => family + number),
  ),
  "mixed attacks",
];

/** Rows that are in `npm test` too: the quick ones, behind the wall that every machine has. */
export const SUBSET: string =
  "unshare.*(P0|P10 (garbage|a frame|host calls)|P13)|L01 infinite|L06|L10|L16 nothing is|E0[1-8]|E1[016]|can be left out";

/** Where those are. */
export const SUBSET_FILES: readonly string[] = ["process", "limits", "egress", "controls"].map(
  (name) => `test/attack/${name}.test.ts`,
);
