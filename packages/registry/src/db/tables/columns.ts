import type { ColumnType } from "kysely";

/** A `json` column: read parsed, written as JSON text. `json` and not `jsonb`, because it keeps `\u0000` and key order. */
export type Json<T> = ColumnType<T, string, string>;
/** A `bigint`: `pg` reads it as text, PGlite as a number. */
export type Bigint = ColumnType<string | number, number, number>;
/** A `timestamptz`. */
export type Time = ColumnType<Date, Date, Date>;
/** A `timestamptz` that may be absent. */
export type MaybeTime = ColumnType<Date | null, Date | null, Date | null>;
