import type { Generated } from "kysely";
import type { Time } from "./columns.ts";

/** One sealed secret of an install. */
export interface SecretTable {
  id: Generated<string>;
  install_id: string;
  tenant_id: string;
  name: string;
  ciphertext: string;
  algorithm: string;
  key_id: string;
  version: string;
  created_at: Time;
  updated_at: Time;
}

/** A tenant's wrapped data key. */
export interface DataKeyTable {
  tenant_id: string;
  kid: string;
  wrapped: string;
  kek_id: string;
  /** New secrets are sealed with it; one per tenant. */
  is_active: Generated<boolean>;
  created_at: Time;
}
