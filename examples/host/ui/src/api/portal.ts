import { request } from "./request.ts";

/** An extension that clients of the tenant may open. */
export interface PortalExtension {
  readonly registryId: string;
  readonly label: string;
  readonly contentHash: string;
}

/** What the one who is logged in may open; only for users of the client portal. */
export const listPortalExtensions = (): Promise<readonly PortalExtension[]> =>
  request("GET", "/api/portal/extensions");
