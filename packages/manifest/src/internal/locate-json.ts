import { toPointer } from "./to-pointer.ts";

/** Where the values of a JSON text lie. */
export interface JsonLayout {
  /** Offset of each value by JSON pointer; a member's offset is that of its key. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Pointers of members whose key stood in the same object before. */
  readonly duplicates: readonly string[];
  /** Where the text stops being JSON; null when it is. */
  readonly errorOffset: number | null;
}

const SPACE = /[\t\n\r ]*/y;
// Unescaped characters as a positive class: everything from the space on, but the quote and the backslash.
const STRING =
  /"[\u0020\u0021\u0023-\u005b\u005d-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[\u0020\u0021\u0023-\u005b\u005d-\uffff]*)*"/y;
const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

interface Open {
  readonly keys: Set<string> | null;
  index: number;
}

/** Scan a JSON text for the places of its values. Does not recurse: nesting may be as deep as the text is long. */
export function locateJson(text: string): JsonLayout {
  const offsets = new Map<string, number>();
  const duplicates: string[] = [];
  const path: (string | number)[] = [];
  const open: Open[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  const done = (errorOffset: number | null): JsonLayout => ({ offsets, duplicates, errorOffset });
  const place = (offset: number): void => {
    if (path.length <= 64) offsets.set(toPointer(path), offset);
  };
  const member = (inside: Open): boolean => {
    take(SPACE);
    const start = at;
    const quoted = take(STRING);
    if (quoted === null || inside.keys === null) return false;
    take(SPACE);
    if (text[at] !== ":") return false;
    at++;
    const key = String(JSON.parse(quoted));
    path.push(key);
    if (inside.keys.has(key)) duplicates.push(toPointer(path));
    inside.keys.add(key);
    place(start);
    return true;
  };

  for (;;) {
    // A value starts here.
    take(SPACE);
    if (typeof path.at(-1) !== "string") place(at);
    const char = text[at];
    if (char === "{" || char === "[") {
      at++;
      take(SPACE);
      const inside: Open = { keys: char === "{" ? new Set() : null, index: 0 };
      if (text[at] !== (char === "{" ? "}" : "]")) {
        open.push(inside);
        if (inside.keys === null) path.push(0);
        else if (!member(inside)) return done(at);
        continue;
      }
      at++;
    } else if (take(char === '"' ? STRING : SCALAR) === null) return done(at);
    // A value ended here: close what ends with it, then go on to the next one.
    for (;;) {
      take(SPACE);
      const inside = open.at(-1);
      if (inside === undefined) return done(at === text.length ? null : at);
      path.pop();
      if (text[at] === ",") {
        at++;
        if (inside.keys === null) path.push(++inside.index);
        else if (!member(inside)) return done(at);
        break;
      }
      if (text[at] !== (inside.keys === null ? "]" : "}")) return done(at);
      at++;
      open.pop();
    }
  }
}
