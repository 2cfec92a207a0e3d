import { bundleBlobPath } from "@alga-ext/protocol";
import { describe, expect, test } from "vitest";
import type { BlobStore } from "../ports.ts";
import { appendOutbox } from "../publish/append-outbox.ts";
import { createMemoryBlobs } from "./memory-blobs.ts";
import { refusalOf } from "./kit/rejection.ts";
import { newManifest, packExtension, principalOf, newTenant, signArchive, type World } from "./kit/world.ts";

const HOUR_MS = 60 * 60 * 1000;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What the janitor promises. */
export function maintenanceContract(world: () => World): void {
  describe("maintenance", () => {
    /** A registry with blobs of its own, whose times are the test's clock. */
    const open = async (wrap: (blobs: BlobStore) => BlobStore = (blobs) => blobs) => {
      const clock = { now: world().clock.now };
      const blobs = createMemoryBlobs(() => clock.now);
      const registry = await world().reopen({ blobs: wrap(blobs), clock: () => clock.now });
      return { clock, blobs, registry };
    };
    const signed = async (manifest = newManifest()) => {
      const { archive, contentHash } = await packExtension(manifest);
      return { archive, contentHash, signatures: await signArchive(archive, world().signer) };
    };
    const keysOf = async (blobs: BlobStore) => (await blobs.list("")).blobs.map(({ key }) => key);

    test("removes orphans and broken-off uploads after a day, and never what a version names", async () => {
      const { clock, blobs, registry } = await open();
      const principal = principalOf(newTenant(), ["extension:publish"]);
      const kept = await signed();
      await registry.publish({ ...kept, principal });
      const published = await keysOf(blobs);
      expect(published).toHaveLength(3);
      const hex = "0123456789abcdef".repeat(4);
      const orphan = bundleBlobPath(`sha256:${hex}`);
      for (const key of [orphan, `${orphan}.jws`, `${orphan}.accepted`])
        await blobs.put(key, Buffer.from("12345"));
      await blobs.put(
        "sha256/_staging/54476593-4127-4b9c-856e-7e4f85daa48f/bundle.tar.zst",
        Buffer.from("123"),
      );
      await blobs.put("sha256/unknown", Buffer.from("of someone else"));
      const { upload } = await registry.uploads.stage({
        filename: "a",
        size: 2,
        body: once(Uint8Array.of(1, 2)),
        principal,
      });

      clock.now += 24 * HOUR_MS;
      expect(await registry.maintenance.sweep()).toMatchObject({
        uploads: { count: 0, bytes: 0 },
        orphans: { count: 0, bytes: 0 },
      });
      clock.now += 1;
      const expected = { uploads: { count: 2, bytes: 5 }, orphans: { count: 3, bytes: 15 } };
      const before = await keysOf(blobs);
      expect(await registry.maintenance.sweep({ dryRun: true })).toMatchObject({ dryRun: true, ...expected });
      expect(await keysOf(blobs)).toEqual(before);
      expect(await registry.maintenance.sweep()).toMatchObject({ dryRun: false, ...expected });
      expect(await keysOf(blobs)).toEqual([...published, "sha256/unknown"].toSorted());
      expect((await refusalOf(registry.uploads.finalize({ key: upload.key, principal }))).code).toBe(
        "staging_not_found",
      );
      expect(
        await world().database.admin("select id from extension_upload where tenant_id = $1", [
          principal.tenantId,
        ]),
      ).toEqual([]);
      expect(await registry.maintenance.sweep()).toMatchObject({
        uploads: { count: 0, bytes: 0 },
        orphans: { count: 0, bytes: 0 },
      });
      expect((await registry.publish({ ...kept, principal })).created).toBe(false);
    });

    test("an archive that is being published again is left alone, however old its orphan is", async () => {
      const paused = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      let isPausing = false;
      const { clock, blobs, registry } = await open((store) => ({
        ...store,
        // The moment after the archive was found to be there, and before any row names it.
        async read(key) {
          const body = await store.read(key);
          if (isPausing && !key.includes("_staging")) {
            reached.resolve();
            await paused.promise;
          }
          return body;
        },
      }));
      const one = await signed();
      const principal = principalOf(newTenant(), ["extension:publish"]);
      const path = bundleBlobPath(one.contentHash);
      await blobs.put(path, one.archive);
      clock.now += 48 * HOUR_MS;
      isPausing = true;
      const publishing = registry.publish({ ...one, principal });
      await reached.promise;
      expect((await registry.maintenance.sweep()).orphans).toEqual({ count: 0, bytes: 0 });
      paused.resolve();
      expect((await publishing).created).toBe(true);
      expect(await blobs.stat(path)).not.toBeNull();
    });

    test("a publish that took longer than a day begins anew instead of naming an archive that is gone", async () => {
      const paused = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      let isFirst = true;
      const { clock, blobs, registry } = await open((store) => ({
        ...store,
        async put(key, body, options) {
          const outcome = await store.put(key, body, options);
          if (isFirst) {
            isFirst = false;
            reached.resolve();
            await paused.promise;
          }
          return outcome;
        },
      }));
      const one = await signed();
      const principal = principalOf(newTenant(), ["extension:publish"]);
      const publishing = refusalOf(registry.publish({ ...one, principal }));
      await reached.promise;
      clock.now += 25 * HOUR_MS;
      expect((await registry.maintenance.sweep()).orphans.count).toBe(1);
      paused.resolve();
      expect((await publishing).code).toBe("blob_store_unavailable");
      expect((await registry.publish({ ...one, principal })).created).toBe(true);
      expect(await blobs.stat(bundleBlobPath(one.contentHash))).not.toBeNull();
    });

    test("janitors and publishers of one digest may race: every version has its archive", async () => {
      const { clock, blobs, registry } = await open();
      const principal = principalOf(newTenant(), ["extension:publish"]);
      const bundles = await Promise.all(Array.from({ length: 12 }, () => signed()));
      for (const { archive, contentHash } of bundles) await blobs.put(bundleBlobPath(contentHash), archive);
      clock.now += 48 * HOUR_MS;
      const sweeping = Array.from({ length: 6 }, () => registry.maintenance.sweep());
      const results = await Promise.all(bundles.map((one) => registry.publish({ ...one, principal })));
      sweeping.push(registry.maintenance.sweep());
      await Promise.all(sweeping);
      expect(results.every(({ created }) => created)).toBe(true);
      for (const { contentHash } of bundles) {
        expect(await blobs.stat(bundleBlobPath(contentHash))).not.toBeNull();
      }
    });

    test("what was told to others is forgotten after a week, what waits is not", async () => {
      const { clock, registry } = await open();
      const { db, database } = world();
      const tenantId = newTenant();
      await db.withTenant(tenantId, async (tx) => {
        for (const what of ["told", "waits"]) {
          const at = new Date(clock.now);
          await appendOutbox(tx, { kind: `test.${what}`, tenantId, payload: {}, at });
        }
        await tx
          .updateTable("extension_outbox")
          .set({ done_at: new Date(clock.now) })
          .where("kind", "=", "test.told")
          .where("tenant_id", "=", tenantId)
          .execute();
      });
      const kinds = async () =>
        (
          await database.admin("select kind from extension_outbox where tenant_id = $1 order by kind", [
            tenantId,
          ])
        ).map(({ kind }) => kind);
      clock.now += 7 * 24 * HOUR_MS;
      await registry.maintenance.sweep();
      expect(await kinds()).toEqual(["test.told", "test.waits"]);
      clock.now += 1;
      expect((await registry.maintenance.sweep({ dryRun: true })).told).toBeGreaterThan(0);
      await registry.maintenance.sweep();
      expect(await kinds()).toEqual(["test.waits"]);
    });
  });
}
