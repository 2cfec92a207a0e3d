import { createHash } from "node:crypto";

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
  // No name begins with a dash, whatever nothing is left of.
  return `${[label(tenantId), label(registryId)].filter(Boolean).join("-")}.${root}`;
}

/** The same with a short digest of both ids: for when another tenant's has the short one. */
export function longRunnerDomain(tenantId: string, registryId: string, root: string): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([tenantId, registryId]))
    .digest("hex")
    .slice(0, 8);
  return runnerDomain(tenantId, registryId, root).replace(".", `-${digest}.`);
}
