import { createHash } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import { expect, test } from "vitest";
import { FIRST_TABLES } from "../db/migrations/0001-first-tables.ts";
import { openRegistryDb } from "../db/registry-db.ts";
import { getExtension } from "../releases/get-extension.ts";
import { listExtensions } from "../releases/list-extensions.ts";
import { listVersions } from "../releases/list-versions.ts";
import type { TestDatabase } from "./kit/database.ts";
import { emptyPglite } from "./kit/empty-pglite.ts";
import { seedVersions } from "./kit/seed-versions.ts";

test("what the first release stored is found, ordered and counted after an upgrade", async () => {
  const pglite = await PGlite.create(await emptyPglite());
  for (const statement of FIRST_TABLES) await pglite.exec(statement);
  await pglite.exec(`create table extension_migration (
    name text primary key, checksum text not null, applied_at timestamptz not null default now())`);
  await pglite.query("insert into extension_migration values ('0001-first-tables', $1)", [
    createHash("sha256").update(FIRST_TABLES.join(";\n")).digest("hex"),
  ]);
  const admin: TestDatabase["admin"] = async (text, values = []) =>
    (await pglite.query<Record<string, unknown>>(text, [...values])).rows;
  const [full, empty] = await admin(
    `insert into extension_registry (publisher, name, slug, display_name, description, created_at, updated_at)
     select 'acme', n, 'acme.' || n, 'Title of ' || n, 'words', '2026-01-01', '2026-01-01'
     from unnest(array['full', 'empty']) as n returning id`,
  );
  const registryId = String(full?.["id"]);
  const versions = ["1.9.0", "1.10.0", "2.0.0-rc.1"];
  await seedVersions({ admin } as TestDatabase, { registryId, versions });

  const db = await openRegistryDb(new PGliteDialect({ pglite }), { migrate: true });
  expect((await listExtensions(db, { search: "titl" })).items).toMatchObject([
    { slug: "acme.full", latest: "1.10.0", versionCount: 3 },
  ]);
  expect((await listExtensions(db, { includeYanked: true })).items).toHaveLength(2);
  const { items } = await listVersions(db, { extension: "acme.full" });
  expect(items.map(({ version }) => version)).toEqual(versions.toReversed());
  expect(await getExtension(db, { extension: registryId })).toMatchObject({
    newest: { version: "2.0.0-rc.1" },
    counts: { published: 3 },
  });
  expect(await getExtension(db, { extension: String(empty?.["id"]) })).toMatchObject({
    newest: null,
    channels: [],
    versionCount: 0,
  });
  await db.close();
});
