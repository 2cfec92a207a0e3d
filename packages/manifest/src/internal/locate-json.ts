import { toPointer } from "./to-pointer.ts";

/** Where one value lies. */
export interface JsonNode {
  /** Offset of the value; for a member, of its key. */
  readonly offset: number;
  /** Members by key, items by index as text. A tree, because pointers of many deep values would take far more room. */
  readonly children: Map<string, JsonNode>;
}

/** Where the values of a JSON text lie. */
export interface JsonLayout {
  readonly root: JsonNode;
  /** Pointers of members whose key stood in the same object before; at most 100, none deeper than 64. */
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
  readonly isArray: boolean;
  readonly node: JsonNode;
}

/** Scan a JSON text for the places of its values. Does not recurse: nesting may be as deep as the text is long. */
export function locateJson(text: string): JsonLayout {
  const duplicates: string[] = [];
  const open: Open[] = [];
  const path: string[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  take(SPACE);
  const root: JsonNode = { offset: at, children: new Map() };
  const done = (errorOffset: number | null): JsonLayout => ({ root, duplicates, errorOffset });
  let node = root;

  // Before the value of a member or item: its node, and for a member its key.
  const enter = (inside: Open): boolean => {
    take(SPACE);
    const offset = at;
    let key = String(inside.node.children.size);
    if (!inside.isArray) {
      const quoted = take(STRING);
      take(SPACE);
      if (quoted === null || text[at] !== ":") return false;
      at++;
      key = String(JSON.parse(quoted));
      if (inside.node.children.has(key) && path.length < 64 && duplicates.length < 100) {
        duplicates.push(toPointer([...path, key]));
      }
    }
    node = { offset, children: new Map() };
    inside.node.children.set(key, node);
    path.push(key);
    return true;
  };

  for (;;) {
    // A value starts here.
    take(SPACE);
    const char = text[at];
    if (char === "{" || char === "[") {
      at++;
      take(SPACE);
      if (text[at] !== (char === "{" ? "}" : "]")) {
        const inside: Open = { isArray: char === "[", node };
        open.push(inside);
        if (!enter(inside)) return done(at);
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
        if (!enter(inside)) return done(at);
        break;
      }
      if (text[at] !== (inside.isArray ? "]" : "}")) return done(at);
      at++;
      open.pop();
    }
  }
}
