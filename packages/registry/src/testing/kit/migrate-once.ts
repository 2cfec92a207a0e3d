/** A process that migrates a database with the registry as built, to be killed while it does. */
import { migrate } from "@alga-ext/registry";
import { PostgresDialect } from "kysely";
import { Pool } from "pg";

const pool = new Pool(JSON.parse(process.argv[2] ?? "{}") as object);
await migrate({ dialect: new PostgresDialect({ pool }), appRole: "ext_app" });
