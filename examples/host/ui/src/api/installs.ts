import type { Grants, InstallDetails } from "@alga-ext/protocol";
import type { AuditRecord, Page } from "@alga-ext/registry";
import { extensionPath, request, toQuery } from "./request.ts";

type Changed = Promise<{ readonly install: InstallDetails }>;

/** The tenant's installs, disabled ones included. */
export async function listInstalls(): Promise<readonly InstallDetails[]> {
  return (await request<{ installs: readonly InstallDetails[] }>("GET", "/api/extensions/installs")).installs;
}

/** Install under the grants that were agreed to; `restore` brings back what a former install kept. */
export const install = (
  extension: string,
  body: { readonly version: string; readonly grants: Grants; readonly restore?: boolean },
): Changed => request("POST", `${extensionPath(extension)}/install`, body);

/** Take an install away; what it stored is kept for a while. */
export const uninstall = (extension: string): Promise<null> =>
  request("DELETE", `${extensionPath(extension)}/install`);

/** Put another version in place under the old grants; the install then follows what is named. */
export const update = (
  extension: string,
  body: { readonly version?: string; readonly disableMissingSchedules?: boolean },
): Changed => request("POST", `${extensionPath(extension)}/update`, body);

/** Go back to a version that ran before. */
export const rollback = (
  extension: string,
  body: { readonly version: string; readonly disableMissingSchedules?: boolean },
): Changed => request("POST", `${extensionPath(extension)}/rollback`, body);

/** Hold an install on its version, or let it follow again. */
export const setPinned = (extension: string, pinned: boolean): Changed =>
  request("PUT", `${extensionPath(extension)}/pinned`, { pinned });

/** Stop or start an install. */
export const setEnabled = (extension: string, enabled: boolean): Changed =>
  request("POST", `${extensionPath(extension)}/enabled`, { enabled });

/** Replace what an install may do. */
export const setGrants = (extension: string, grants: Grants): Changed =>
  request("PUT", `${extensionPath(extension)}/grants`, grants);

/** Order the install's host name again. */
export const reprovision = (extension: string): Changed =>
  request("POST", `${extensionPath(extension)}/reprovision`);

/** How long this host keeps what an uninstalled extension stored, in days; its registry is set so. */
export const KEPT_DAYS = 30;

/** When an extension was uninstalled last, as far as what it stored may still be there; else null. */
export async function readUninstalledAt(registryId: string, slug: string): Promise<string | null> {
  const from = new Date(Date.now() - KEPT_DAYS * 86_400_000).toISOString();
  const tries = [registryId, slug].map((resourceId) =>
    request<Page<AuditRecord>>(
      "GET",
      `/api/extensions/audit${toQuery({ eventType: "http.uninstall", resourceId, from, limit: 20 })}`,
    ),
  );
  const times = (await Promise.all(tries))
    .flatMap(({ items }) => items)
    .filter(({ status }) => status === "success")
    .map(({ at }) => at);
  return times.toSorted().at(-1) ?? null;
}
