import type { JsonValue } from "@alga-ext/protocol";
import { isEqual } from "./is-equal.ts";
import { greatest, type Semver } from "./judge-schema.ts";

/** What came, went and changed, by name, with the judgement of it all. */
export interface Compared {
  readonly changes: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  readonly semver: Semver;
}

/** How changes of one kind of thing are judged. */
export interface Judges<Item> {
  readonly added: (item: Item) => Semver;
  readonly removed: Semver;
  readonly changed: (before: Item, after: Item) => Semver;
  /** What an item is called; @default its key. */
  readonly nameOf?: (item: Item) => string;
}

/** Compare two sets of named things. */
export function compareParts<Item>(
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
  judges: Judges<Item>,
): Compared {
  const { nameOf } = judges;
  const names = (items: readonly [string, Item][]): string[] =>
    items.map(([key, item]) => nameOf?.(item) ?? key).sort();
  const added = [...after].filter(([key]) => !before.has(key));
  const removed = [...before].filter(([key]) => !after.has(key));
  const changed: [string, Item][] = [];
  const judgements: Semver[] = [
    ...added.map(([, item]) => judges.added(item)),
    ...removed.map(() => judges.removed),
  ];
  for (const [key, item] of after) {
    const was = before.get(key);
    if (was === undefined || isEqual(was as JsonValue, item as JsonValue)) continue;
    changed.push([key, item]);
    judgements.push(judges.changed(was, item));
  }
  return {
    changes: { added: names(added), removed: names(removed), changed: names(changed) },
    semver: greatest(judgements),
  };
}
