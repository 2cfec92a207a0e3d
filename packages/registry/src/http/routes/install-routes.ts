import type { InstallDetails } from "@alga-ext/protocol";
import { RegistryError } from "../../errors.ts";
import type { Registry } from "../../registry.ts";
import { createFamily, type Route } from "../route.ts";
import { ref } from "../schemas/components.ts";
import { flag, list, nullable, object, record, text } from "../schemas/schema.ts";
import { managementFamily } from "./management-family.ts";

const { route } = createFamily(managementFamily("Installs"));
const INSTALL = object({ install: ref("InstallDetails") });

/** What a tenant's administrator does with installs. */
export const INSTALL_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/extensions/catalog",
    operationId: "listCatalog",
    summary: "Everything published, each with what this tenant has installed of it.",
    access: "extension:read",
    answer: object({ extensions: list(ref("CatalogEntry")) }),
    handle: async ({ registry, tenantId }) => ({ extensions: await registry.catalog(tenantId) }),
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
    path: "/api/extensions/{extension}/enabled",
    operationId: "setEnabled",
    summary: "Stop or start an install; its data stays.",
    access: "extension:manage",
    body: object({ enabled: flag }),
    answer: INSTALL,
    async handle({ registry, params, body: { enabled }, tenantId, actor }) {
      const install = await registry.setEnabled({ tenantId, registryId: params.extension, enabled, actor });
      return { install };
    },
  }),
  route({
    method: "PUT",
    path: "/api/extensions/{extension}/grants",
    operationId: "setGrants",
    summary: "Replace what an install is granted.",
    access: "extension:manage",
    body: ref("Grants"),
    answer: INSTALL,
    async handle({ registry, params, body: grants, tenantId, actor }) {
      const install = await registry.setGrants({ tenantId, registryId: params.extension, grants, actor });
      return { install };
    },
  }),
  route({
    method: "PUT",
    path: "/api/extensions/{extension}/secrets",
    operationId: "setSecrets",
    summary: "Set secrets by name; null deletes one. They are never read back.",
    access: "extension:manage",
    body: record(nullable(text(65_536, { minLength: 0 })), 200),
    answer: INSTALL,
    async handle({ registry, params, body: secrets, tenantId, actor }) {
      await registry.setSecrets({ tenantId, registryId: params.extension, secrets, actor });
      return { install: await readInstall(registry, tenantId, params.extension) };
    },
  }),
];

async function readInstall(registry: Registry, tenantId: string, extension: string): Promise<InstallDetails> {
  const wanted = extension.toLowerCase();
  const installs = await registry.installs(tenantId);
  const found = installs.find(({ registryId, slug }) => registryId === wanted || slug === wanted);
  if (found === undefined) throw new RegistryError("install_not_found", "This extension is not installed.");
  return found;
}
