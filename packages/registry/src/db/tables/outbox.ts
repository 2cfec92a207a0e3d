import type { JsonValue } from "@alga-ext/protocol";
import type { Generated } from "kysely";
import type { Json, MaybeTime, Time } from "./columns.ts";

/** A fact that still has to be told to someone outside the transaction that caused it. */
export interface OutboxTable {
  id: Generated<string>;
  /** `""` when it belongs to no tenant. */
  tenant_id: string;
  /**
   * Order of causes that lock the same row. Not the order of commits: a reader takes what is not done, and never
   * remembers "everything up to here".
   */
  seq: Generated<string | number>;
  /** `<thing>.<what happened>`, such as `version.published`. */
  kind: string;
  payload: Json<JsonValue>;
  created_at: Time;
  /** When it was delivered; null while it waits. */
  done_at: MaybeTime;
}
