/** Write docs/registry-tables.md from the migrations: `node packages/registry/scripts/write-tables.ts`, after a build. */
import { writeFile } from "node:fs/promises";
import { openRegistryDb } from "../src/db/registry-db.ts";
import { openPglite } from "../src/testing/kit/database.ts";
import { describeTables } from "../src/testing/kit/describe-tables.ts";

const database = await openPglite();
const db = await openRegistryDb(database.dialect(), { migrate: true });
const text = await describeTables((sql) => database.admin(sql));
await writeFile(new URL("../../../docs/registry-tables.md", import.meta.url), text);
await db.close();
await database.close();
