import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openPglite } from "../testing/kit/database.ts";
import { describeTables } from "../testing/kit/describe-tables.ts";
import { openRegistryDb } from "./registry-db.ts";

test("docs/registry-tables.md is what the migrations make: node packages/registry/scripts/write-tables.ts", async () => {
  const database = await openPglite();
  const db = await openRegistryDb(database.dialect(), { migrate: true });
  try {
    const text = await describeTables((sql) => database.admin(sql));
    const page = new URL("../../../../docs/registry-tables.md", import.meta.url);
    expect(await readFile(page, "utf8")).toBe(text);
  } finally {
    await db.close();
    await database.close();
  }
});
