import { generateSigningKey } from "@alga-ext/bundle/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chainHash, GENESIS_HASH } from "../releases/chain-hash.ts";
import { pickVersion } from "../releases/pick-version.ts";
import { verifyHead } from "../releases/verify-head.ts";
import { verifyInclusion } from "../releases/verify-inclusion.ts";
import { openRegistryDb, type RegistryDb } from "../db/registry-db.ts";
import type { Registry } from "../registry.ts";
import { openPostgres } from "./kit/database.ts";
import { explainingDialect, type ExplainedQuery } from "./kit/explaining-dialect.ts";
import { seedVersions } from "./kit/seed-versions.ts";
import {
  createWorld,
  installNew,
  newManifest,
  newTenant,
  publishExtension,
  type World,
} from "./kit/world.ts";

/** Extensions with a hundred versions each, and one with twenty thousand of which the newest thousand are yanked. */
const EXTENSIONS = 800;
const VERSIONS = 100;
const LARGE = 20_000;
const YANKED = 1_000;
let world: World;
let registry: Registry;
let explained: RegistryDb;
let large = "";
const queries: ExplainedQuery[] = [];

beforeAll(async () => {
  const database = await openPostgres();
  world = await createWorld(database);
  const { admin } = database;
  // A publisher has few of them, a word is in few, and every one is in "common".
  const rows = await admin(
    `insert into extension_registry (publisher, name, slug, display_name, description, created_at, updated_at)
     select 'pub' || i % 200, 'ext' || i, 'pub' || i % 200 || '.ext' || i, 'Extension ' || i, 'common word' || i % 150,
       '2026-01-01', '2026-01-01' from generate_series(1, $1) as i returning id`,
    [EXTENSIONS],
  );
  const ids = rows.map(({ id }) => String(id));
  const versions = Array.from(
    { length: VERSIONS },
    (_, index) => `1.${index}.0${index % 5 === 4 ? "-rc.1" : ""}`,
  );
  for (const registryId of ids) await seedVersions(database, { registryId, versions });
  large = ids[0] ?? "";
  // Yanked ones are everywhere, as they are in a registry that has lived.
  await admin(
    `insert into extension_version_state (version_id, registry_id, yanked_reason, yanked_at)
     select id, registry_id, 'old', '2026-01-01' from extension_version where version like '1.2_.0'`,
  );
  await admin(
    `insert into extension_channel (registry_id, name, version_id, set_at)
     select registry_id, 'lts' || split_part(version, '.', 2), id, '2026-01-01' from extension_version
     where version like '1.3_.0'`,
  );
  const many = Array.from({ length: LARGE }, (_, index) => `2.${index}.0`);
  const seeded = await seedVersions(database, { registryId: large, versions: many });
  await admin(
    `insert into extension_version_state (version_id, registry_id, yanked_reason, yanked_at)
     select id, $1, 'old', '2026-01-01' from unnest($2::uuid[]) as id`,
    [large, seeded.slice(LARGE - YANKED)],
  );
  await admin("analyze");
  const dialect = () => explainingDialect(database.dialect(), (query) => queries.push(query));
  registry = await world.reopen({ dialect: dialect() });
  explained = await openRegistryDb(dialect(), { migrate: false });
}, 240_000);
afterAll(async () => {
  await explained.close();
  await world.close();
});

