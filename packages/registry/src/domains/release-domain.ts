import { randomUUID } from "node:crypto";
import type { TenantDb } from "../db/registry-db.ts";
import type { InstallContext } from "../installs/install-context.ts";
import { appendOutbox } from "../publish/append-outbox.ts";

/** Order the removal of an install's host name; one that nobody ever provisioned is free at once. */
export async function releaseDomain(
  tx: TenantDb,
  { provisionsDomains }: Pick<InstallContext, "provisionsDomains">,
  { tenantId, installId, now }: { readonly tenantId: string; readonly installId: string; readonly now: Date },
): Promise<void> {
  if (!provisionsDomains) {
    await tx
      .deleteFrom("extension_domain")
      .where("tenant_id", "=", tenantId)
      .where("install_id", "=", installId)
      .where("attempts", "=", 0)
      .execute();
  }
  const released = await tx
    .updateTable("extension_domain")
    .set({
      is_wanted: false,
      generation: randomUUID(),
      attempts: 0,
      next_attempt_at: now,
      updated_at: now,
    })
    .where("tenant_id", "=", tenantId)
    .where("install_id", "=", installId)
    .where("is_wanted", "=", true)
    .returning("host")
    .execute();
  for (const { host } of released) {
    await appendOutbox(tx, { kind: "domain.unwanted", tenantId, payload: { host, installId }, at: now });
  }
}
