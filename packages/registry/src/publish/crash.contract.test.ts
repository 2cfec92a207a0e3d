import { createHash, generateKeyPairSync, randomInt } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as instant } from "node:timers/promises";
import { parseTrustBundle, type BundleSigner } from "@alga-ext/bundle";
import { createPemSigner, generateSigningKey } from "@alga-ext/bundle/node";
import { bundleAcceptancePath, bundleBlobPath, bundleSignaturePath, toContentHash } from "@alga-ext/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFileKeyProvider } from "../adapters/file-keys.ts";
import { createFsBlobs } from "../adapters/fs-blobs.ts";
import { createRegistry } from "../create-registry.ts";
import type { BlobStore } from "../ports.ts";
import type { Registry } from "../registry.ts";
import { openPostgres, type PostgresDatabase } from "../testing/kit/database.ts";
import {
  startPublishWorker,
  type PublishWorker,
  type WorkerAnswer,
  type WorkerSetup,
} from "../testing/kit/publish-workers.ts";
import { newManifest, packExtension, signArchive, type ManifestInput } from "../testing/kit/world.ts";

/** Kills of publishing processes, and of the database, each at a random instant. */
const WORKER_KILLS = 40;
const DATABASE_KILLS = 10;

interface Archive {
  readonly file: string;
  readonly digest: string;
  readonly signatures: string;
  readonly manifest: ManifestInput;
}

let dir = "";
let database: PostgresDatabase;
let blobs: BlobStore;
let registry: Registry;
let signer: BundleSigner;
let setup: WorkerSetup;
let ledger = "";
let lastId = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "ext-crash-"));
  await mkdir(join(dir, "archives"));
  ledger = join(dir, "ledger");
  database = await openPostgres();
  const key = await generateSigningKey();
  signer = await createPemSigner(key.privateKeyPem);
  const runnerPublicKeyPem = generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "pem" });
  setup = {
    connection: database.connection,
    blobsDir: join(dir, "blobs"),
    keyFile: join(dir, "kek"),
    compileCache: join(dir, "compiled"),
    trustPem: key.publicKeyPem,
    runnerPublicKeyPem,
  };
  blobs = createFsBlobs(setup.blobsDir);
  registry = await createRegistry({
    dialect: database.dialect(),
    blobs,
    keys: createFileKeyProvider(setup.keyFile),
    trust: await parseTrustBundle(setup.trustPem),
    runnerPublicKeyPem,
    migrate: false,
  });
}, 120_000);
afterAll(async () => {
  await registry.close();
  await database.close();
  await rm(dir, { recursive: true, force: true });
});

async function prepare(manifest: ManifestInput, salt: string): Promise<Archive> {
  const { archive, contentHash } = await packExtension(manifest, { salt });
  const file = join(dir, "archives", contentHash.slice(7));
  await writeFile(file, archive);
  return {
    file,
    digest: contentHash.slice(7),
    signatures: await signArchive(archive, signer),
    manifest,
  };
}

/** Write down what is about to be asked, ask, and write down what was answered. */
async function send(
  worker: PublishWorker,
  archive: Archive,
  how: { readonly isStream?: boolean; readonly dieAt?: "stored" | "committed" } = {},
): Promise<WorkerAnswer | null> {
  const id = ++lastId;
  const { file, digest, signatures, manifest } = archive;
  const note = (entry: object): void => appendFileSync(ledger, `${JSON.stringify({ id, ...entry })}\n`);
  note({
    asked: { publisher: manifest.publisher, name: manifest.name, version: manifest["version"], digest },
  });
  const answer = await worker.send({ id, archiveFile: file, signatures, isStream: false, ...how });
  if (answer !== null) note("ok" in answer ? { acked: answer.ok } : { refused: answer.refused });
  return answer;
}

