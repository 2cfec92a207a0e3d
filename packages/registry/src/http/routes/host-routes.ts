import { createFamily, type Route } from "../route.ts";
import {
  anyText,
  constant,
  flag,
  integer,
  nullable,
  object,
  openObject,
  text,
  uuid,
} from "../schemas/schema.ts";
import { requireInstall } from "./find-install.ts";
import { managementFamily } from "./management-family.ts";

const { route } = createFamily(managementFamily("Host names"));

/** `/api/extensions/{install-info,reprovision,registry-db-check}` (contract §1.6). */
export const HOST_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/extensions/install-info",
    operationId: "getInstallInfo",
    summary: "Id and host name of an install.",
    access: "extension:read",
    query: object({ registryId: text(511) }),
    answer: object({
      install_id: uuid,
      runner_domain: nullable(anyText),
      runner_status: object({ state: anyText }, { message: anyText }),
    }),
    async handle({ registry, query, tenantId }) {
      const install = await requireInstall(registry, { tenantId, extension: query.registryId });
      return {
        install_id: install.installId,
        runner_domain: install.domain,
        runner_status: install.domainStatus,
      };
    },
  }),
  route({
    method: "POST",
    path: "/api/extensions/reprovision",
    operationId: "reprovision",
    summary: "Order an install's host name again.",
    access: "extension:manage",
    body: openObject({ extensionId: text(511) }),
    answer: object({ domain: nullable(anyText) }),
    async handle({ registry, body: { extensionId }, tenantId, actor }) {
      const { registryId } = await requireInstall(registry, { tenantId, extension: extensionId });
      const { domain } = await registry.domains.reprovision({ tenantId, registryId, actor });
      return { domain };
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/registry-db-check",
    operationId: "checkDatabase",
    summary: "Read what all tenants share, and what is this tenant's: whether the database answers.",
    access: "extension:manage",
    answer: object({ ok: constant(true), hasExtensions: flag, installs: integer(0) }),
    async handle({ registry, tenantId }) {
      const { items } = await registry.releases.list({ limit: 1, includeYanked: true });
      const installs = await registry.installs(tenantId);
      return { ok: true as const, hasExtensions: items.length > 0, installs: installs.length };
    },
  }),
];
