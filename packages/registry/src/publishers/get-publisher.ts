import type { RegistryDb } from "../db/registry-db.ts";
import type { PublisherRef } from "./change-publisher.ts";

/** A publisher's name and who may publish under it. */
export interface PublisherInfo {
  /** Lower-case. */
  readonly publisher: string;
  /** Keys whose signatures count for this name, beside those the operator's trust binds to it. */
  readonly keyIds: readonly string[];
  /** Whether it belongs to the organisation of who asks. */
  readonly isMine: boolean;
  /** ISO-8601. */
  readonly since: string;
}

/** Look a publisher up; null when nobody has published under the name. */
export async function getPublisher(db: RegistryDb, ref: PublisherRef): Promise<PublisherInfo | null> {
  const row = await db.shared((tx) =>
    tx
      .selectFrom("extension_publisher")
      .selectAll()
      .where("publisher", "=", ref.publisher.toLowerCase())
      .executeTakeFirst(),
  );
  if (row === undefined) return null;
  return {
    publisher: row.publisher,
    keyIds: row.key_ids,
    isMine: row.organisation === ref.principal.tenantId,
    since: row.created_at.toISOString(),
  };
}