/** Every sentence of "nothing lost" about publishing, from the ledger, the rows and the store. */
async function assertNothingLost(): Promise<{ acked: number; rows: number }> {
  const entries = readFileSync(ledger, "utf8")
    .trim()
    .split("\n")
    .map(
      (line) =>
        JSON.parse(line) as {
          id: number;
          asked?: { publisher: string; name: string; version: string; digest: string };
          acked?: { versionId: string; version: string; contentHash: string };
        },
    );
  const asked = new Map(entries.flatMap(({ id, asked: what }) => (what === undefined ? [] : [[id, what]])));
  const rows = await database.admin(
    `select v.id, v.version, b.content_hash, r.publisher, r.name,
      (select count(*)::int from release_event e where e.tenant_id = '' and e.payload like '%' || v.id || '%') as events,
      (select count(*)::int from extension_outbox o where o.payload->>'versionId' = v.id::text) as told,
      (select count(*)::int from extension_api_endpoint a where a.version_id = v.id) as endpoints
     from extension_version v join extension_registry r on r.id = v.registry_id
     left join extension_bundle b on b.version_id = v.id`,
  );
  const byId = new Map(rows.map((row) => [row["id"], row]));
  // Whoever got an answer finds what the answer said.
  let acked = 0;
  for (const { id, acked: answer } of entries) {
    if (answer === undefined) continue;
    acked += 1;
    const what = asked.get(id);
    expect(answer.contentHash).toBe(what?.digest);
    expect(byId.get(answer.versionId)).toMatchObject({
      version: answer.version,
      content_hash: `sha256:${what?.digest}`,
      publisher: what?.publisher,
      name: what?.name,
    });
  }
  // No version has two digests, none lacks its record, and none its archive.
  expect(
    new Set(rows.map((row) => JSON.stringify([row["publisher"], row["name"], row["version"]]))).size,
  ).toBe(rows.length);
  for (const row of rows) {
    expect(row).toMatchObject({ events: 1, told: 1, endpoints: 1 });
    const hash = toContentHash(String(row["content_hash"]));
    const archive = await blobs.get(bundleBlobPath(hash));
    expect(
      createHash("sha256")
        .update(archive ?? "")
        .digest("hex"),
    ).toBe(hash.slice(7));
    expect(await blobs.stat(bundleSignaturePath(hash))).not.toBeNull();
    expect(await blobs.stat(bundleAcceptancePath(hash))).toEqual({ sizeBytes: 24 });
  }
  expect((await registry.verifyReleaseLog()).brokenAt).toBeNull();
  return { acked, rows: rows.length };
}

test("50 publishers of one version in 5 processes: one wins, 49 learn the winner's digest", async () => {
  const manifest = newManifest();
  const archives = await Promise.all(Array.from({ length: 50 }, (_, index) => prepare(manifest, `${index}`)));
  const workers = await Promise.all(Array.from({ length: 5 }, () => startPublishWorker(setup)));
  const answers = await Promise.all(
    archives.map((archive, index) => {
      const worker = workers[index % workers.length];
      if (worker === undefined) throw new Error("no worker");
      return send(worker, archive, { isStream: index % 2 === 0 });
    }),
  );
  const winners = answers.flatMap((answer) => (answer !== null && "ok" in answer ? [answer.ok] : []));
  const losers = answers.flatMap((answer) =>
    answer !== null && "refused" in answer ? [answer.refused] : [],
  );
  expect(winners).toHaveLength(1);
  expect(losers).toHaveLength(49);
  for (const loser of losers) {
    expect(loser).toMatchObject({
      code: "version_exists",
      details: { contentHash: `sha256:${winners[0]?.contentHash}` },
    });
  }
  await Promise.all(workers.map((worker) => worker.close()));
  await assertNothingLost();
}, 60_000);

test.each([
  ["between archive and row", "stored"],
  ["between commit and answer", "committed"],
] as const)(
  "a process that dies %s leaves what a retry completes",
  async (_, dieAt) => {
    const archive = await prepare(newManifest({ version: "0.4.*" }), dieAt);
    const first = await startPublishWorker(setup);
    expect(await send(first, archive, { dieAt })).toBeNull();
    const path = bundleBlobPath(toContentHash(`sha256:${archive.digest}`));
    expect(await blobs.stat(path)).not.toBeNull();
    const [row] = await database.admin(
      "select count(*)::int as n from extension_bundle where content_hash = $1",
      [`sha256:${archive.digest}`],
    );
    expect(row).toEqual({ n: dieAt === "stored" ? 0 : 1 });
    // The janitor may come between: an orphan goes, what a version names stays.
    const { orphans } = await registry.maintenance.sweep({ now: Date.now() + 25 * 60 * 60 * 1000 });
    expect(orphans.count > 0).toBe(dieAt === "stored");
    const second = await startPublishWorker(setup);
    expect(await send(second, archive)).toMatchObject({
      ok: { version: "0.4.0", contentHash: archive.digest, created: dieAt === "stored" },
    });
    await second.close();
    await assertNothingLost();
  },
  60_000,
);

