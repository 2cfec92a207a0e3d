import { anyText, integer, list, nullable, object, text, type Schema } from "../schemas/schema.ts";

/** Which page of a list. */
export const PAGE = {
  limit: integer(1, 100, { default: 50 }),
  cursor: text(2000, { description: "`nextCursor` of the page before." }),
};

/** A moment. */
export const TIME = text(64, { format: "date-time" });

/** One page of a list. */
export function pageOf<T>(
  items: Schema<T>,
): Schema<{ readonly items: readonly T[]; readonly nextCursor: string | null }> {
  return object({ items: list(items), nextCursor: nullable(anyText) });
}
