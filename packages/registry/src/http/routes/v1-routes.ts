import { V1_ERRORS } from "../error-styles.ts";
import { createFamily, type Route } from "../route.ts";
import { COMPONENTS } from "../schemas/components.ts";
import { anyText, constant, flag, nullable, object, openObject, text, uuid } from "../schemas/schema.ts";

const { route } = createFamily({ tag: "Installs (v1)", errors: V1_ERRORS, params: {} });
const EXTENSION = text(1024, { description: "Registry id or slug of the extension." });
const VERSION = text(1024, { description: "Exact, `X.Y.*`, or a channel." });
const INSTALLED = object({
  data: object({
    registryId: anyText,
    version: anyText,
    installId: uuid,
    success: constant(true),
    message: anyText,
  }),
});

/** `POST /api/v1/extensions/{install,uninstall,update}` (contract §1.6). */
export const V1_ROUTES: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/v1/extensions/install",
    operationId: "installExtension",
    summary: "Install a version. Without `grants`, everything it declares is granted.",
    access: "extension:manage",
    status: 202,
    body: openObject({ registryId: EXTENSION, version: VERSION }, { grants: nullable(COMPONENTS.Grants) }),
    answer: INSTALLED,
    async handle({ registry, body, tenantId, actor }) {
      const { registryId, version, grants } = body;
      const installed = await registry.install({
        tenantId,
        registryId,
        version,
        grants: grants ?? "declared",
        actor,
      });
      const { installId } = installed;
      return {
        data: {
          registryId,
          version: installed.version,
          installId,
          success: true as const,
          message: "Installed.",
        },
      };
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/extensions/uninstall",
    operationId: "uninstallExtension",
    summary: "Remove an install.",
    access: "extension:manage",
    body: openObject({ registryId: EXTENSION }),
    answer: object({ data: object({ registryId: anyText, success: constant(true), message: anyText }) }),
    async handle({ registry, body: { registryId }, tenantId, actor }) {
      await registry.uninstall({ tenantId, registryId, actor });
      return { data: { registryId, success: true as const, message: "Uninstalled." } };
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/extensions/update",
    operationId: "updateExtension",
    summary: "Move an install to another version, under the grants it has.",
    access: "extension:manage",
    body: openObject(
      { registryId: EXTENSION, version: VERSION },
      { disableMissingSchedules: nullable(flag) },
    ),
    answer: INSTALLED,
    async handle({ registry, body: { registryId, version, disableMissingSchedules }, tenantId, actor }) {
      const updated = await registry.update({
        tenantId,
        registryId,
        version,
        disableMissingSchedules: disableMissingSchedules === true,
        actor,
      });
      const { installId } = updated;
      return {
        data: {
          registryId,
          version: updated.version,
          installId,
          success: true as const,
          message: "Updated.",
        },
      };
    },
  }),
];
