import { ref, type ComponentSchemas } from "./ref.ts";
import {
  anyText,
  flag,
  integer,
  list,
  nullable,
  object,
  oneOf,
  time,
  uuid,
  names,
  CONTENT_HASH,
  HEX,
} from "./schema.ts";

const EXTENSION_SUMMARY = {
  registryId: uuid,
  slug: anyText,
  publisher: anyText,
  name: anyText,
  displayName: anyText,
  description: anyText,
  latest: nullable(anyText),
  versionCount: integer(0),
  createdAt: time,
  updatedAt: time,
};

/** What is published, and how it looks beside an install. */
export const RELEASE_COMPONENTS = {
  CatalogEntry: object({
    registryId: uuid,
    publisher: anyText,
    name: anyText,
    displayName: anyText,
    description: anyText,
    versions: list(ref("CatalogVersion")),
    install: nullable(ref("InstallDetails")),
  }),
  CatalogVersion: object(
    {
      versionId: uuid,
      version: anyText,
      contentHash: CONTENT_HASH,
      createdAt: time,
      consent: list(ref("ConsentItem")),
      change: nullable(ref("VersionChange")),
    },
    { status: oneOf(["published", "deprecated", "yanked", "unreadable"]), reason: anyText },
  ),
  Channel: object({ name: anyText, versionId: uuid, version: anyText, pinned: flag }),
  ExtensionDetails: object({
    ...EXTENSION_SUMMARY,
    newest: nullable(ref("VersionSummary")),
    channels: list(ref("Channel")),
    publisherKeyIds: names,
    counts: object({ published: integer(0), deprecated: integer(0), yanked: integer(0) }),
  }),
  ExtensionSummary: object(EXTENSION_SUMMARY),
  FinalizeResult: object(
    {
      extension: object({ id: uuid, name: anyText }, { publisher: anyText }),
      version: object({ id: uuid, version: anyText }),
      contentHash: HEX,
      canonicalKey: anyText,
    },
    { warnings: names },
  ),
  UploadResult: object(
    { upload: object({ key: anyText, strategy: oneOf(["staging"]) }), filename: anyText, size: integer(1) },
    { declaredHash: HEX },
  ),
  VersionChange: object({
    semver: oneOf(["none", "patch", "minor", "major"]),
    asksForMore: flag,
    consent: list(ref("ConsentItem")),
    removed: object({ capabilities: names, egress: names }),
    endpoints: object({ added: names, removed: names }),
  }),
  VersionSummary: object({
    versionId: uuid,
    version: anyText,
    contentHash: CONTENT_HASH,
    sizeBytes: integer(1),
    status: oneOf(["published", "deprecated", "yanked"]),
    reason: nullable(anyText),
    since: nullable(time),
    keyIds: names,
    publishedAt: time,
  }),
} satisfies Partial<ComponentSchemas>;
