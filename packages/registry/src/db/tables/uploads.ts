import type { Generated } from "kysely";
import type { Bigint, Time } from "./columns.ts";

/** An archive that was uploaded and not yet finalised. */
export interface UploadTable {
  id: string;
  tenant_id: string;
  user_id: string;
  filename: string;
  size_bytes: Bigint;
  sha256: string;
  declared_hash: string | null;
  version_id: string | null;
  created_at: Time;
}

/** A publish that is about to name this digest in a row. */
export interface BlobClaimTable {
  id: Generated<string>;
  content_hash: string;
  created_at: Time;
}
