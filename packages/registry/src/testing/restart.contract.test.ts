import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { bundleBlobPath, toContentHash } from "@alga-ext/protocol";
import { PGliteDialect } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFileKeyProvider } from "../adapters/file-keys.ts";
import { createFsBlobs } from "../adapters/fs-blobs.ts";
import { createRegistry } from "../create-registry.ts";
import type { Registry } from "../registry.ts";
import { newManifest, packExtension, principalOf } from "./kit/world.ts";

const tenantId = "acme";
const runnerPublicKeyPem = generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "pem" });
let dir = "";
let pglite: PGlite;
/** What a registry has been told before it was closed. */
let told: Awaited<ReturnType<typeof tell>>;

async function open(): Promise<Registry> {
  pglite = await PGlite.create(join(dir, "db"));
  return createRegistry({
    dialect: new PGliteDialect({ pglite }),
    blobs: createFsBlobs(join(dir, "blobs")),
    keys: createFileKeyProvider(join(dir, "keys", "kek")),
    trust: null,
    allowUnsigned: true,
    runnerPublicKeyPem,
  });
}

/** What a statement outside every transaction of the registry would run as. */
async function session(): Promise<unknown> {
  const { rows } = await pglite.query(
    "select current_setting('app.tenant', true) as tenant, current_setting('app.host', true) as host, current_user as role",
  );
  return rows[0];
}

async function tell(registry: Registry) {
  const { archive } = await packExtension(newManifest({ version: "0.1.*" }));
  const request = { archive, signatures: null, principal: principalOf(tenantId, ["extension:publish"]) };
  const published = await registry.publish(request);
  const registryId = published.extension.id;
  const { installId } = await registry.install({
    tenantId,
    registryId,
    version: "0.1.0",
    grants: "declared",
    actor: "admin",
  });
  await registry.setSecrets({ tenantId, registryId, secrets: { api_key: "x" } });
  const scope = { tenantId, installId };
  await registry.hostApi.storage(scope, {
    operation: "put",
    namespace: "n",
    key: "k",
    value: { kept: true },
  });
  const row = { versionId: null, requestId: "r", method: "GET", path: "/", userId: null };
  await registry.executionLog.started({ tenantId, registryId, ...row });
  return { archive, request, published, registryId, installId, scope, session: await session() };
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "ext-registry-"));
  const before = await open();
  told = await tell(before);
  await before.close();
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("statements outside of its transactions run as nobody's", () => {
  expect(told.session).toEqual({ tenant: "", host: "", role: "postgres" });
});

test("everything is there after a restart on the same directory", { timeout: 60_000 }, async () => {
  const { archive, request, published, registryId, installId, scope } = told;
  const after = await open();
  expect(await after.publish(request)).toEqual({ ...published, created: false });
  const resolved = await after.resolver.resolve({ tenantId, extensionId: registryId });
  expect(resolved).toMatchObject({ installId, version: "0.1.0", secretEnvelope: { algorithm: "jwe" } });
  expect(await after.hostApi.storage(scope, { operation: "get", namespace: "n", key: "k" })).toMatchObject({
    value: { kept: true },
    revision: 1,
  });
  expect(await after.executionLog.recent({ tenantId, registryId })).toHaveLength(1);
  expect(await after.verifyReleaseLog({ tenantId })).toMatchObject({ events: 2, brokenAt: null });
  const key = bundleBlobPath(toContentHash(published.contentHash));
  expect(await createFsBlobs(join(dir, "blobs")).stat(key)).toEqual({ sizeBytes: archive.length });
  await after.close();
});
