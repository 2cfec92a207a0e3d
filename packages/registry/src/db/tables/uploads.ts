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
