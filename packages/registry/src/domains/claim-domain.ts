import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import type { StoredDomainStatus } from "../db/tables/installs.ts";
import type { InstallContext } from "../installs/install-context.ts";
import { appendOutbox } from "../publish/append-outbox.ts";
import { longRunnerDomain, runnerDomain } from "./runner-domain.ts";

/** Which install gets a host name. */
export interface DomainClaim {
  readonly tenantId: string;
  readonly installId: string;
  readonly registryId: string;
  readonly now: Date;
}

/**
 * Give an install a host name of its own, unless it has one or there is no root for names, and order its provisioning.
 *
 * A name is its owner's until it is removed from the outside world too, so that nobody else is reached under it.
 */
export async function claimDomain(
  tx: TenantDb,
  { domainRoot, provisionsDomains }: Pick<InstallContext, "domainRoot" | "provisionsDomains">,
  claim: DomainClaim,
): Promise<void> {
  const { tenantId, installId, registryId, now } = claim;
  const { runner_domain: present } = await tx
    .selectFrom("tenant_extension_install")
    .select("runner_domain")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", installId)
    .executeTakeFirstOrThrow();
  if (present !== null) return;
  const host = domainRoot === null ? null : await freeDomain(tx, { ...claim, root: domainRoot });
  const status: StoredDomainStatus =
    host === null
      ? { state: "pending_configuration", message: "This deployment gives installs no host names." }
      : { state: provisionsDomains ? "provisioning" : "pending" };
  await tx
    .updateTable("tenant_extension_install")
    .set({ runner_domain: host, runner_status: JSON.stringify(status) })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", installId)
    .execute();
  if (host === null) return;
  const wanted = {
    install_id: installId,
    is_wanted: true,
    generation: randomUUID(),
    attempts: 0,
    next_attempt_at: now,
    updated_at: now,
  };
  await tx
    .insertInto("extension_domain")
    .values({ host, tenant_id: tenantId, ...wanted })
    .onConflict((conflict) => conflict.column("host").doUpdateSet(wanted))
    .execute();
  await appendOutbox(tx, {
    kind: "domain.wanted",
    tenantId,
    payload: { host, installId, registryId },
    at: now,
  });
}

async function freeDomain(
  tx: TenantDb,
  { tenantId, installId, registryId, root }: DomainClaim & { readonly root: string },
): Promise<string> {
  const host = runnerDomain(tenantId, registryId, root);
  // Of two tenants whose ids shorten to the same name the second waits here, and then sees the first one's claim.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`extension_domain:${host}`}, 0)),
    set_config('app.host', ${host}, true)`.execute(tx);
  const owner = await tx
    .selectFrom("extension_domain")
    .select(["tenant_id", "install_id", "is_wanted"])
    .where("host", "=", host)
    .executeTakeFirst();
  await sql`select set_config('app.host', '', true)`.execute(tx);
  const isFree =
    owner === undefined ||
    (owner.tenant_id === tenantId && (owner.install_id === installId || !owner.is_wanted));
  return isFree ? host : longRunnerDomain(tenantId, registryId, root);
}
