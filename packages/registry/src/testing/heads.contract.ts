import { createPrivateKey, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { createPemSigner, generateSigningKey } from "@alga-ext/bundle/node";
import { beforeAll, describe, expect, test } from "vitest";
import type { Registry } from "../registry.ts";
import type { Head } from "../releases/head.ts";
import { verifyHead, type VerifyHeadOptions } from "../releases/verify-head.ts";
import { verifyInclusion } from "../releases/verify-inclusion.ts";
import { refusalOf } from "./kit/rejection.ts";
import { seedVersions } from "./kit/seed-versions.ts";
import { installNew, newManifest, publishExtension, type World } from "./kit/world.ts";

const HOUR_MS = 60 * 60 * 1000;

/** What the registry vouches for with its signature, and what a client notices (S10). */
export function headsContract(world: () => World): void {
  describe("heads", () => {
    let key: Awaited<ReturnType<typeof generateSigningKey>>;
    let registry: Registry;
    const check = (signed: string, options: Partial<VerifyHeadOptions> = {}) =>
      verifyHead(signed, { publicKey: key.publicKeyPem, now: new Date(world().clock.now), ...options });
    const publish = () => publishExtension(world(), newManifest());
    const codeOf = async (promise: Promise<unknown>) => (await refusalOf(promise)).code;
    /** A head as only the owner of the key could sign it. */
    const forge = (head: unknown, header: object = {}) => {
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const input = `${encode({ alg: "EdDSA", typ: "alga-ext-head+jws", ...header })}.${encode(head)}`;
      return `${input}.${signBytes(null, Buffer.from(input), createPrivateKey(key.privateKeyPem)).toString("base64url")}`;
    };
    beforeAll(async () => {
      key = await generateSigningKey();
      registry = await world().reopen({ headSigningKey: key.privateKeyPem, headIssuer: "reg" });
    });

    test("a head says where the log ends and what is published, for a day", async () => {
      await publish();
      const head = await check(await registry.heads.current(), { issuer: "reg" });
      const log = await registry.verifyReleaseLog();
      expect(head).toMatchObject({ issuer: "reg", chain: "", seq: log.events, hash: log.head });
      const [count] = await world().database.admin(
        "select count(*)::int as n from release_event where tenant_id = '' and type = 'version_published'",
      );
      expect(head.snapshot?.size).toBe(count?.["n"]);
      expect(head.issuedAt).toBe(new Date(world().clock.now).toISOString());
      expect(Date.parse(head.expiresAt) - Date.parse(head.issuedAt)).toBe(24 * HOUR_MS);
      expect(await registry.verifyReleaseLog({ heads: [head] })).toMatchObject({ brokenAt: null });
    });

    test("a head stays while nothing changes, and is made anew at half its time", async () => {
      const signed = await registry.heads.current();
      const first = await check(signed);
      world().clock.now += 11 * HOUR_MS;
      expect(await registry.heads.current()).toBe(signed);
      world().clock.now += HOUR_MS;
      const second = await check(await registry.heads.current(), { previous: first });
      expect(second).toMatchObject({
        ...first,
        number: first.number + 1,
        issuedAt: second.issuedAt,
        expiresAt: second.expiresAt,
      });
      expect(second.issuedAt).not.toBe(first.issuedAt);
      await publish();
      const third = await check(await registry.heads.current(), { previous: second });
      expect(third).toMatchObject({ number: second.number + 1, seq: second.seq + 1 });
      expect(third.snapshot?.size).toBe((second.snapshot?.size ?? 0) + 1);
    });

    test("a head from the future, by a clock that was wrong, is not handed out until then", async () => {
      const { clock } = world();
      const { now } = clock;
      clock.now = now + 300 * 24 * HOUR_MS;
      await registry.heads.current();
      clock.now = now;
      expect(await check(await registry.heads.current())).toMatchObject({
        issuedAt: new Date(now).toISOString(),
      });
    });

    test("rollback: an older head is refused by whoever saw a newer one (S10)", async () => {
      const old = await registry.heads.current();
      const before = await check(old);
      await publish();
      const seen = await check(await registry.heads.current(), { previous: before });
      expect(await codeOf(check(old, { previous: seen }))).toBe("head_rolled_back");
      const size = seen.snapshot?.size ?? 0;
      for (const changed of [
        { number: seen.number - 1 },
        { number: seen.number + 1, seq: seen.seq - 1 },
        { number: seen.number + 1, snapshot: { size: size - 1, root: seen.snapshot?.root } },
      ]) {
        expect(await codeOf(check(forge({ ...seen, ...changed }), { previous: seen }))).toBe(
          "head_rolled_back",
        );
      }
      expect(await check(await registry.heads.current(), { previous: seen })).toEqual(seen);
    });

    test("freeze: a head that is not renewed expires, 48 hours are long past (S10)", async () => {
      const signed = await registry.heads.current();
      const head = await check(signed);
      const at = (ms: number) => ({ now: new Date(Date.parse(head.issuedAt) + ms), previous: head });
      await check(signed, at(24 * HOUR_MS - 1));
      for (const late of [24 * HOUR_MS, 48 * HOUR_MS])
        expect(await codeOf(check(signed, at(late)))).toBe("head_expired");
      await check(signed, at(-5 * 60 * 1000));
      expect(await codeOf(check(signed, at(-5 * 60 * 1000 - 1)))).toBe("head_invalid");
      const short = await world().reopen({ headSigningKey: key.privateKeyPem, headLifetimeMs: 1000 });
      await publish();
      const brief = await check(await short.heads.current());
      expect(Date.parse(brief.expiresAt) - Date.parse(brief.issuedAt)).toBe(1000);
    });

    test("fork: another history at a place that was seen is refused", async () => {
      const seen = await check(await registry.heads.current());
      const other = "a".repeat(64);
      for (const changed of [
        { hash: other },
        { expiresAt: "2099-01-01T00:00:00.000Z" },
        { number: seen.number + 1, hash: other },
        { number: seen.number + 1, seq: seen.seq + 1, snapshot: { size: seen.snapshot?.size, root: other } },
      ]) {
        expect(await codeOf(check(forge({ ...seen, ...changed }), { previous: seen }))).toBe("head_forked");
      }
    });

    test("only the registry's key signs heads", async () => {
      const signed = await registry.heads.current();
      const head = await check(signed);
      const [header = "", payload = "", signature = ""] = signed.split(".");
      const raised = Buffer.from(JSON.stringify({ ...head, seq: head.seq + 1 })).toString("base64url");
      const stranger = await generateSigningKey();
      const pair = generateKeyPairSync("ed25519");
      const strange = await world().reopen({
        headSigningKey: { keyId: "kms", sign: async (data) => signBytes(null, data, pair.privateKey) },
      });
      for (const bad of [
        "",
        "a.b.c",
        `${header}.${raised}.${signature}`,
        `${header}.${payload}.`,
        `${header}.${payload}.${signature.slice(2)}`,
        `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`,
        forge(head, { typ: "JWT" }),
        forge(head, { typ: undefined }),
        forge({ ...head, seq: -1 }),
        forge({ ...head, seq: "1" }),
        forge({ ...head, hash: "x" }),
        forge({ ...head, snapshot: null }),
        forge({ ...head, expiresAt: "later" }),
        forge(null),
        forge([]),
        await strange.heads.current(),
        "a".repeat(100_000),
      ]) {
        expect(await codeOf(check(bad))).toBe("head_invalid");
      }
      expect(await codeOf(check(signed, { publicKey: stranger.publicKeyPem }))).toBe("head_invalid");
      expect(await codeOf(check(signed, { issuer: "other" }))).toBe("head_invalid");
      await expect(check(signed, { publicKey: "x" })).rejects.toThrow(TypeError);
      await expect(check(signed, { publicKey: [] })).rejects.toThrow(TypeError);
    });

    test("a new key signs at once, and clients that know both follow", async () => {
      const before = await check(await registry.heads.current());
      const renewed = await generateSigningKey();
      const again = await world().reopen({ headSigningKey: await createPemSigner(renewed.privateKeyPem) });
      const signed = await again.heads.current();
      expect(await codeOf(check(signed, { previous: before }))).toBe("head_invalid");
      const publicKey = [key.publicKeyPem, renewed.publicKeyPem];
      const after = await check(signed, { publicKey, previous: before });
      expect(after.number).toBe(before.number + 1);
      await check(await registry.heads.current(), { previous: after });
    });

    test("a registry without a key signs nothing, and only Ed25519 signs", async () => {
      expect(await codeOf(world().registry.heads.current())).toBe("heads_not_configured");
      const extension = (await publish()).extension.id;
      expect(await codeOf(world().registry.heads.proof({ extension, version: "1.0.0" }))).toBe(
        "heads_not_configured",
      );
      const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
      const pem = p256.export({ type: "pkcs8", format: "pem" });
      await expect(world().reopen({ headSigningKey: pem })).rejects.toThrow(TypeError);
      expect(await codeOf(world().reopen({ headSigningKey: "x" }))).toBe("invalid_key");
    });

    test("a signer that hangs holds up nobody but those who ask for its heads", async () => {
      const pem = await createPemSigner(key.privateKeyPem);
      const [asked, signed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let count = 0;
      const slow = await world().reopen({
        headSigningKey: {
          keyId: pem.keyId,
          async sign(data) {
            count += 1;
            asked.resolve();
            await signed.promise;
            return pem.sign(data);
          },
        },
      });
      await publish();
      const first = slow.heads.current();
      await asked.promise;
      const more = Array.from({ length: 20 }, () => slow.heads.current());
      // PGlite has one connection, which the signer holds.
      if (world().database.engine === "postgres") await slow.installs("somebody");
      signed.resolve();
      expect(new Set(await Promise.all([first, ...more])).size).toBe(1);
      expect(count).toBe(1);
    });

    test("when signing fails nothing has happened", async () => {
      const before = await check(await registry.heads.current());
      await publish();
      const down = await world().reopen({
        headSigningKey: { keyId: "kms", sign: () => Promise.reject(new Error("down")) },
      });
      await expect(down.heads.current()).rejects.toThrow("down");
      const after = await check(await registry.heads.current(), { previous: before });
      expect(after.number).toBe(before.number + 1);
    });

    test("a tenant's chain has heads of its own", async () => {
      const { tenantId, registryId } = await installNew(world());
      const first = await check(await registry.heads.current({ tenantId }), { chain: tenantId });
      expect(first).toMatchObject({ chain: tenantId, number: 1, seq: 1, snapshot: null });
      await registry.setEnabled({ tenantId, registryId, enabled: false });
      const signed = await registry.heads.current({ tenantId });
      await check(signed, { chain: tenantId, previous: first });
      expect(await codeOf(check(signed))).toBe("head_invalid");
      expect(await registry.verifyReleaseLog({ tenantId, heads: [first] })).toMatchObject({ brokenAt: null });
    });

    test("nothing is signed that does not continue what was signed", async () => {
      const { tenantId, registryId } = await installNew(world());
      await registry.heads.current({ tenantId });
      const { admin } = world().database;
      const alter = async (statement: string) => {
        await admin("alter table release_event disable trigger release_event_frozen");
        await admin(statement, [tenantId]);
        await admin("alter table release_event enable trigger release_event_frozen");
      };
      await registry.setEnabled({ tenantId, registryId, enabled: false });
      await alter("update release_event set actor = actor || 'x' where tenant_id = $1 and seq = 2");
      expect(await refusalOf(registry.heads.current({ tenantId }))).toMatchObject({
        code: "release_log_broken",
        details: { seq: 2 },
      });
      await alter("delete from release_event where tenant_id = $1 and seq = 2");
      await registry.heads.current({ tenantId });
      await alter("delete from release_event where tenant_id = $1");
      expect(await codeOf(registry.heads.current({ tenantId }))).toBe("release_log_broken");
      // What was signed is remembered, so that an end that is cut off shows without anybody's export.
      expect(await registry.verifyReleaseLog({ tenantId })).toMatchObject({
        brokenAt: 1,
        problem: "truncated",
      });
    });

    test("a version is proved to belong to the snapshot, with its content and no other", async () => {
      const manifest = newManifest();
      const one = await publishExtension(world(), manifest);
      await publishExtension(world(), { ...manifest, version: "1.1.0" });
      const extension = `${manifest.publisher}.${manifest.name}`;
      const proofs = [];
      for (const version of ["1.0.0", "1.1.0"]) {
        const proof = await registry.heads.proof({ extension, version });
        await verifyInclusion(await check(proof.head), proof.entry, proof);
        proofs.push(proof);
      }
      const [first, second] = proofs;
      if (first === undefined || second === undefined) throw new Error("no proof");
      expect(first.entry).toEqual({
        publisher: manifest.publisher,
        name: manifest.name,
        version: "1.0.0",
        contentHash: `sha256:${one.contentHash}`,
      });
      const head = await check(second.head);
      // Mix and match: a version's name with another's content, or a proof of another place.
      for (const [entry, proof] of [
        [{ ...first.entry, contentHash: second.entry.contentHash }, first],
        [{ ...first.entry, version: "1.1.0" }, first],
        [{ ...first.entry, publisher: "other" }, first],
        [first.entry, second],
      ] as const) {
        expect(await codeOf(verifyInclusion(head, entry, proof))).toBe("head_mismatch");
      }
    });

    test("a version that the log knows nothing of is not vouched for", async () => {
      const { extension } = await publish();
      await seedVersions(world().database, { registryId: extension.id, versions: ["6.6.6"] });
      const proof = registry.heads.proof({ extension: extension.id, version: "6.6.6" });
      expect(await codeOf(proof)).toBe("release_log_broken");
    });

    test("heads asked for at once are one after the other", async () => {
      await publish();
      const heads: Head[] = await Promise.all(
        Array.from({ length: 5 }, async () => check(await registry.heads.current())),
      );
      await publish();
      heads.push(
        ...(await Promise.all(Array.from({ length: 5 }, async () => check(await registry.heads.current())))),
      );
      const byNumber = new Map(heads.map((head) => [head.number, JSON.stringify(head)]));
      for (const head of heads) expect(byNumber.get(head.number)).toBe(JSON.stringify(head));
      expect(byNumber.size).toBe(2);
    });
  });
}
