import { bundleAcceptancePath, bundleBlobPath, bundleSignaturePath, toContentHash } from "@alga-ext/protocol";
import { WIT_INTERFACES } from "@alga-ext/protocol/wit";
import { describe, expect, test } from "vitest";
import { componentImporting } from "./kit/component.ts";
import { refusalOf, sqlStateOf } from "./kit/rejection.ts";
import {
  newManifest,
  newTenant,
  packExtension,
  principalOf,
  publishExtension,
  signArchive,
  type World,
} from "./kit/world.ts";

/** What publishing promises. */
export function publishContract(world: () => World): void {
  describe("publish", () => {
    test("stores the archive, its signatures and one version", async () => {
      const { registry, blobs, database } = world();
      const manifest = newManifest();
      const { archive, contentHash } = await packExtension(manifest);
      const signatures = await signArchive(archive, world().signer);
      const result = await registry.publish({ archive, signatures, principal: world().publisher });
      expect(result).toMatchObject({
        extension: { name: manifest.name, publisher: manifest.publisher },
        version: { version: "1.0.0" },
        contentHash: contentHash.slice(7),
        canonicalKey: bundleBlobPath(contentHash),
        created: true,
      });
      expect(Buffer.from((await blobs.get(bundleBlobPath(contentHash))) ?? [])).toEqual(Buffer.from(archive));
      expect(Buffer.from((await blobs.get(bundleSignaturePath(contentHash))) ?? []).toString()).toBe(
        signatures,
      );
      const endpoints = await database.admin(
        "select method, path from extension_api_endpoint where version_id = $1",
        [result.version.id],
      );
      expect(endpoints).toEqual([{ method: "GET", path: "/things/:id" }]);
    });

    test("answers the same when the same bytes come again, also as a wildcard", async () => {
      for (const version of ["1.0.0", "0.3.*"]) {
        const manifest = newManifest({ version });
        const first = await publishExtension(world(), manifest);
        const again = await publishExtension(world(), manifest);
        expect(again).toEqual({ ...first, created: false });
      }
    });

    test("takes a stream, stores the same bytes, and leaves nothing staged, also when it breaks off", async () => {
      const { registry, blobs } = world();
      const { archive, contentHash } = await packExtension(newManifest());
      const signatures = await signArchive(archive, world().signer);
      const staged = async () => (await blobs.list("sha256/_staging/")).blobs.length;
      const before = await staged();
      async function* pieces(end: number): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < end; at += 100) yield archive.subarray(at, at + 100);
        if (end < archive.length) throw new Error("the client went away");
      }
      const publishPieces = (end: number) =>
        registry.publish({ archive: pieces(end), signatures, principal: world().publisher });
      await expect(publishPieces(archive.length - 200)).rejects.toThrow();
      expect(await blobs.stat(bundleBlobPath(contentHash))).toBeNull();
      expect(await publishPieces(archive.length)).toMatchObject({
        created: true,
        contentHash: contentHash.slice(7),
      });
      expect(Buffer.from((await blobs.get(bundleBlobPath(contentHash))) ?? [])).toEqual(Buffer.from(archive));
      expect((await publishPieces(archive.length)).created).toBe(false);
      expect(await staged()).toBe(before);
    });

    test("the time of acceptance lies beside the archive and does not change", async () => {
      const { blobs, clock } = world();
      const manifest = newManifest();
      const { contentHash } = await packExtension(manifest);
      const accepted = async () =>
        Buffer.from((await blobs.get(bundleAcceptancePath(contentHash))) ?? []).toString();
      await publishExtension(world(), manifest);
      const first = await accepted();
      expect(first).toBe(new Date(clock.now).toISOString());
      clock.now += 1000;
      await publishExtension(world(), manifest);
      expect(await accepted()).toBe(first);
    });

    test("every publish is told to others once, in the transaction that commits it", async () => {
      const manifest = newManifest();
      const { version } = await publishExtension(world(), manifest);
      await publishExtension(world(), manifest);
      const rows = await world().database.admin(
        "select tenant_id, payload, done_at from extension_outbox where kind = 'version.published' and payload->>'versionId' = $1",
        [version.id],
      );
      expect(rows).toMatchObject([{ tenant_id: "", payload: { version: "1.0.0" }, done_at: null }]);
    });

    test("a version that exists is refused before its bytes reach the store", async () => {
      const manifest = newManifest();
      await publishExtension(world(), manifest);
      const { archive, contentHash } = await packExtension(manifest, { salt: "other" });
      const signatures = await signArchive(archive, world().signer);
      const again = world().registry.publish({ archive, signatures, principal: world().publisher });
      expect((await refusalOf(again)).code).toBe("version_exists");
      expect(await world().blobs.stat(bundleBlobPath(contentHash))).toBeNull();
    });

    test("20 concurrent publishes of one version with differing bytes have one winner", async () => {
      const manifest = newManifest();
      const packed = await Promise.all(
        Array.from({ length: 20 }, (_, index) => packExtension(manifest, { salt: `${index}` })),
      );
      const requests = await Promise.all(
        packed.map(async ({ archive }) => ({
          archive,
          signatures: await signArchive(archive, world().signer),
          principal: world().publisher,
        })),
      );
      const outcomes = await Promise.allSettled(requests.map((request) => world().registry.publish(request)));
      const winners = outcomes.filter((outcome) => outcome.status === "fulfilled");
      expect(winners).toHaveLength(1);
      const winner = winners[0]?.value.contentHash;
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") {
          expect(outcome.reason).toMatchObject({
            code: "version_exists",
            status: 409,
            details: { contentHash: `sha256:${winner}` },
          });
        }
      }
    });

    test("10 concurrent publishes of the same bytes make one version", async () => {
      const manifest = newManifest({ version: "2.0.*" });
      const results = await Promise.all(
        Array.from({ length: 10 }, () => publishExtension(world(), manifest)),
      );
      expect(new Set(results.map((result) => result.version.id)).size).toBe(1);
      expect(results.filter((result) => result.created)).toHaveLength(1);
    });

    test("concurrent publishes of different extensions all succeed and leave one unbroken log", async () => {
      const before = await world().registry.verifyReleaseLog();
      await Promise.all(Array.from({ length: 10 }, () => publishExtension(world(), newManifest())));
      const after = await world().registry.verifyReleaseLog();
      expect(after).toMatchObject({ events: before.events + 10, brokenAt: null });
    });

    test("concurrent wildcard publishes each get the next patch", async () => {
      const manifest = newManifest({ version: "0.1.*" });
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, index) => publishExtension(world(), manifest, { salt: `${index}` })),
      );
      const versions = results.map((result) => result.version.version);
      expect(versions.toSorted()).toEqual(
        Array.from({ length: 12 }, (_, index) => `0.1.${index}`).toSorted(),
      );
    });

    test("a wildcard goes on after exact releases and ignores pre-releases and other lines", async () => {
      const manifest = newManifest();
      for (const version of ["0.1.4", "0.1.9-beta.1", "0.2.7"]) {
        await publishExtension(world(), { ...manifest, version });
      }
      const next = await publishExtension(world(), { ...manifest, version: "0.1.*" });
      expect(next.version.version).toBe("0.1.5");
    });

    test("a component that imports what the manifest does not declare is refused and leaves nothing", async () => {
      const manifest = newManifest({ capabilities: ["cap:storage.kv"], egress: [] });
      const { archive, contentHash } = await packExtension(manifest, { imports: ["storage", "http"] });
      const signatures = await signArchive(archive, world().signer);
      const refusal = await refusalOf(
        world().registry.publish({ archive, signatures, principal: world().publisher }),
      );
      expect(refusal).toMatchObject({ code: "undeclared_import", details: { interfaces: ["http"] } });
      expect(await world().blobs.stat(bundleBlobPath(contentHash))).toBeNull();
    });

    test("a component that imports the whole world passes with a warning", async () => {
      const manifest = newManifest({ capabilities: [], egress: [] });
      const result = await publishExtension(world(), manifest, { imports: [...WIT_INTERFACES] });
      expect(result.warnings).toHaveLength(1);
    });

    test.each([
      "wasi:http/types@0.2.0",
      "wasi:filesystem/types@0.2.3",
      "wasi:sockets/tcp@0.2.0",
      "evil:pkg/x",
    ])("a component that imports %s is refused", async (name) => {
      const refusal = await refusalOf(publishExtension(world(), newManifest(), { imports: [name] }));
      expect(refusal.code).toBe("world_mismatch");
    });

    test("stubbed parts of WASI may be imported", async () => {
      const imports = ["wasi:cli/environment@0.2.0", "wasi:io/streams@0.2.6", "types", "context"];
      expect((await publishExtension(world(), newManifest(), { imports })).created).toBe(true);
    });

    test("a core name that carries JavaScript is refused", async () => {
      const component = componentImporting(["alga:extension/storage"], "run']; globalThis.pwned = 1; ['");
      const refusal = await refusalOf(publishExtension(world(), newManifest(), { component }));
      expect(refusal.code).toBe("bad_core_name");
    });

    test("an extension without a component is fine", async () => {
      expect((await publishExtension(world(), newManifest(), { imports: null })).created).toBe(true);
    });

    test("unsigned bundles need the operator's leave", async () => {
      const { archive } = await packExtension(newManifest());
      const request = { archive, signatures: null, principal: world().publisher };
      expect((await refusalOf(world().registry.publish(request))).code).toBe("signature_required");
      const open = await world().reopen({ allowUnsigned: true });
      expect((await open.publish(request)).created).toBe(true);
    });

    test("a signature over another bundle is refused even where unsigned is allowed", async () => {
      const open = await world().reopen({ allowUnsigned: true });
      const manifest = newManifest();
      const [one, other] = [await packExtension(manifest), await packExtension(manifest, { salt: "other" })];
      const signatures = await signArchive(other.archive, world().signer);
      const refusal = await refusalOf(
        open.publish({ archive: one.archive, signatures, principal: world().publisher }),
      );
      expect(refusal.code).toBe("statement_mismatch");
    });

    test("a publisher's name belongs to the keys of its first publish, whatever the letter case", async () => {
      const manifest = newManifest();
      await publishExtension(world(), manifest);
      const publisher = manifest.publisher;
      for (const name of [publisher, publisher.toUpperCase()]) {
        const taken = newManifest({ publisher: name });
        const refusal = await refusalOf(publishExtension(world(), taken, { signer: world().stranger }));
        expect(refusal.code).toBe("publisher_not_owned");
      }
      const open = await world().reopen({ allowUnsigned: true });
      const { archive } = await packExtension(newManifest({ publisher }));
      const unsigned = open.publish({ archive, signatures: null, principal: world().publisher });
      expect((await refusalOf(unsigned)).code).toBe("publisher_not_owned");
    });

    test("of two first publishes by different keys one owns the name", async () => {
      const publisher = `pub-${newTenant()}`;
      const outcomes = await Promise.allSettled([
        publishExtension(world(), newManifest({ publisher })),
        publishExtension(world(), newManifest({ publisher }), { signer: world().stranger }),
      ]);
      expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    });

    test.each(["x.Y", "X.y", "X-y", "x_y"])("%s is taken once x.y is there", async (name) => {
      const { publisher } = newManifest();
      await publishExtension(world(), newManifest({ publisher, name: "x.y" }));
      const alike = publishExtension(world(), newManifest({ publisher, name }));
      expect((await refusalOf(alike)).code).toBe("name_taken");
    });

    test("a publisher's name that reads like another's is taken", async () => {
      const suffix = newTenant().slice(7, 15);
      await publishExtension(world(), newManifest({ publisher: `lab-o${suffix}` }));
      for (const publisher of [`1ab-o${suffix}`, `LAB_0${suffix}`, `lab_o${suffix}`]) {
        const alike = publishExtension(world(), newManifest({ publisher }));
        expect((await refusalOf(alike)).code).toBe("name_taken");
      }
    });

    test.each([
      { name: "a/b" },
      { name: "a\\b" },
      { name: "a b" },
      { name: ".a" },
      { name: "a." },
      { name: "\uff41bc" },
      { name: "\u0430cme" },
      { name: "a".repeat(101) },
      { publisher: "a.b" },
      { publisher: "a/b" },
      { publisher: "-a" },
      { publisher: "a%2e" },
      { publisher: "acm\u00e9" },
    ])("the name %o is refused and leaves nothing", async (odd) => {
      const manifest = newManifest(odd);
      const { archive, contentHash } = await packExtension(manifest);
      const signatures = await signArchive(archive, world().signer);
      const refusal = await refusalOf(
        world().registry.publish({ archive, signatures, principal: world().publisher }),
      );
      expect(refusal).toMatchObject({ code: "invalid_name", details: { field: Object.keys(odd)[0] } });
      expect(await world().blobs.stat(bundleBlobPath(contentHash))).toBeNull();
    });

    test("needs extension:publish", async () => {
      const { archive } = await packExtension(newManifest());
      const signatures = await signArchive(archive, world().signer);
      const principal = principalOf("acme", ["extension:manage", "extension:read", "extension:write"]);
      const refusal = await refusalOf(world().registry.publish({ archive, signatures, principal }));
      expect(refusal.code).toBe("forbidden");
    });

    test("a staged upload that the store gives back altered is noticed before it is unpacked", async () => {
      const { registry, blobs, publisher: principal } = world();
      const { archive, contentHash } = await packExtension(newManifest());
      const signatures = await signArchive(archive, world().signer);
      const body = async function* (): AsyncGenerator<Uint8Array> {
        yield archive;
      };
      const { upload } = await registry.uploads.stage({
        filename: "a",
        size: archive.length,
        body: body(),
        principal,
      });
      const flipped = archive.slice();
      flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1;
      await blobs.replace(upload.key, flipped);
      const request = { key: upload.key, signatures, principal };
      expect((await refusalOf(registry.uploads.finalize(request))).code).toBe("blob_corrupt");
      expect(await blobs.stat(bundleBlobPath(contentHash))).toBeNull();
      await blobs.replace(upload.key, archive);
      expect((await registry.uploads.finalize(request)).contentHash).toBe(contentHash.slice(7));
      expect(await blobs.stat(upload.key)).toBeNull();
    });

    test("other bytes under the digest are noticed", async () => {
      const { archive, contentHash } = await packExtension(newManifest());
      await world().blobs.replace(bundleBlobPath(contentHash), Buffer.from("not it"));
      const signatures = await signArchive(archive, world().signer);
      const refusal = await refusalOf(
        world().registry.publish({ archive, signatures, principal: world().publisher }),
      );
      expect(refusal.code).toBe("blob_corrupt");
    });

    test.each(["extension_version", "extension_bundle", "extension_api_endpoint", "release_event"])(
      "rows of %s cannot be changed, deleted or truncated, not even by the superuser",
      async (table) => {
        await publishExtension(world(), newManifest());
        const { admin } = world().database;
        const column = table === "release_event" ? "hash" : "created_at";
        expect(await sqlStateOf(admin(`update ${table} set ${column} = ${column}`))).toBe("42501");
        expect(await sqlStateOf(admin(`delete from ${table}`))).toBe("42501");
        expect(await sqlStateOf(admin(`truncate ${table} cascade`))).toBe("42501");
      },
    );

    test("the release log is a chain whose first altered event is named", async () => {
      const { registry, database } = world();
      const { version } = await publishExtension(world(), newManifest());
      const good = await registry.verifyReleaseLog();
      expect(good).toMatchObject({ brokenAt: null });
      const [row] = await database.admin(
        "select seq, payload from release_event where tenant_id = '' and payload like $1",
        [`%${version.id}%`],
      );
      const alter = (payload: unknown) =>
        database.admin("update release_event set payload = $1 where tenant_id = '' and seq = $2", [
          payload,
          row?.["seq"],
        ]);
      await database.admin("alter table release_event disable trigger release_event_frozen");
      try {
        await alter('{"forged":true}');
        expect(await registry.verifyReleaseLog()).toMatchObject({ brokenAt: Number(row?.["seq"]) });
      } finally {
        await alter(row?.["payload"]);
        await database.admin("alter table release_event enable trigger release_event_frozen");
      }
      expect(await registry.verifyReleaseLog()).toEqual(good);
    });

    test("the catalogue lists versions newest first with what each asks for", async () => {
      const manifest = newManifest();
      for (const version of ["1.2.0", "1.10.0", "1.10.0-rc.1", "1.9.3"]) {
        await publishExtension(world(), { ...manifest, version });
      }
      const entry = (await world().registry.catalog(newTenant(), { search: manifest.name })).find(
        ({ name }) => name === manifest.name,
      );
      expect(entry?.versions.map(({ version }) => version)).toEqual([
        "1.10.0",
        "1.10.0-rc.1",
        "1.9.3",
        "1.2.0",
      ]);
      expect(entry?.install).toBeNull();
      const asked = entry?.versions[0]?.consent.filter(({ byDefault }) => !byDefault).map(({ name }) => name);
      expect(asked?.toSorted()).toEqual([
        "api.ledgerline.example",
        "cap:http.fetch",
        "cap:secrets.get",
        "cap:storage.kv",
      ]);
      expect(entry?.versions.every(({ contentHash }) => toContentHash(contentHash) === contentHash)).toBe(
        true,
      );
    });
  });
}
