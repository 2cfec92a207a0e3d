import type { InstallDetails } from "@alga-ext/protocol";
import { RegistryError } from "../../errors.ts";
import { isUuid } from "../../internal/is-uuid.ts";
import type { Registry } from "../../registry.ts";

/**
 * The registry id of what a path names.
 *
 * @throws {RegistryError} `extension_not_found`
 */
export async function toRegistryId(registry: Registry, extension: string): Promise<string> {
  return isUuid(extension)
    ? extension.toLowerCase()
    : (await registry.releases.get({ extension })).registryId;
}

/** A tenant's install of an extension, by registry id or slug; null without one. */
export async function findInstall(
  registry: Registry,
  { tenantId, extension }: { readonly tenantId: string; readonly extension: string },
): Promise<InstallDetails | null> {
  const wanted = extension.toLowerCase();
  const installs = await registry.installs(tenantId);
  return installs.find(({ registryId, slug }) => registryId === wanted || slug === wanted) ?? null;
}

/**
 * {@link findInstall} for what needs one.
 *
 * @throws {RegistryError} `install_not_found`
 */
export async function requireInstall(
  registry: Registry,
  request: { readonly tenantId: string; readonly extension: string },
): Promise<InstallDetails> {
  const install = await findInstall(registry, request);
  if (install === null) throw new RegistryError("install_not_found", "This extension is not installed.");
  return install;
}