describe("100,000 versions", () => {
  const tenantId = newTenant();
  const cursorOf = async (page: Promise<{ nextCursor: string | null }>) => (await page).nextCursor ?? "";
  const pick = (wanted: string) =>
    explained.withTenant(tenantId, (tx) => pickVersion(tx, { registryId: large, wanted }));

  test.each<[string, number, () => Promise<unknown>]>([
    ["list", 500, () => registry.releases.list({ limit: 100 })],
    [
      "list: a next page",
      500,
      async () =>
        registry.releases.list({
          limit: 100,
          cursor: await cursorOf(world.registry.releases.list({ limit: 100 })),
        }),
    ],
    ["list: a rare word", 200, () => registry.releases.list({ search: "word77" })],
    ["list: a publisher", 100, () => registry.releases.list({ publisher: "PUB7" })],
    ["get", 50, () => registry.releases.get({ extension: "pub7.ext7" })],
    ["versions", 500, () => registry.releases.versions({ extension: large })],
    [
      "versions: a next page",
      500,
      async () =>
        registry.releases.versions({
          extension: large,
          cursor: await cursorOf(world.registry.releases.versions({ extension: large })),
        }),
    ],
    ["manifest", 50, () => registry.releases.manifest({ extension: large, version: "2.5.0" })],
    ["pick: exact", 50, () => pick("2.5.0")],
    ["pick: a line", 50, () => pick("1.7.*")],
    ["pick: latest, past what is yanked", 50, () => pick("latest")],
    ["pick: beta, past what is yanked", 50, () => pick("beta")],
    ["catalog", 5_000, () => registry.catalog(tenantId)],
    ["catalog: a rare word", 1_000, () => registry.catalog(tenantId, { search: "word77" })],
  ])("%s reads no table from end to end, and at most %i rows", async (_what, maxRows, verb) => {
    queries.length = 0;
    await verb();
    expect(queries.length).toBeGreaterThan(0);
    expect(queries.flatMap(({ scans }) => scans)).toEqual([]);
    expect(queries.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThanOrEqual(maxRows);
  });

  test("counts are kept, not made", async () => {
    const { versionCount, counts, latest } = await world.registry.releases.get({ extension: large });
    expect(versionCount).toBe(LARGE + VERSIONS);
    expect(counts).toEqual({ published: LARGE + VERSIONS - YANKED - 8, deprecated: 0, yanked: YANKED + 8 });
    expect(latest).toBe(`2.${LARGE - YANKED - 1}.0`);
  });
});

describe("a snapshot of 20,000 versions", () => {
  test("a head costs what is new, and a proof as little", { timeout: 120_000 }, async () => {
    const { admin } = world.database;
    const key = await generateSigningKey();
    const signer = { headSigningKey: key.privateKeyPem };
    const vanilla = await world.reopen(signer);
    const check = (signed: string) =>
      verifyHead(signed, { publicKey: key.publicKeyPem, now: new Date(world.clock.now) });
    const before = await check(await vanilla.heads.current());
    const rows = await admin(
      `select v.id, v.version, r.publisher, r.name, b.content_hash from extension_version v
        join extension_registry r on r.id = v.registry_id join extension_bundle b on b.version_id = v.id
        where v.registry_id = $1 and v.version like '2.%'`,
      [large],
    );
    const at = new Date(0).toISOString();
    const links: { seq: number; payload: string; prevHash: string; hash: string }[] = [];
    for (const { id, version, publisher, name, content_hash } of rows) {
      const last = links.at(-1) ?? before;
      const payload = JSON.stringify({ publisher, name, version, versionId: id, contentHash: content_hash });
      const link = { seq: last.seq + 1, payload, prevHash: last.hash };
      links.push({
        ...link,
        hash: chainHash({ ...link, tenantId: "", at, type: "version_published", actor: "a" }),
      });
    }
    await admin(
      `insert into release_event select '', seq, $1, 'version_published', 'a', payload, prev_hash, hash
       from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as e (seq, payload, prev_hash, hash)`,
      [
        at,
        ...(["seq", "payload", "prevHash", "hash"] as const).map((field) => links.map((link) => link[field])),
      ],
    );
    const full = await check(await vanilla.heads.current());
    expect(full.snapshot?.size).toBe((before.snapshot?.size ?? 0) + LARGE);
    // One head for every page of the log, each of them good.
    expect(full.number - before.number).toBeGreaterThan(LARGE / 1_000 - 1);

    await admin("analyze");
    const measured = await world.reopen({
      ...signer,
      dialect: explainingDialect(world.database.dialect(), (query) => queries.push(query)),
    });
    await publishExtension(world, newManifest());
    for (const verb of [
      async () => check(await measured.heads.current()),
      async () => {
        const proof = await measured.heads.proof({ extension: large, version: "2.4321.0" });
        await verifyInclusion(await check(proof.head), proof.entry, proof);
      },
    ]) {
      queries.length = 0;
      await verb();
      expect(queries.flatMap(({ scans }) => scans)).toEqual([]);
      expect(queries.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThanOrEqual(100);
    }
  });
});

describe("100,000 events", () => {
  const COUNT = 100_000;

  test("a chain is checked page by page", { timeout: 120_000 }, async () => {
    const { admin } = world.database;
    const { tenantId } = await installNew(world);
    await admin("alter table release_event disable trigger release_event_frozen");
    await admin("delete from release_event where tenant_id = $1", [tenantId]);
    const at = new Date(0).toISOString();
    const hashes: string[] = [];
    for (let seq = 1; seq <= COUNT; seq++) {
      const link = { tenantId, seq, at, type: "t", actor: "a", payload: "{}" };
      hashes.push(chainHash({ ...link, prevHash: hashes.at(-1) ?? GENESIS_HASH }));
    }
    await admin(
      `insert into release_event select $1, seq, $2, 't', 'a', '{}', coalesce(lag(hash) over (order by seq), $3), hash
       from unnest($4::text[]) with ordinality as chain (hash, seq)`,
      [tenantId, at, GENESIS_HASH, hashes],
    );
    const head = hashes[COUNT - 1] ?? "";
    const heads = [1, 50_000, COUNT].map((seq) => ({ seq, hash: hashes[seq - 1] ?? "" }));
    const good = { events: COUNT, brokenAt: null, problem: null, head };
    expect(await world.registry.verifyReleaseLog({ tenantId, heads })).toEqual(good);

    // At the seam of two pages, where an event and its witness are read apart.
    for (const seq of [77_777, 1_000, 1_001]) {
      await admin("update release_event set actor = 'b' where tenant_id = $1 and seq = $2", [tenantId, seq]);
      expect(await world.registry.verifyReleaseLog({ tenantId })).toMatchObject({
        brokenAt: seq,
        problem: "altered",
      });
      const link = { tenantId, seq, at, type: "t", actor: "b", payload: "{}" };
      const rehashed = chainHash({ ...link, prevHash: hashes[seq - 2] ?? GENESIS_HASH });
      await admin("update release_event set hash = $3 where tenant_id = $1 and seq = $2", [
        tenantId,
        seq,
        rehashed,
      ]);
      expect(await world.registry.verifyReleaseLog({ tenantId })).toMatchObject({
        events: seq - 1,
        brokenAt: seq,
        problem: "altered",
      });
      await admin("update release_event set actor = 'a', hash = $3 where tenant_id = $1 and seq = $2", [
        tenantId,
        seq,
        hashes[seq - 1],
      ]);
    }
    await admin("alter table release_event enable trigger release_event_frozen");
    expect(await world.registry.verifyReleaseLog({ tenantId })).toEqual(good);
  });
});
