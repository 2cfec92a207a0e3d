import { bundleBlobPath, bundleSignaturePath, toContentHash } from "@alga-ext/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createS3Blobs } from "../adapters/s3-blobs.ts";
import type { Registry } from "../registry.ts";
import { FAKE_S3_REGION, startFakeS3, type FakeS3 } from "./kit/fake-s3.ts";
import { refusalOf } from "./kit/rejection.ts";
import {
  newManifest,
  newTenant,
  packExtension,
  principalOf,
  signArchive,
  type ManifestInput,
  type World,
} from "./kit/world.ts";

/** What a registry does whose archives lie in a bucket, while that works and while it does not. */
export function s3InUseContract(world: () => World): void {
  describe("archives in a bucket", () => {
    let s3: FakeS3;
    let registry: Registry;
    beforeAll(async () => {
      s3 = await startFakeS3();
      registry = await world().reopen({
        blobs: createS3Blobs({
          ...s3,
          region: FAKE_S3_REGION,
          credentials: () => s3.credentials,
          attempts: 2,
        }),
      });
    });
    afterAll(() => s3.close());

    const request = async (manifest: ManifestInput) => {
      const { archive } = await packExtension(manifest);
      const signatures = await signArchive(archive, world().signer);
      return { archive, signatures, principal: world().publisher };
    };
    const read = async (extension: string, version: string): Promise<Buffer> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of (await registry.releases.bundle({ extension, version })).body)
        chunks.push(chunk);
      return Buffer.concat(chunks);
    };
    const stage = (archive: Uint8Array, principal = principalOf(newTenant(), ["extension:publish"])) =>
      registry.uploads.stage({
        filename: "bundle.tar.zst",
        size: archive.length,
        body: (async function* () {
          yield archive;
        })(),
        principal,
      });

    test("lie where runners look for them", async () => {
      const published = await request(newManifest());
      const { contentHash, extension, version } = await registry.publish(published);
      const hash = toContentHash(contentHash);
      expect(s3.objects.get(bundleBlobPath(hash))?.body.equals(published.archive)).toBe(true);
      expect(s3.objects.has(bundleSignaturePath(hash))).toBe(true);
      expect((await read(extension.id, version.version)).equals(published.archive)).toBe(true);
    });

    test("a store that fails publishes nothing, and installs go on serving", async () => {
      const published = await request(newManifest());
      const { extension, version } = await registry.publish(published);
      const [tenantId, registryId] = [newTenant(), extension.id];
      await registry.install({
        tenantId,
        registryId,
        version: version.version,
        grants: "declared",
        actor: "admin",
      });
      const manifest = newManifest();
      const next = await request(manifest);
      s3.onRequest(() => "unavailable");
      try {
        expect((await refusalOf(registry.publish(next))).code).toBe("blob_store_unavailable");
        expect((await refusalOf(stage(next.archive))).code).toBe("blob_store_unavailable");
        expect(await registry.resolver.resolve({ tenantId, extensionId: registryId })).toMatchObject({
          registryId,
        });
      } finally {
        s3.onRequest(() => null);
      }
      const slug = `${manifest.publisher}.${manifest.name}`;
      expect((await refusalOf(registry.releases.get({ extension: slug }))).code).toBe("extension_not_found");
      expect(await registry.publish(next)).toMatchObject({ created: true });
    });

    test("other bytes than were published are noticed wherever they are read", async () => {
      const published = await request(newManifest());
      const { extension, version } = await registry.publish(published);
      const staged = await request(newManifest());
      const uploader = principalOf(newTenant(), ["extension:publish"]);
      const { upload } = await stage(staged.archive, uploader);
      s3.onRequest(({ method }) => (method === "GET" ? "flipped" : null));
      try {
        await expect(read(extension.id, version.version)).rejects.toMatchObject({ code: "blob_corrupt" });
        const finalized = registry.uploads.finalize({
          ...upload,
          signatures: staged.signatures,
          principal: uploader,
        });
        expect((await refusalOf(finalized)).code).toBe("blob_corrupt");
      } finally {
        s3.onRequest(() => null);
      }
      expect((await read(extension.id, version.version)).equals(published.archive)).toBe(true);
    });
  });
}
