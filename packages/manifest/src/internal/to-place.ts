import type { ManifestPlace } from "../manifest.ts";
import type { JsonLayout } from "./locate-json.ts";

/** Find where in a text a JSON pointer points, or the nearest thing around it that exists. */
export function toPlace(text: string, layout: JsonLayout, pointer: string): Required<ManifestPlace> {
  let node = layout.root;
  for (const part of pointer.split("/").slice(1)) {
    const child = node.children.get(part.replaceAll("~1", "/").replaceAll("~0", "~"));
    if (child === undefined) break;
    node = child;
  }
  return { pointer, ...toLineAndColumn(text, node.offset) };
}

/** Line and column, both from 1, of an offset. */
export function toLineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end !== -1 && end < offset; end = text.indexOf("\n", start)) {
    line++;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
}
