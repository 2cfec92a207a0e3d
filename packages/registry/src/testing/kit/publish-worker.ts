/**
 * A process that publishes what it is told on its standard input, one JSON line each, and answers each with a line. It
 * runs the registry as built. Ends when its input does, or when it is killed, which is what it is for.
 */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parseTrustBundle } from "@alga-ext/bundle";
import { CodedError, type Principal } from "@alga-ext/protocol";
import { createRegistry, type BlobStore } from "@alga-ext/registry";
import { createFileKeyProvider } from "@alga-ext/registry/adapters/file-keys";
import { createFsBlobs } from "@alga-ext/registry/adapters/fs-blobs";
import { createPgDialect } from "@alga-ext/registry/adapters/pg-dialect";
import { Pool } from "pg";
import type { WorkerAnswer, WorkerRequest, WorkerSetup } from "./publish-workers.ts";

const setup = JSON.parse(process.argv[2] ?? "{}") as WorkerSetup;
let dieWhenStored = false;

const die = (): never => {
  process.kill(process.pid, "SIGKILL");
  throw new Error("still alive");
};

/** Dies between an archive and its row, when told to. */
function fragile(blobs: BlobStore): BlobStore {
  return {
    ...blobs,
    async put(key, body, options) {
      const outcome = await blobs.put(key, body, options);
      if (dieWhenStored && !key.includes("/_staging/")) die();
      return outcome;
    },
  };
}

async function* pieces(archive: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < archive.length; at += 256) {
    await nextTurn();
    yield archive.subarray(at, at + 256);
  }
}

const pool = new Pool({ ...setup.connection, user: "ext_app", database: "ext", max: 5 });
const registry = await createRegistry({
  dialect: createPgDialect(pool),
  blobs: fragile(createFsBlobs(setup.blobsDir)),
  keys: createFileKeyProvider(setup.keyFile),
  trust: await parseTrustBundle(setup.trustPem),
  runnerPublicKeyPem: setup.runnerPublicKeyPem,
  migrate: false,
});
const principal: Principal = {
  tenantId: "acme",
  userId: "worker",
  userType: "service",
  email: "worker@example.com",
  name: "Worker",
  permissions: ["extension:publish"],
};

async function handle(request: WorkerRequest): Promise<WorkerAnswer> {
  const { id, archiveFile, signatures } = request;
  try {
    const archive = await readFile(archiveFile);
    dieWhenStored = request.dieAt === "stored";
    const result = await registry.publish({
      archive: request.isStream ? pieces(archive) : archive,
      signatures,
      principal,
    });
    if (request.dieAt === "committed") die();
    const { version, contentHash, created } = result;
    return { id, ok: { versionId: version.id, version: version.version, contentHash, created } };
  } catch (error) {
    const coded = error instanceof CodedError ? error : null;
    return { id, refused: { code: coded?.code ?? String(error), details: coded?.details ?? {} } };
  }
}

const say = (answer: WorkerAnswer | "ready"): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
};
say("ready");
for await (const line of createInterface({ input: process.stdin })) {
  void handle(JSON.parse(line) as WorkerRequest).then(say);
}
await registry.close();
