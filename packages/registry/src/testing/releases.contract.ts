import { randomUUID } from "node:crypto";
import { parseTrustBundle, parseTrustDocument } from "@alga-ext/bundle";
import { createPemSigner, generateSigningKey } from "@alga-ext/bundle/node";
import { bundleBlobPath, toContentHash } from "@alga-ext/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareVersions } from "../publish/version-order.ts";
import { refusalOf } from "./kit/rejection.ts";
import { seedVersions } from "./kit/seed-versions.ts";
import {
  installNew,
  newManifest,
  newTenant,
  packExtension,
  principalOf,
  publishExtension,
  type World,
} from "./kit/world.ts";

/** What the registry promises about finding, reading and judging what is published. */
export function releasesContract(world: () => World): void {
  /** A word no other test uses. */
  const newWord = () => `w${randomUUID().replaceAll("-", "")}`;
  const publishAll = async (versions: readonly string[], changed: Parameters<typeof newManifest>[0] = {}) => {
    const manifest = newManifest(changed);
    const published = [];
    for (const version of versions) published.push(await publishExtension(world(), { ...manifest, version }));
    const extension = published[0]?.extension.id ?? "";
    return { manifest, extension, published, principal: world().publisher };
  };
  const install = (extension: string, version: string, tenantId = newTenant()) =>
    world().registry.install({
      tenantId,
      registryId: extension,
      version,
      grants: { capabilities: [], egress: [] },
      actor: "admin",
    });
  const collect = async <T>(
    page: (cursor: string | undefined) => Promise<{ items: readonly T[]; nextCursor: string | null }>,
  ): Promise<T[]> => {
    const all: T[] = [];
    let cursor: string | undefined;
    for (;;) {
      const { items, nextCursor } = await page(cursor);
      all.push(...items);
      if (nextCursor === null) return all;
      cursor = nextCursor;
    }
  };

  describe("releases: finding", () => {
    test("search finds the beginnings of words of slug, name and description, in any letter case", async () => {
      const { releases } = world().registry;
      const [one, two, three] = [newWord(), newWord(), newWord()];
      const manifest = newManifest({
        name: `sync-${one}`,
        displayName: `Ledger ${two}`,
        description: `Books "${three}"; Zürich & 東京.`,
      });
      const { extension } = await publishExtension(world(), manifest);
      const found = async (search: string) =>
        (await releases.list({ search })).items.map(({ registryId }) => registryId);
      for (const search of [
        one,
        one.slice(0, 20).toUpperCase(),
        `sync-${one}`,
        `${manifest.publisher}.sync-${one}`,
        `ledger ${two}`,
        `${three} BOOK`,
        `zürich ${one}`,
        `東京 ${one}`,
        `  ${two}, (${three})!  `,
      ]) {
        expect(await found(search)).toEqual([extension.id]);
      }
      for (const search of [`${one}x`, one.slice(1), `${one} other`]) expect(await found(search)).toEqual([]);
    });

    test("metacharacters of SQL, LIKE and tsquery are only text", async () => {
      const { releases } = world().registry;
      const { manifest } = await publishAll(["1.0.0"]);
      for (const hostile of [
        "'); drop table release_event; --",
        "%",
        "_",
        "' | 'a",
        "!x",
        "a:*&b",
        "a <-> b",
        "\\",
        "\0",
        "\ud800",
        "''",
        ":A",
        "((((",
        "😀",
      ]) {
        const results = await releases.list({ search: `${hostile} ${newWord()}` });
        expect(results.items).toEqual([]);
        expect((await releases.list({ publisher: hostile })).items).toEqual([]);
        for (const verb of [
          () => releases.get({ extension: hostile }),
          () => releases.versions({ extension: hostile }),
          () => releases.manifest({ extension: hostile, version: "1.0.0" }),
        ]) {
          expect((await refusalOf(verb())).code).toBe("extension_not_found");
        }
        const extension = `${manifest.publisher}.${manifest.name}`;
        expect((await refusalOf(releases.bundle({ extension, version: hostile }))).code).toBe(
          "version_not_found",
        );
        expect((await refusalOf(install(extension, hostile))).code).toBe("version_not_found");
      }
      expect((await releases.list({ search: "%%%" })).items).toEqual([]);
    });

    test("one publisher's extensions, in any letter case", async () => {
      const publisher = `Pub-${newWord()}`;
      const [a, b] = [newManifest({ publisher }), newManifest({ publisher })];
      for (const manifest of [a, b]) await publishExtension(world(), manifest);
      const { items } = await world().registry.releases.list({ publisher: publisher.toUpperCase() });
      expect(items.map(({ name }) => name)).toEqual([a.name, b.name].toSorted());
      expect(items[0]).toMatchObject({ publisher, latest: "1.0.0", versionCount: 1 });
    });

    test("pages lose nothing and repeat nothing while extensions are published", async () => {
      const word = newWord();
      const publisher = `pub-${newWord()}`;
      const publishNamed = (name: string) =>
        publishExtension(world(), newManifest({ publisher, name, description: word }));
      const names = Array.from({ length: 7 }, (_, index) => `n${index}`);
      for (const name of names) await publishNamed(name);
      for (const query of [{ search: word }, { publisher }]) {
        let count = 0;
        const seen = await collect(async (cursor) => {
          await publishNamed(`n0-${newWord()}`);
          count++;
          return world().registry.releases.list({ ...query, limit: 2, ...(cursor && { cursor }) });
        });
        const slugs = seen.map(({ slug }) => slug);
        expect(slugs).toEqual(slugs.toSorted());
        expect(new Set(slugs).size).toBe(slugs.length);
        for (const name of names) expect(slugs).toContain(`${publisher}.${name}`);
        expect(count).toBeGreaterThan(3);
      }
    });

    test("limits and cursors that are none are refused", async () => {
      const { releases } = world().registry;
      const { extension } = await publishAll(["1.0.0", "1.1.0"]);
      const { extension: other } = await publishAll(["1.0.0", "1.1.0"]);
      const foreign = (await releases.versions({ extension: other, limit: 1 })).nextCursor ?? "";
      expect(foreign).not.toBe("");
      for (const limit of [0, -1, 101, 1e9, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        for (const verb of [
          async () => releases.list({ limit }),
          async () => releases.versions({ extension, limit }),
          async () => world().registry.catalog(newTenant(), { limit }),
        ]) {
          expect((await refusalOf(verb())).code).toBe("invalid_request");
        }
      }
      const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
      for (const cursor of [
        "",
        "x",
        "null",
        foreign,
        forge(["extensions", 1]),
        forge(["extensions", "a\0"]),
        forge({ length: 2 }),
        "A".repeat(100_000),
        "'; drop table release_event; --",
      ]) {
        for (const verb of [
          async () => releases.list({ cursor }),
          async () => releases.versions({ extension, cursor }),
          async () => world().registry.catalog(newTenant(), { cursor }),
        ]) {
          expect((await refusalOf(verb())).code).toBe("invalid_request");
        }
      }
      // A made-up place in the right list is a place like any other.
      const past = forge(["extensions", "\u{10ffff}"]);
      expect(await releases.list({ cursor: past })).toEqual({ items: [], nextCursor: null });
      for (const search of ["a".repeat(201), "a ".repeat(11)]) {
        expect((await refusalOf((async () => releases.list({ search }))())).code).toBe("invalid_request");
      }
    });
  });

  describe("releases: order", () => {
    const part = fc.oneof(
      fc.nat({ max: 30 }).map(String),
      fc.constantFrom("0", "00", "007", "99999999999999999999"),
      fc.stringMatching(/^[0-9A-Za-z-]{1,4}$/),
    );
    const version = fc
      .tuple(
        fc.oneof(fc.nat({ max: 12 }), fc.constant(999_999_999)),
        fc.nat({ max: 12 }),
        fc.nat({ max: 12 }),
        fc.array(part, { maxLength: 3 }),
        fc.array(part, { maxLength: 1 }),
      )
      .map(
        ([major, minor, patch, pre, build]) =>
          `${major}.${minor}.${patch}${pre.length > 0 ? `-${pre.join(".")}` : ""}${build.length > 0 ? `+${build.join(".")}` : ""}`,
      );

    test("the database orders as semantic versioning does, and tells every two apart", async () => {
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(version, { minLength: 2, maxLength: 40 }), async (versions) => {
          const rows = await world().database.admin(
            `select version, ext_version_key(version) as key from unnest($1::text[]) as version
              order by ext_version_key(version) collate "C"`,
            [versions],
          );
          const ordered = rows.map((row) => String(row["version"]));
          expect(new Set(rows.map((row) => row["key"])).size).toBe(versions.length);
          for (const [index, right] of ordered.entries()) {
            const left = ordered[index - 1];
            if (left !== undefined) expect(compareVersions(left, right)).toBeLessThanOrEqual(0);
          }
        }),
        { numRuns: 60 },
      );
    });

    test("versions come newest first, page by page, while others are published", async () => {
      const { manifest, extension } = await publishAll([
        "1.2.0",
        "1.10.0",
        "1.10.0-rc.1",
        "1.9.3",
        "0.1.0+b",
      ]);
      let next = 20;
      const seen = await collect(async (cursor) => {
        const page = await world().registry.releases.versions({
          extension,
          limit: 2,
          ...(cursor && { cursor }),
        });
        await publishExtension(world(), { ...manifest, version: `1.${next++}.0` });
        return page;
      });
      expect(seen.map((one) => one.version)).toEqual(["1.10.0", "1.10.0-rc.1", "1.9.3", "1.2.0", "0.1.0+b"]);
      expect(seen[0]).toMatchObject({ status: "published", reason: null, since: null });
      expect(seen[0]?.keyIds).toEqual([world().signer.keyId]);
      const { counts, versionCount, newest } = await world().registry.releases.get({ extension });
      expect([versionCount, counts.published, newest?.version]).toEqual([8, 8, "1.22.0"]);
    });
  });

  describe("releases: reading", () => {
    test("an extension by id or slug in any letter case", async () => {
      const { manifest, extension } = await publishAll(["1.0.0", "1.1.0-rc.1"]);
      const slug = `${manifest.publisher}.${manifest.name}`;
      const details = await world().registry.releases.get({ extension: slug.toUpperCase() });
      expect(details).toEqual(await world().registry.releases.get({ extension }));
      expect(details).toMatchObject({
        registryId: extension,
        slug,
        latest: "1.0.0",
        newest: { version: "1.1.0-rc.1" },
        channels: [
          { name: "beta", version: "1.1.0-rc.1", pinned: false },
          { name: "latest", version: "1.0.0", pinned: false },
        ],
        publisherKeyIds: [world().signer.keyId],
        counts: { published: 2, deprecated: 0, yanked: 0 },
      });
    });

    test("the manifest is the archive's own, byte for byte", async () => {
      const { manifest, extension } = await publishAll(["1.0.0"], { "x-spaces": "  é\n" });
      const text = await world().registry.releases.manifest({ extension, version: "1.0.0" });
      expect(text).toBe(JSON.stringify({ ...manifest, version: "1.0.0" }));
    });

    const read = async (body: AsyncIterable<Uint8Array>) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      return Buffer.concat(pieces);
    };

    test("the bundle is the archive with its signatures", async () => {
      const { manifest, extension } = await publishAll(["1.0.0"]);
      const { archive, contentHash } = await packExtension({ ...manifest, version: "1.0.0" });
      const bundle = await world().registry.releases.bundle({ extension, version: "1.0.0" });
      expect(bundle).toMatchObject({
        contentHash,
        sizeBytes: archive.length,
        keyIds: [world().signer.keyId],
      });
      expect(bundle.signatures).toContain("signatures");
      expect(await read(bundle.body)).toEqual(Buffer.from(archive));
    });

    test("other bytes under the digest are never handed out whole (R14)", async () => {
      const { manifest, extension } = await publishAll(["1.0.0"]);
      const { archive, contentHash } = await packExtension({ ...manifest, version: "1.0.0" });
      const key = bundleBlobPath(toContentHash(contentHash));
      const flipped = Uint8Array.from(archive, (byte, index) => (index === 30 ? byte ^ 1 : byte));
      const pieces = (bytes: Uint8Array) =>
        async function* (): AsyncGenerator<Uint8Array> {
          for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
        };
      const endless = async function* (): AsyncGenerator<Uint8Array> {
        for (;;) yield archive;
      };
      for (const body of [
        pieces(flipped),
        pieces(archive.subarray(0, -1)),
        pieces(Buffer.concat([archive, archive])),
        pieces(new Uint8Array()),
        endless,
      ]) {
        const registry = await world().reopen({ blobs: { ...world().blobs, read: async () => body() } });
        const bundle = await registry.releases.bundle({ extension, version: "1.0.0" });
        const received: Uint8Array[] = [];
        const reading = (async () => {
          for await (const piece of bundle.body) received.push(piece);
        })();
        expect((await refusalOf(reading)).code).toBe("blob_corrupt");
        expect(Buffer.concat(received).length).toBeLessThan(archive.length);
      }
      await world().blobs.delete(key);
      const gone = world().registry.releases.bundle({ extension, version: "1.0.0" });
      expect((await refusalOf(gone)).code).toBe("blob_corrupt");
    });
  });

  describe("releases: deprecate and yank", () => {
    test("a deprecated version is offered with its reason, and can be taken back", async () => {
      const { releases } = world().registry;
      const { manifest, extension, principal } = await publishAll(["1.0.0"]);
      const target = { extension, version: "1.0.0", principal };
      const since = new Date(world().clock.now).toISOString();
      const deprecated = await releases.deprecate({ ...target, reason: " use 2 " });
      expect(deprecated).toMatchObject({ status: "deprecated", reason: "use 2", since });
      const [shown] = await world().registry.catalog(newTenant(), { search: manifest.name });
      expect(shown?.versions).toMatchObject([{ status: "deprecated", reason: "use 2" }]);
      await install(extension, "1.0.0");
      await install(extension, "latest");
      expect((await releases.get({ extension })).counts).toEqual({ published: 0, deprecated: 1, yanked: 0 });
      expect(await releases.deprecate({ ...target, reason: null })).toMatchObject({ status: "published" });
    });

    test("a yanked version is not installed anew, and runs on where it is", async () => {
      const { registry } = world();
      const { manifest, extension, principal } = await publishAll(["1.0.0", "1.0.1", "1.1.0"]);
      const tenantId = newTenant();
      await install(extension, "1.0.1", tenantId);
      const target = { extension, version: "1.0.1", principal };
      expect(await registry.releases.yank({ ...target, reason: "leaks" })).toMatchObject({
        status: "yanked",
      });
      expect(await refusalOf(install(extension, "1.0.1"))).toMatchObject({
        code: "version_yanked",
        details: { reason: "leaks" },
      });
      expect((await install(extension, "1.0.*")).version).toBe("1.0.0");
      expect((await registry.resolver.resolve({ tenantId, extensionId: extension }))?.version).toBe("1.0.1");
      const versionsOf = async (tenant: string) => {
        const [entry] = await registry.catalog(tenant, { search: manifest.name });
        return entry?.versions.map(({ version, status = "published" }) => `${version} ${status}`);
      };
      expect(await versionsOf(newTenant())).toEqual(["1.1.0 published", "1.0.0 published"]);
      expect(await versionsOf(tenantId)).toEqual(["1.1.0 published", "1.0.1 yanked", "1.0.0 published"]);
      const { items } = await registry.releases.versions({ extension });
      expect(items.map(({ status }) => status)).toEqual(["published", "yanked", "published"]);
      expect((await registry.releases.bundle(target)).sizeBytes).toBeGreaterThan(0);
      await registry.releases.yank({ ...target, reason: null });
      expect((await install(extension, "1.0.*")).version).toBe("1.0.1");
    });

    test("an extension of which everything is yanked is only listed when asked for", async () => {
      const { registry } = world();
      const { manifest, extension, principal } = await publishAll(["1.0.0"]);
      const tenantId = newTenant();
      await install(extension, "1.0.0", tenantId);
      await registry.releases.yank({ extension, version: "1.0.0", reason: "gone", principal });
      const search = manifest.name;
      expect((await registry.releases.list({ search })).items).toEqual([]);
      const { items } = await registry.releases.list({ search, includeYanked: true });
      expect(items).toMatchObject([{ registryId: extension, latest: null }]);
      expect(await registry.releases.get({ extension })).toMatchObject({ newest: null, channels: [] });
      expect(await registry.catalog(newTenant(), { search })).toEqual([]);
      expect(await registry.catalog(tenantId, { search })).toMatchObject([
        { versions: [{ status: "yanked" }] },
      ]);
      for (const version of ["latest", "beta", "1.0.*"]) {
        expect((await refusalOf(install(extension, version))).code).toBe("version_not_found");
      }
    });

    test("yanked outweighs deprecated, and repeating changes nothing", async () => {
      const { registry, database } = world();
      const { extension, principal, published } = await publishAll(["1.0.0"]);
      const target = { extension, version: "1.0.0", principal };
      await registry.releases.deprecate({ ...target, reason: "old" });
      const first = await registry.releases.yank({ ...target, reason: "bad" });
      world().clock.now += 1000;
      expect(await registry.releases.yank({ ...target, reason: "bad" })).toEqual(first);
      expect(await registry.releases.yank({ ...target, reason: null })).toMatchObject({
        status: "deprecated",
      });
      await registry.releases.deprecate({ ...target, reason: null });
      await registry.releases.deprecate({ ...target, reason: null });
      const id = published[0]?.version.id ?? "";
      const events = await database.admin(
        "select type from release_event where tenant_id = '' and payload like $1 order by seq",
        [`%${id}%`],
      );
      const outbox = await database.admin(
        "select kind from extension_outbox where payload::text like $1 and kind <> 'version.published' order by seq",
        [`%${id}%`],
      );
      expect(events.map(({ type }) => type)).toEqual([
        "version_published",
        "version_deprecated",
        "version_yanked",
        "version_unyanked",
        "version_undeprecated",
      ]);
      expect(outbox.map(({ kind }) => kind)).toEqual([
        "version.deprecated",
        "version.yanked",
        "version.unyanked",
        "version.undeprecated",
      ]);
      expect(await registry.verifyReleaseLog()).toMatchObject({ brokenAt: null, problem: null });
    });

    test("reasons are said in public: they are text, and not endless", async () => {
      const { extension, principal } = await publishAll(["1.0.0"]);
      for (const reason of ["", "  ", "x".repeat(1_001), "a\0b", "\ud800"]) {
        const yank = world().registry.releases.yank({ extension, version: "1.0.0", reason, principal });
        expect((await refusalOf(yank)).code).toBe("invalid_request");
      }
      const reason = "'); delete from extension_version_state; --";
      const done = await world().registry.releases.yank({ extension, version: "1.0.0", reason, principal });
      expect(done.reason).toBe(reason);
    });
  });

  describe("releases: revoked", () => {
    test("what runs is no longer resolved, and is not installed again (S09)", async () => {
      const { keyId, publicKeyPem, privateKeyPem } = await generateSigningKey();
      const policy = async (revocations: readonly object[]) =>
        parseTrustBundle(publicKeyPem, {
          document: await parseTrustDocument(
            JSON.stringify({ version: 1, expires: "2099-01-01T00:00:00Z", revocations }),
          ),
        });
      const source = { current: await policy([]), onChange: () => () => undefined };
      const registry = await world().reopen({ trust: source });
      const signer = await createPemSigner(privateKeyPem);
      const manifest = newManifest();
      const published = await publishExtension({ ...world(), registry }, manifest, { signer });
      const [tenantId, registryId] = [newTenant(), published.extension.id];
      const installed = {
        tenantId,
        registryId,
        version: "1.0.0",
        grants: { capabilities: [], egress: [] },
        actor: "admin",
      };
      await registry.install(installed);
      const isResolved = async () =>
        (await registry.resolver.resolve({ tenantId, extensionId: registryId })) !== null;
      expect(await isResolved()).toBe(true);
      for (const revocation of [
        { digest: `sha256:${published.contentHash}` },
        { publisher: manifest.publisher },
        { key: keyId },
      ]) {
        source.current = await policy([{ ...revocation, reason: "malware" }]);
        expect(await isResolved()).toBe(false);
        for (const tenant of [tenantId, newTenant()]) {
          const again = registry.install({ ...installed, tenantId: tenant });
          expect((await refusalOf(again)).code).toMatch(/^revoked_/);
        }
        source.current = await policy([]);
        expect(await isResolved()).toBe(true);
      }
    });
  });

  describe("releases: channels", () => {
    test("latest moves with releases and beta with everything, past what is yanked", async () => {
      const { releases } = world().registry;
      const { manifest, extension, principal } = await publishAll(["1.0.0", "2.0.0-rc.1"]);
      const at = async () =>
        Object.fromEntries(
          (await releases.get({ extension })).channels.map((one) => [one.name, one.version]),
        );
      expect(await at()).toEqual({ latest: "1.0.0", beta: "2.0.0-rc.1" });
      expect((await install(extension, "beta")).version).toBe("2.0.0-rc.1");
      await publishExtension(world(), { ...manifest, version: "2.0.0" });
      expect(await at()).toEqual({ latest: "2.0.0", beta: "2.0.0" });
      await releases.yank({ extension, version: "2.0.0", reason: "bad", principal });
      expect(await at()).toEqual({ latest: "1.0.0", beta: "2.0.0-rc.1" });
      expect((await install(extension, "latest")).version).toBe("1.0.0");
      await publishExtension(world(), { ...manifest, version: "0.9.9" });
      expect((await at())["latest"]).toBe("1.0.0");
    });

    test("a channel that is set by hand stays until it is let go or its version is yanked", async () => {
      const { releases } = world().registry;
      const { manifest, extension, principal } = await publishAll(["1.0.0", "1.1.0"]);
      const set = (channel: string, version: string | null) =>
        releases.setChannel({ extension, channel, version, principal });
      await set("latest", "1.0.0");
      const channels = await set("lts", "1.0.0");
      expect(channels).toMatchObject([
        { name: "beta", version: "1.1.0", pinned: false },
        { name: "latest", version: "1.0.0", pinned: true },
        { name: "lts", version: "1.0.0", pinned: true },
      ]);
      expect(await set("lts", "1.0.0")).toEqual(channels);
      await publishExtension(world(), { ...manifest, version: "1.2.0" });
      expect((await releases.list({ search: manifest.name })).items[0]?.latest).toBe("1.0.0");
      expect((await install(extension, "latest")).version).toBe("1.0.0");
      expect((await install(extension, "lts")).version).toBe("1.0.0");
      await releases.yank({ extension, version: "1.0.0", reason: "bad", principal });
      expect((await releases.get({ extension })).channels).toMatchObject([
        { name: "beta", version: "1.2.0", pinned: false },
        { name: "latest", version: "1.2.0", pinned: false },
      ]);
      expect((await refusalOf(install(extension, "lts"))).code).toBe("version_not_found");
      expect((await refusalOf(set("lts", "1.0.0"))).code).toBe("version_yanked");
      await set("latest", "1.1.0");
      expect((await set("latest", null)).find(({ name }) => name === "latest")?.version).toBe("1.2.0");
      const { rows } = {
        rows: await world().database.admin(
          "select payload from release_event where tenant_id = '' and type = 'version_yanked' order by seq desc limit 1",
        ),
      };
      expect(JSON.parse(String(rows[0]?.["payload"]))).toMatchObject({ channels: ["latest", "lts"] });
    });

    test("names that could be versions, and too many of them, are refused", async () => {
      const { extension, principal } = await publishAll(["1.0.0"]);
      const set = async (channel: string, version: string | null = "1.0.0") =>
        world().registry.releases.setChannel({ extension, channel, version, principal });
      for (const channel of [
        "",
        "1.0.0",
        "1.0.*",
        "Latest",
        "a b",
        "-a",
        "a".repeat(33),
        "a\0",
        "é",
        "a';--",
      ]) {
        expect((await refusalOf(set(channel))).code).toBe("invalid_request");
      }
      expect((await refusalOf(set("lts", "9.9.9"))).code).toBe("version_not_found");
      for (let index = 0; index < 50; index++) await set(`c${index}`);
      expect((await refusalOf(set("one-more"))).code).toBe("invalid_request");
      await set("c0", null);
      await set("one-more");
    });
  });

  describe("releases: who may", () => {
    test("needs extension:publish, and to own the publisher's name", async () => {
      const { releases } = world().registry;
      const { extension } = await publishAll(["1.0.0"]);
      const target = { extension, version: "1.0.0" };
      const verbs = [
        (principal: World["publisher"]) => releases.yank({ ...target, reason: "x", principal }),
        (principal: World["publisher"]) => releases.yank({ ...target, reason: null, principal }),
        (principal: World["publisher"]) => releases.deprecate({ ...target, reason: "x", principal }),
        (principal: World["publisher"]) => releases.setChannel({ ...target, channel: "lts", principal }),
        (principal: World["publisher"]) =>
          releases.setChannel({ ...target, version: null, channel: "latest", principal }),
      ];
      const before = await releases.get({ extension });
      for (const verb of verbs) {
        const manager = principalOf("acme", ["extension:manage", "extension:read", "extension:write"]);
        expect((await refusalOf(verb(manager))).code).toBe("forbidden");
        for (const stranger of [
          principalOf(newTenant(), ["extension:publish"]),
          { ...world().publisher, publishers: ["somebody-else"] },
        ]) {
          expect((await refusalOf(verb(stranger))).code).toBe("publisher_not_owned");
        }
      }
      expect(await releases.get({ extension })).toEqual(before);
    });

    test("one extension's version is no version of another", async () => {
      const { releases } = world().registry;
      const [one, other] = [await publishAll(["1.0.0"]), await publishAll(["2.0.0"])];
      const { principal } = one;
      const target = { extension: one.extension, version: "2.0.0", principal };
      for (const verb of [
        () => releases.yank({ ...target, reason: "x" }),
        () => releases.setChannel({ ...target, channel: "lts" }),
        () => releases.manifest(target),
      ]) {
        expect((await refusalOf(verb())).code).toBe("version_not_found");
      }
      expect((await releases.get({ extension: other.extension })).counts.yanked).toBe(0);
      expect((await refusalOf(releases.get({ extension: randomUUID() }))).code).toBe("extension_not_found");
    });
  });

  describe("releases: what older registries stored", () => {
    test("a manifest that no longer parses breaks no list and is not installed", async () => {
      const { registry, database } = world();
      for (const manifest of ["{", "[]", '{"name":"x","version":"not one"}', ""]) {
        const { tenantId, registryId, manifest: good } = await installNew(world());
        const [bad] = await seedVersions(database, { registryId, versions: ["9.0.0"], manifest });
        for (const tenant of [tenantId, newTenant()]) {
          const [entry] = await registry.catalog(tenant, { search: good.name });
          expect(entry?.versions).toMatchObject([
            { version: "9.0.0", status: "unreadable", consent: [], change: null },
            { version: "1.0.0", change: null },
          ]);
          expect(entry?.versions[0]?.reason).not.toBe("");
        }
        for (const version of ["9.0.0", "latest", "9.0.*"]) {
          expect(await refusalOf(install(registryId, version))).toMatchObject({
            code: "manifest_unreadable",
            details: { versionId: bad },
          });
        }
        // Installed by an older registry that still could read it.
        await database.admin("update tenant_extension_install set version_id = $1 where tenant_id = $2", [
          bad,
          tenantId,
        ]);
        expect(await registry.installs(tenantId)).toMatchObject([{ version: "9.0.0", enabled: true }]);
        const [entry] = await registry.catalog(tenantId, { search: good.name });
        expect(entry?.versions.map(({ version }) => version)).toEqual(["9.0.0", "1.0.0"]);
        expect((await registry.resolver.resolve({ tenantId, extensionId: registryId }))?.version).toBe(
          "9.0.0",
        );
        expect(await registry.releases.manifest({ extension: registryId, version: "9.0.0" })).toBe(manifest);
        expect((await registry.releases.versions({ extension: registryId })).items).toHaveLength(2);
      }
    });

    test("the catalogue shows the newest ten versions and the installed one", async () => {
      const { registry, database } = world();
      const { tenantId, registryId, manifest } = await installNew(world());
      await seedVersions(database, {
        registryId,
        versions: Array.from({ length: 300 }, (_, index) => `2.${index}.0`),
      });
      const shown = (await registry.catalog(tenantId, { search: manifest.name }))[0]?.versions ?? [];
      expect(shown.map(({ version }) => version)).toEqual([
        ...Array.from({ length: 10 }, (_, index) => `2.${299 - index}.0`),
        "1.0.0",
      ]);
    });

    test("the catalogue comes in pages by the last entry", async () => {
      const { registry } = world();
      const word = newWord();
      for (let index = 0; index < 5; index++)
        await publishExtension(world(), newManifest({ description: word }));
      const tenantId = newTenant();
      const seen: string[] = [];
      for (;;) {
        const cursor = seen.at(-1);
        const page = await registry.catalog(tenantId, { search: word, limit: 2, ...(cursor && { cursor }) });
        seen.push(...page.map((entry) => entry.registryId));
        if (page.length < 2) break;
      }
      expect([seen.length, new Set(seen).size]).toEqual([5, 5]);
      const unknown = registry.catalog(tenantId, { cursor: randomUUID() });
      expect((await refusalOf(unknown)).code).toBe("invalid_request");
    });
  });
}