test("killed at random instants, processes and database lose nothing", async () => {
  const seed = Number(process.env["CRASH_SEED"] ?? randomInt(2 ** 31));
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error("nothing to pick");
    return item;
  };
  // Few names and versions, so that publishes of different and of the same bytes meet.
  const pool: Archive[] = [];
  for (let extension = 0; extension < 4; extension++) {
    const manifest = newManifest();
    for (const version of ["1.0.0", "1.1.0", "1.2.0", "2.0.*", "2.1.*"]) {
      for (const salt of ["a", "b", "c"]) pool.push(await prepare({ ...manifest, version }, salt));
    }
  }
  let kills = 0;
  let inFlight = 0;
  const codes = new Map<string, number>();
  const count = (answer: WorkerAnswer | null): void => {
    const code = answer === null ? "died" : "ok" in answer ? "ok" : answer.refused.code;
    codes.set(code, (codes.get(code) ?? 0) + 1);
  };
  const few = (worker: PublishWorker) =>
    Array.from({ length: 4 }, () => send(worker, pick(pool), { isStream: random() < 0.5 }));
  // How long a few publishes take here and now, in a process that just started: the kills fall anywhere in that.
  const first = await startPublishWorker(setup);
  const from = performance.now();
  for (const answer of await Promise.all(few(first))) count(answer);
  let longestMs = performance.now() - from;
  await first.close();
  /** A few publishes at once, and a kill while they run. */
  const round = async (worker: PublishWorker, kill: () => Promise<void>): Promise<void> => {
    const sent = few(worker);
    let open = sent.length;
    for (const one of sent) void one.finally(() => (open -= 1));
    // The instant is what is tested, not awaited.
    await instant(random() * longestMs);
    if (open > 0) inFlight += 1;
    await kill();
    kills += 1;
    for (const answer of await Promise.all(sent)) count(answer);
  };
  const killWorkers = async (times: number): Promise<void> => {
    let next = startPublishWorker(setup);
    for (let index = 0; index < times; index++) {
      const worker = await next;
      if (index + 1 < times) next = startPublishWorker(setup);
      await round(worker, () => worker.kill());
    }
  };
  await killWorkers(WORKER_KILLS);
  const survivor = await startPublishWorker(setup);
  // It is warm by now, and has its connections back after the first kill.
  longestMs /= 2;
  for (let index = 0; index < DATABASE_KILLS; index++) await round(survivor, () => database.crash());

  // Whoever got no answer asks again, and everybody gets the same one from now on.
  const settled = new Map<Archive, WorkerAnswer | null>();
  await Promise.all(
    pool.map(async (archive) => {
      settled.set(archive, await send(survivor, archive));
    }),
  );
  const asked = await Promise.all(
    pool.map(async (archive) => ({ archive, again: await send(survivor, archive, { isStream: true }) })),
  );
  for (const { archive, again } of asked) {
    const before = settled.get(archive);
    if (before === null || before === undefined || again === null) throw new Error("the survivor died");
    if ("ok" in before) expect(again).toMatchObject({ ok: { ...before.ok, created: false } });
    else expect(again).toMatchObject({ refused: before.refused });
  }
  await survivor.close();
  const { acked, rows } = await assertNothingLost();
  const known = ["ok", "died", "version_exists", "database_unavailable"];
  expect([...codes.keys()].filter((code) => !known.includes(code))).toEqual([]);
  // Most kills must hit something, or the test shows nothing.
  expect(inFlight).toBeGreaterThan(kills / 3);

  const swept = await registry.maintenance.sweep({ now: Date.now() + 25 * 60 * 60 * 1000 });
  await assertNothingLost();
  const referenced = new Set(
    (await database.admin("select content_hash from extension_bundle")).map((row) =>
      bundleBlobPath(toContentHash(String(row["content_hash"]))),
    ),
  );
  for (const { key } of (await blobs.list("")).blobs) {
    expect(referenced).toContain(key.replace(/\.(?:jws|accepted)$/, ""));
  }
  process.stderr.write(
    `crash seed ${seed}: ${kills} kills, ${inFlight} with publishes under way, ${acked} acknowledged, ${rows} versions, ` +
      `answers ${JSON.stringify(Object.fromEntries(codes))}, swept ${JSON.stringify(swept)}\n`,
  );
}, 300_000);

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
