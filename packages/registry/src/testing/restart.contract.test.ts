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

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "ext-registry-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("everything is there after a restart on the same directory", async () => {
  const runnerPublicKeyPem = generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "pem" });
  let pglite: PGlite;
  const open = async (): Promise<Registry> => {
    pglite = await PGlite.create(join(dir, "db"));
    return createRegistry({
      dialect: new PGliteDialect({ pglite }),
      blobs: createFsBlobs(join(dir, "blobs")),
      keys: createFileKeyProvider(join(dir, "keys", "kek")),
      trust: null,
      allowUnsigned: true,
      runnerPublicKeyPem,
    });
  };
  /** What a statement outside every transaction of the registry would run as. */
  const session = async () => {
    const { rows } = await pglite.query(
      "select current_setting('app.tenant', true) as tenant, current_setting('app.host', true) as host, current_user as role",
    );
    return rows[0];
  };
  const tenantId = "acme";
  const { archive } = await packExtension(newManifest({ version: "0.1.*" }));
  const request = { archive, signatures: null, principal: principalOf(tenantId, ["extension:publish"]) };

  const before = await open();
  const published = await before.publish(request);
  const registryId = published.extension.id;
  const { installId } = await before.install({
    tenantId,
    registryId,
    version: "0.1.0",
    grants: "declared",
    actor: "admin",
  });
  await before.setSecrets({ tenantId, registryId, secrets: { api_key: "x" } });
  const scope = { tenantId, installId };
  await before.hostApi.storage(scope, { operation: "put", namespace: "n", key: "k", value: { kept: true } });
  const row = { versionId: null, requestId: "r", method: "GET", path: "/", userId: null };
  await before.executionLog.started({ tenantId, registryId, ...row });
  expect(await session()).toEqual({ tenant: "", host: "", role: "postgres" });
  await before.close();

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
