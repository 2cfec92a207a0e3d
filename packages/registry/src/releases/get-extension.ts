import { sql } from "kysely";
import type { RegistryDb, SharedDb } from "../db/registry-db.ts";
import { MOVING_CHANNELS } from "./channel-names.ts";
import { findExtension } from "./find-extension.ts";
import type { ExtensionSummary } from "./list-extensions.ts";
import { selectVersions, toVersionSummary, type VersionSummary } from "./list-versions.ts";

/** Where a channel points. */
export interface Channel {
  readonly name: string;
  readonly versionId: string;
  readonly version: string;
  /** Set by hand; `latest` and `beta` otherwise move by themselves. */
  readonly pinned: boolean;
}

/** An extension with what there is of it. */
export interface ExtensionDetails extends ExtensionSummary {
  /** The newest version that is not yanked, pre-releases included; null when all are. */
  readonly newest: VersionSummary | null;
  /** By name; without `latest` or `beta` when nothing is there to point to. */
  readonly channels: readonly Channel[];
  /** Keys to which the first signed publish bound the publisher's name; empty while unbound. */
  readonly publisherKeyIds: readonly string[];
  readonly counts: Readonly<Record<VersionSummary["status"], number>>;
}

/**
 * One extension by registry id or slug.
 *
 * @throws {RegistryError} `extension_not_found`
 */
export function getExtension(
  db: RegistryDb,
  request: { readonly extension: string },
): Promise<ExtensionDetails> {
  return db.shared(async (tx) => {
    const { id } = await findExtension(tx, request.extension);
    const row = await tx
      .selectFrom("extension_registry")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const newest = await selectVersions(tx).where("v.id", "=", row.newest_version_id).executeTakeFirst();
    const publisher = await tx
      .selectFrom("extension_publisher")
      .select("key_ids")
      .where("publisher", "=", row.publisher.toLowerCase())
      .executeTakeFirst();
    const channels = await readChannels(tx, id);
    return {
      registryId: id,
      slug: row.slug,
      publisher: row.publisher,
      name: row.name,
      displayName: row.display_name,
      description: row.description,
      latest: channels.find(({ name }) => name === "latest")?.version ?? null,
      versionCount: row.version_count,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      newest: newest === undefined ? null : toVersionSummary(newest),
      channels,
      publisherKeyIds: publisher?.key_ids ?? [],
      counts: await countStates(tx, { registryId: id, total: row.version_count }),
    };
  });
}

/** Every channel of an extension, by name. */
export async function readChannels(tx: SharedDb, registryId: string): Promise<Channel[]> {
  const set = await tx
    .selectFrom("extension_channel as c")
    .innerJoin("extension_version as v", "v.id", "c.version_id")
    .select(["c.name", "v.id", "v.version"])
    .where("c.registry_id", "=", registryId)
    .execute();
  const moving = await tx
    .selectFrom("extension_registry as r")
    .innerJoin("extension_version as v", (join) =>
      join.on((eb) => eb("v.id", "in", [eb.ref("r.latest_version_id"), eb.ref("r.newest_version_id")])),
    )
    .select(["v.id", "v.version", "r.latest_version_id", "r.newest_version_id"])
    .where("r.id", "=", registryId)
    .execute();
  const channels = set.map(({ name, id, version }) => ({ name, versionId: id, version, pinned: true }));
  for (const [name, column] of Object.entries(MOVING_CHANNELS)) {
    const target = moving.find((row) => row.id === row[column]);
    if (target === undefined || set.some((channel) => channel.name === name)) continue;
    channels.push({ name, versionId: target.id, version: target.version, pinned: false });
  }
  return channels.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function countStates(
  tx: SharedDb,
  { registryId, total }: { readonly registryId: string; readonly total: number },
): Promise<ExtensionDetails["counts"]> {
  const { yanked, deprecated } = await tx
    .selectFrom("extension_version_state")
    .select([
      sql<string | number>`count(*) filter (where yanked_at is not null)`.as("yanked"),
      sql<string | number>`count(*) filter (where yanked_at is null and deprecated_at is not null)`.as(
        "deprecated",
      ),
    ])
    .where("registry_id", "=", registryId)
    .executeTakeFirstOrThrow();
  return {
    published: total - Number(yanked) - Number(deprecated),
    deprecated: Number(deprecated),
    yanked: Number(yanked),
  };
}
