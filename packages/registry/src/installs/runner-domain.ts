import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";

function label(id: string): string {
  const slug = id
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/-{2,}/g, "-")
    .replaceAll(/^-|-$/g, "");
  const short = /^[0-9a-f]{8}-/.test(slug) ? slug.slice(0, 8) : slug.slice(0, 12);
  return short.replaceAll("-", "");
}

/** Host name of an install's own origin: `<tenant>-<extension>.<root>` (contract §6.6). */
export function runnerDomain(tenantId: string, registryId: string, root: string): string {
  return `${label(tenantId)}-${label(registryId)}.${root}`;
}

/** The install's host name; a short digest of the tenant is added when another tenant's has the same. */
export async function freeRunnerDomain(
  tx: TenantDb,
  {
    tenantId,
    registryId,
    root,
  }: { readonly tenantId: string; readonly registryId: string; readonly root: string },
): Promise<string> {
  const domain = runnerDomain(tenantId, registryId, root);
  await sql`select set_config('app.host', ${domain}, true)`.execute(tx);
  const owner = await tx
    .selectFrom("tenant_extension_install")
    .select(["tenant_id", "registry_id"])
    .where("runner_domain", "=", domain)
    .executeTakeFirst();
  await sql`select set_config('app.host', '', true)`.execute(tx);
  if (owner === undefined || (owner.tenant_id === tenantId && owner.registry_id === registryId))
    return domain;
  const digest = createHash("sha256")
    .update(JSON.stringify([tenantId, registryId]))
    .digest("hex")
    .slice(0, 8);
  return domain.replace(".", `-${digest}.`);
}
