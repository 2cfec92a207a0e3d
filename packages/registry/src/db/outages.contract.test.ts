import { generateKeyPairSync, randomUUID } from "node:crypto";
import { sql } from "kysely";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createPgDialect } from "../adapters/pg-dialect.ts";
import { createRegistry } from "../create-registry.ts";
import { RegistryError } from "../errors.ts";
import { createRegistryHandler } from "../http/create-registry-handler.ts";
import { appendOutbox } from "../publish/append-outbox.ts";
import { openPostgres, type PostgresDatabase } from "../testing/kit/database.ts";
import { createMemoryBlobs } from "../testing/memory-blobs.ts";
import { createMemoryKeys } from "../testing/kit/memory-keys.ts";
import { principalOf } from "../testing/kit/world.ts";
import { openRegistryDb, type RegistryDb } from "./registry-db.ts";

let database: PostgresDatabase;
const opened: RegistryDb[] = [];
beforeAll(async () => {
  database = await openPostgres();
}, 120_000);
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});
afterAll(() => database.close());

async function open(options: { readonly max?: number; readonly connectionTimeoutMillis?: number } = {}) {
  const pool = new Pool({ ...database.connection, user: "ext_app", database: "ext", ...options });
  let connects = 0;
  pool.on("connect", () => (connects += 1));
  const db = await openRegistryDb(createPgDialect(pool), { migrate: false });
  opened.push(db);
  return { db, connects: () => connects };
}

/** Let the application neither stay nor come back. */
async function lockOut(): Promise<void> {
  await database.admin("alter role ext_app nologin");
  const ofApp = "from pg_stat_activity where usename = 'ext_app'";
  // Ending a connection is asked for, not awaited, by the server.
  while ((await database.admin(`select pg_terminate_backend(pid) ${ofApp}`)).length > 0);
}

const write = (db: RegistryDb, id: string) =>
  db.shared((tx) => appendOutbox(tx, { kind: "test.acked", tenantId: "", payload: { id }, at: new Date(0) }));
const read = (db: RegistryDb) => db.shared((tx) => sql`select 1`.execute(tx));

async function outageOf(promise: Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RegistryError)) throw new Error("expected an outage", { cause: error });
  expect(error).toMatchObject({
    code: "database_unavailable",
    status: 503,
    retryable: true,
    details: { retryAfterMs: 1000 },
  });
  expect(error.cause).toBeInstanceOf(Error);
  return error;
}

test("a server that dies under load gives typed errors, is used again at once, and keeps what it acknowledged", async () => {
  const { db } = await open({ max: 5 });
  const acked: string[] = [];
  const end = new AbortController();
  let [next, outages] = [0, 0];
  const client = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const id = `${next++}`;
      try {
        await write(db, id);
        acked.push(id);
      } catch (error) {
        await outageOf(Promise.reject(error));
        outages += 1;
        // What a caller with retry-after does: come back when the server is there.
        await crash;
      }
    }
  };
  const clients = Array.from({ length: 8 }, client);
  while (acked.length < 50) await read(db);
  const crash = database.crash();
  await crash;
  const from = performance.now();
  await write(db, "after");
  expect(performance.now() - from).toBeLessThan(5_000);
  end.abort();
  await Promise.all(clients);
  expect(outages).toBeGreaterThan(0);
  const rows = await database.admin(
    "select payload->>'id' as id from extension_outbox where kind = 'test.acked'",
  );
  const stored = new Set(rows.map(({ id }) => id));
  expect([...acked, "after"].filter((id) => !stored.has(id))).toEqual([]);
});

test("an unreachable server is asked once per request, not in a loop", async () => {
  const { db, connects } = await open({ max: 2 });
  await lockOut();
  const before = connects();
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      await db
        .shared((tx) => sql`select 1`.execute(tx))
        .then(
          () => expect.unreachable(),
          () => undefined,
        );
    }
    expect(connects() - before).toBe(0);
  } finally {
    await database.admin("alter role ext_app login");
  }
  await read(db);
});

test("a full server and a full pool are outages; what holds a connection goes on", async () => {
  const { db } = await open({ max: 3, connectionTimeoutMillis: 200 });
  await database.admin("alter role ext_app connection limit 1");
  try {
    const isHeld = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const held = db.shared(async (tx) => {
      isHeld.resolve();
      await release.promise;
      return sql`select 1`.execute(tx);
    });
    await isHeld.promise;
    expect((await outageOf(read(db))).cause).toMatchObject({ code: "53300" });
    release.resolve();
    expect((await held).rows).toHaveLength(1);
  } finally {
    await database.admin("alter role ext_app connection limit -1");
  }
  const small = (await open({ max: 1, connectionTimeoutMillis: 100 })).db;
  await small.shared(async () => {
    await outageOf(read(small));
  });
  await read(small);
});

test("a server that only reads refuses writes as an outage, and reads go on", async () => {
  await database.admin("alter role ext_app set default_transaction_read_only = on");
  try {
    const { db } = await open();
    expect((await outageOf(write(db, "x"))).cause).toMatchObject({ code: "25006" });
    await read(db);
  } finally {
    await database.admin("alter role ext_app reset default_transaction_read_only");
  }
});

test("over HTTP it is a 503 that says when to come back", async () => {
  const registry = await createRegistry({
    dialect: database.dialect(),
    blobs: createMemoryBlobs(),
    keys: createMemoryKeys(),
    trust: null,
    allowUnsigned: true,
    runnerPublicKeyPem: generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "pem" }),
    migrate: false,
  });
  const handle = createRegistryHandler(registry, {
    authenticate: async () => principalOf("acme", ["extension:read"]),
    runnerApiKey: randomUUID(),
  });
  const ask = () => handle(new Request("http://localhost/api/extensions/catalog"));
  await lockOut();
  try {
    const response = await ask();
    expect(response?.status).toBe(503);
    expect(response?.headers.get("retry-after")).toBe("1");
  } finally {
    await database.admin("alter role ext_app login");
  }
  expect((await ask())?.status).toBe(200);
  await registry.close();
});

test("what the server says about a statement is no outage", async () => {
  const { db } = await open();
  for (const [statement, state] of [
    ["select 1 / 0", "22012"],
    ["select * from no_such_table", "42P01"],
    ["delete from release_event", "42501"],
  ] as const) {
    await expect(db.shared((tx) => sql.raw(statement).execute(tx))).rejects.toMatchObject({ code: state });
  }
  await expect(
    db.shared(async () => {
      throw new TypeError("a bug");
    }),
  ).rejects.toThrow(TypeError);
});
