import { integer, text } from "../schemas/schema.ts";

/** Which page of a list. */
export const PAGE = {
  limit: integer(1, 100, { default: 50 }),
  cursor: text(2000, { description: "`nextCursor` of the page before." }),
};

/** A moment. */
export const TIME = text(64, { format: "date-time" });
