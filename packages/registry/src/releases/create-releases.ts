import type { RegistryDb } from "../db/registry-db.ts";
import type { BlobStore } from "../ports.ts";
import { getExtension, type Channel, type ExtensionDetails } from "./get-extension.ts";
import { listExtensions, type ExtensionSummary, type ListExtensionsQuery } from "./list-extensions.ts";
import { listVersions, type ListVersionsQuery, type VersionSummary } from "./list-versions.ts";
import { openBundle, type ReleaseBundle } from "./open-bundle.ts";
import type { Page } from "./page.ts";
import { readReleaseManifest, type ReleaseRef } from "./read-release-manifest.ts";
import { setChannel, type SetChannelRequest } from "./set-channel.ts";
import { setVersionState, type VersionStateRequest } from "./set-version-state.ts";

/** What is published, for everybody to read, and what its publishers still say of it. */
export interface Releases {
  /** Extensions by slug. Throws `invalid_request`. */
  list(query?: ListExtensionsQuery): Promise<Page<ExtensionSummary>>;
  /** One extension with its channels. Throws `extension_not_found`. */
  get(request: { readonly extension: string }): Promise<ExtensionDetails>;
  /** Versions, newest first, yanked ones included. Throws `extension_not_found`, `invalid_request`. */
  versions(query: ListVersionsQuery): Promise<Page<VersionSummary>>;
  /** `manifest.json` verbatim. Throws `extension_not_found`, `version_not_found`. */
  manifest(request: ReleaseRef): Promise<string>;
  /** The archive as a checked stream. Throws `extension_not_found`, `version_not_found`, `blob_corrupt`. */
  bundle(request: ReleaseRef): Promise<ReleaseBundle>;
  /** Advise against a version, which still installs; see `VersionStateRequest`. */
  deprecate(request: VersionStateRequest): Promise<VersionSummary>;
  /** Withdraw a version: not installed anew, and running on where it is; see `VersionStateRequest`. */
  yank(request: VersionStateRequest): Promise<VersionSummary>;
  /** Point a channel somewhere; see `SetChannelRequest`. */
  setChannel(request: SetChannelRequest): Promise<readonly Channel[]>;
}

/** The releases of a registry. */
export function createReleases(context: {
  readonly db: RegistryDb;
  readonly blobs: BlobStore;
  readonly clock: () => number;
}): Releases {
  const { db } = context;
  return Object.freeze<Releases>({
    list: (query) => listExtensions(db, query),
    get: (request) => getExtension(db, request),
    versions: (query) => listVersions(db, query),
    manifest: (request) => readReleaseManifest(db, request),
    bundle: (request) => openBundle(context, request),
    deprecate: async (request) => setVersionState(context, { ...request, state: "deprecated" }),
    yank: async (request) => setVersionState(context, { ...request, state: "yanked" }),
    setChannel: async (request) => setChannel(context, request),
  });
}
