import type { Grants } from "@alga-ext/protocol";
import { createFamily, type Route } from "../route.ts";
import { COMPONENTS } from "../schemas/components.ts";
import { ref } from "../schemas/ref.ts";
import {
  anyText,
  constant,
  flag,
  integer,
  list,
  nullable,
  object,
  text,
  type Schema,
} from "../schemas/schema.ts";
import { requireInstall } from "./find-install.ts";
import { managementFamily } from "./management-family.ts";
import { PAGE } from "./query-members.ts";

const { route } = createFamily(managementFamily("Installs"));
const INSTALL = object({ install: ref("InstallDetails") });
const GRANTS: Schema<Grants | "declared"> = { anyOf: [COMPONENTS.Grants, constant("declared")] };
const VERSION = text(255, { description: "Exact, `X.Y.*`, or a channel." });

/** What a tenant's administrator does with installs. */
export const INSTALL_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/extensions/catalog",
    operationId: "listCatalog",
    summary: "What can be installed, each with what this tenant has installed of it and what would change.",
    access: "extension:read",
    query: object({}, { ...PAGE, search: text(200) }),
    answer: object({ extensions: list(ref("CatalogEntry")), nextCursor: nullable(anyText) }),
    async handle({ registry, query, tenantId }) {
      const { limit = 50 } = query;
      const extensions = await registry.catalog(tenantId, { ...query, limit });
      const last = extensions.at(-1);
      return { extensions, nextCursor: extensions.length < limit ? null : (last?.registryId ?? null) };
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/installs",
    operationId: "listInstalls",
    summary: "The tenant's installs, disabled ones included.",
    access: "extension:read",
    answer: object({ installs: list(ref("InstallDetails")) }),
    handle: async ({ registry, tenantId }) => ({ installs: await registry.installs(tenantId) }),
  }),
  route({
    method: "POST",
    path: "/api/extensions/{extension}/install",
    operationId: "install",
    summary: "Install a version under the grants that the administrator agreed to.",
    access: "extension:manage",
    status: 201,
    body: object({ version: VERSION, grants: GRANTS }, { restore: flag }),
    answer: INSTALL,
    handle: async ({ registry, params, body, tenantId, actor }) => ({
      install: await registry.install({ ...body, tenantId, registryId: params.extension, actor }),
    }),
  }),
  route({
    method: "DELETE",
    path: "/api/extensions/{extension}/install",
    operationId: "uninstall",
    summary: "Take an install away. What it stored is kept for a while, and `restore` brings it back.",
    access: "extension:manage",
    status: 204,
    async handle({ registry, params, tenantId, actor }) {
      await registry.uninstall({ tenantId, registryId: params.extension, actor });
    },
  }),
  ...(["update", "rollback"] as const).map((verb) =>
    route({
      method: "POST",
      path: `/api/extensions/{extension}/${verb}`,
      operationId: verb,
      summary:
        verb === "update"
          ? "Put another version in place under the old grants; by default the newest of what is followed."
          : "Go back to a version that ran before; by default the last one.",
      access: "extension:manage",
      body: object({}, { version: VERSION, disableMissingSchedules: flag }),
      answer: INSTALL,
      handle: async ({ registry, params, body, tenantId, actor }) => ({
        install: await registry[verb]({ ...body, tenantId, registryId: params.extension, actor }),
      }),
    }),
  ),
  route({
    method: "PUT",
    path: "/api/extensions/{extension}/pinned",
    operationId: "setPinned",
    summary: "Hold an install on its version, or let it follow again.",
    access: "extension:manage",
    body: object({ pinned: flag }),
    answer: INSTALL,
    handle: async ({ registry, params, body: { pinned }, tenantId, actor }) => ({
      install: await registry.pin({ tenantId, registryId: params.extension, pinned, actor }),
    }),
  }),
  route({
    method: "POST",
    path: "/api/extensions/{extension}/enabled",
    operationId: "setEnabled",
    summary: "Stop or start an install; its data stays.",
    access: "extension:manage",
    body: object({ enabled: flag }),
    answer: INSTALL,
    handle: async ({ registry, params, body: { enabled }, tenantId, actor }) => ({
      install: await registry.setEnabled({ tenantId, registryId: params.extension, enabled, actor }),
    }),
  }),
  route({
    method: "PUT",
    path: "/api/extensions/{extension}/grants",
    operationId: "setGrants",
    summary: "Replace what an install is granted; this also answers what updates asked for.",
    access: "extension:manage",
    body: ref("Grants"),
    answer: INSTALL,
    handle: async ({ registry, params, body: grants, tenantId, actor }) => ({
      install: await registry.setGrants({ tenantId, registryId: params.extension, grants, actor }),
    }),
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/history",
    operationId: "listHistory",
    summary: "The versions an install ran, newest first.",
    access: "extension:read",
    query: object({}, { limit: integer(1, 100, { default: 50 }) }),
    answer: object({ history: list(ref("InstallHistoryEntry")) }),
    handle: async ({ registry, params, query, tenantId }) => ({
      history: await registry.installHistory({ ...query, tenantId, registryId: params.extension }),
    }),
  }),
  route({
    method: "POST",
    path: "/api/extensions/{extension}/reprovision",
    operationId: "reprovisionInstall",
    summary: "Order the install's host name again.",
    access: "extension:manage",
    answer: INSTALL,
    async handle({ registry, params, tenantId, actor }) {
      const { registryId } = await requireInstall(registry, { ...params, tenantId });
      return { install: await registry.domains.reprovision({ tenantId, registryId, actor }) };
    },
  }),
];
