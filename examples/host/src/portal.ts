import { ManifestError, parseManifest } from "@alga-ext/manifest";
import type { InstallSummary } from "@alga-ext/protocol";
import type { Registry } from "@alga-ext/registry";

/** An extension as the client portal knows it: what its menu and its frame need, nothing of how it is managed. */
export interface PortalExtension {
  readonly registryId: string;
  /** `ui.hooks.clientPortalMenu.label` of the installed version. */
  readonly label: string;
  readonly contentHash: string;
}

type Install = Pick<InstallSummary, "registryId" | "version" | "contentHash" | "enabled" | "hasUi">;

/** The extensions of a tenant that its clients may open: enabled, with a page and a `clientPortalMenu`. */
export async function listPortalExtensions(
  registry: {
    readonly installs: (tenantId: string) => Promise<readonly Install[]>;
    readonly releases: Pick<Registry["releases"], "manifest">;
  },
  tenantId: string,
): Promise<PortalExtension[]> {
  const usable = (await registry.installs(tenantId)).filter(({ enabled, hasUi }) => enabled && hasUi);
  const found = await Promise.all(
    usable.map(async ({ registryId, version, contentHash }) => {
      const label = readLabel(await registry.releases.manifest({ extension: registryId, version }));
      // An empty label opts in to nothing: the gateway says the same.
      return label === "" ? [] : [{ registryId, label, contentHash }];
    }),
  );
  return found.flat();
}

function readLabel(text: string): string {
  try {
    return parseManifest(text).manifest.ui?.hooks?.clientPortalMenu?.label ?? "";
  } catch (error) {
    // Published under looser rules than today's: one such extension must not empty the whole menu.
    if (error instanceof ManifestError) return "";
    throw error;
  }
}
