import { generateKeyPairSync } from "node:crypto";
import { compactDecrypt } from "jose";
import { describe, expect, test } from "vitest";
import { createDataKeys, DATA_KEY_TTL_MS } from "../secrets/data-key.ts";
import { createEnvelopeSealer, ENVELOPE_TTL_MS } from "../secrets/seal-envelope.ts";
import { refusalOf, sqlStateOf } from "./kit/rejection.ts";
import { installNew, type World } from "./kit/world.ts";

const AWAY = { code: "key_provider_unavailable", status: 503, retryable: true };

/** What rotating keys, and a key provider that is away, do to secrets. */
export function keysInUseContract(world: () => World): void {
  const envelopeOf = async (tenantId: string, extensionId: string) =>
    (await world().registry.resolver.resolve({ tenantId, extensionId }))?.secretEnvelope ?? null;
  const openedOf = async (tenantId: string, extensionId: string) =>
    world().openEnvelope(await envelopeOf(tenantId, extensionId));
  const keysOf = (tenantId: string) =>
    world().database.admin("select kid, kek_id, is_active from tenant_data_key where tenant_id = $1", [
      tenantId,
    ]);
  const kidsInUse = async (tenantId: string) => {
    const rows = await world().database.admin(
      "select distinct key_id from tenant_extension_install_secrets where tenant_id = $1",
      [tenantId],
    );
    return rows.map(({ key_id }) => key_id);
  };

  /** Reads past every cache, as another process would that just started. */
  function coldReader(): (install: {
    tenantId: string;
    installId: string;
  }) => Promise<Record<string, string>> {
    const { db, keys, clock } = world();
    const runner = generateKeyPairSync("x25519");
    return async ({ tenantId, installId }) => {
      const seal = await createEnvelopeSealer({
        db,
        dataKeys: createDataKeys({ db, keys, clock: () => clock.now }),
        runnerPublicKeyPem: runner.publicKey.export({ type: "spki", format: "pem" }),
        clock: () => clock.now,
      });
      const envelope = await seal({ tenantId, installId, secretsVersion: "any" });
      const jwe = Buffer.from(envelope?.ciphertext_b64 ?? "", "base64").toString();
      const { plaintext } = await compactDecrypt(jwe, runner.privateKey);
      return JSON.parse(Buffer.from(plaintext).toString()) as Record<string, string>;
    };
  }

  describe("data keys", () => {
    test("of writers that find none at once, one makes it", async () => {
      const { tenantId, registryId } = await installNew(world());
      await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          world().registry.setSecrets({ tenantId, registryId, secrets: { [`s${index}`]: "x" } }),
        ),
      );
      expect(await keysOf(tenantId)).toMatchObject([{ is_active: true }]);
      expect(Object.keys((await openedOf(tenantId, registryId)) ?? {})).toHaveLength(8);
    });

    test("a rotation seals everything with a new key and deletes the old one", async () => {
      const { registry, database } = world();
      const one = await installNew(world());
      const other = await installNew(world());
      const { tenantId } = one;
      await registry.install({ ...other, tenantId, grants: "declared", actor: "admin" });
      await registry.setSecrets({ ...one, secrets: { a: "1", b: "2" } });
      await registry.setSecrets({ ...other, tenantId, secrets: { c: "3" } });
      const before = await envelopeOf(tenantId, one.registryId);
      const [old] = await kidsInUse(tenantId);

      const rotation = await registry.rotateDataKey({ tenantId, actor: "ada" });

      expect(rotation).toMatchObject({ reencrypted: 3, unreadable: [], retired: [old] });
      expect(await kidsInUse(tenantId)).toEqual([rotation.kid]);
      expect(await keysOf(tenantId)).toMatchObject([{ kid: rotation.kid, is_active: true }]);
      expect(await openedOf(tenantId, one.registryId)).toEqual({ a: "1", b: "2" });
      expect(await openedOf(tenantId, other.registryId)).toEqual({ c: "3" });
      expect((await envelopeOf(tenantId, one.registryId))?.version).toBe(before?.version);
      const [event] = await database.admin(
        "select actor, payload from release_event where tenant_id = $1 order by seq desc limit 1",
        [tenantId],
      );
      expect(event).toMatchObject({ actor: "ada", payload: JSON.stringify({ kid: rotation.kid }) });
      expect(await registry.verifyReleaseLog({ tenantId })).toMatchObject({ brokenAt: null });
    });

    test("a secret that does not open keeps its key, and the rotation says so", async () => {
      const { registry, database } = world();
      const { tenantId, registryId, installId } = await installNew(world());
      await registry.setSecrets({ tenantId, registryId, secrets: { broken: "1", whole: "2" } });
      const [old] = await kidsInUse(tenantId);
      await database.admin(
        `update tenant_extension_install_secrets set ciphertext = 'AAAA' || substr(ciphertext, 5)
           where tenant_id = $1 and name = 'broken'`,
        [tenantId],
      );
      expect(await registry.rotateDataKey({ tenantId })).toMatchObject({
        reencrypted: 1,
        unreadable: [{ installId, name: "broken" }],
        retired: [],
      });
      expect(await kidsInUse(tenantId)).toHaveLength(2);
      await registry.setSecrets({ tenantId, registryId, secrets: { broken: null } });
      const { retired } = await registry.rotateDataKey({ tenantId });
      expect(retired).toContain(old);
      expect(await openedOf(tenantId, registryId)).toEqual({ whole: "2" });
    });

    test("the database refuses to drop a key that a secret needs", async () => {
      const { tenantId, registryId } = await installNew(world());
      await world().registry.setSecrets({ tenantId, registryId, secrets: { a: "1" } });
      const drop = world().db.withTenant(tenantId, (tx) =>
        tx.deleteFrom("tenant_data_key").where("tenant_id", "=", tenantId).execute(),
      );
      expect(await sqlStateOf(drop)).toBe("23503");
    });

    test("a tenant without secrets can rotate too", async () => {
      const { tenantId } = await installNew(world());
      const first = await world().registry.rotateDataKey({ tenantId });
      expect(first).toMatchObject({ reencrypted: 0, retired: [] });
      expect(await world().registry.rotateDataKey({ tenantId })).toMatchObject({ retired: [first.kid] });
    });

    test("no read and no write fails while data keys rotate", { timeout: 60_000 }, async () => {
      const { registry, database } = world();
      const install = await installNew(world());
      const { tenantId } = install;
      const names = Array.from({ length: 12 }, (_, index) => `s${index}`);
      await registry.setSecrets({
        ...install,
        secrets: Object.fromEntries(names.map((name) => [name, "0"])),
      });
      const read = coldReader();
      const write = (name: string, value: string) =>
        registry.setSecrets({ ...install, secrets: { [name]: value } });
      for (let round = 1; round <= 8; round += 1) {
        const [rotations, reads] = await Promise.all([
          Promise.all([registry.rotateDataKey({ tenantId }), registry.rotateDataKey({ tenantId })]),
          Promise.all(Array.from({ length: 6 }, () => read(install))),
          Promise.all([write("s0", `a${round}`), write("s1", `b${round}`), write("s0", `c${round}`)]),
        ]);
        expect(rotations.flatMap(({ unreadable }) => unreadable)).toEqual([]);
        for (const values of reads) expect(Object.keys(values).sort()).toEqual([...names].sort());
        expect(await read(install)).toMatchObject({
          s0: expect.stringMatching(/[ac]/),
          s1: `b${round}`,
          s2: "0",
        });
      }

      const last = await registry.rotateDataKey({ tenantId });
      expect(await kidsInUse(tenantId)).toEqual([last.kid]);
      expect(await keysOf(tenantId)).toMatchObject([{ kid: last.kid }]);
      const rows = await database.admin(
        "select name from tenant_extension_install_secrets where tenant_id = $1",
        [tenantId],
      );
      expect(rows).toHaveLength(names.length);
    });
  });

  describe("key-encryption keys", () => {
    test("after rewrapping the old one is no longer needed, and no read fails meanwhile", async () => {
      const { registry, keys } = world();
      const installs = await Promise.all(Array.from({ length: 5 }, () => installNew(world())));
      for (const install of installs)
        await registry.setSecrets({ ...install, secrets: { a: install.tenantId } });
      const read = coldReader();
      const readAll = async () => {
        for (const install of installs) expect(await read(install)).toEqual({ a: install.tenantId });
      };
      keys.rotate();
      const mine = new Set(installs.map(({ tenantId }) => tenantId));
      const [report] = await Promise.all([
        registry.rewrapDataKeys(),
        registry.rewrapDataKeys({}),
        ...Array.from({ length: 6 }, readAll),
      ]);
      expect(report.checked).toBeGreaterThanOrEqual(installs.length);
      expect(report.unreadable.filter(({ tenantId }) => mine.has(tenantId))).toEqual([]);
      expect((await registry.rewrapDataKeys()).rewrapped).toBe(0);
      keys.forgetOld();
      await readAll();
      expect(
        (await registry.rewrapDataKeys()).unreadable.filter(({ tenantId }) => mine.has(tenantId)),
      ).toEqual([]);
    });

    test("a data key that no key opens is named, and the rest is rewrapped", async () => {
      const { registry, keys, database } = world();
      const [one, other] = [await installNew(world()), await installNew(world())];
      for (const install of [one, other]) await registry.setSecrets({ ...install, secrets: { a: "1" } });
      await database.admin("update tenant_data_key set wrapped = 'AAAA' where tenant_id = $1", [
        one.tenantId,
      ]);
      keys.rotate();
      const report = await registry.rewrapDataKeys();
      expect(report.unreadable.map(({ tenantId }) => tenantId)).toContain(one.tenantId);
      const [key] = await keysOf(other.tenantId);
      expect(key?.["kek_id"]).toBe((await keys.wrap(new Uint8Array(32), "")).keyId);
      expect(await registry.rewrapDataKeys({ tenantId: other.tenantId })).toEqual({
        checked: 1,
        rewrapped: 0,
        unreadable: [],
      });
    });
  });

  describe("a key provider that is away", () => {
    test("reads live on what is known for a while, writes are refused, nothing is stored in clear", async () => {
      const { registry, keys, clock, database } = world();
      const { tenantId, registryId } = await installNew(world());
      const set = (secrets: Record<string, string | null>) =>
        registry.setSecrets({ tenantId, registryId, secrets });
      await set({ a: "1", b: "2" });
      const sealed = await envelopeOf(tenantId, registryId);
      expect(sealed?.expires_at).toBe(new Date(clock.now + ENVELOPE_TTL_MS).toISOString());
      keys.isDown = true;
      try {
        const before = await database.admin(
          "select * from tenant_extension_install_secrets where tenant_id = $1 order by name",
          [tenantId],
        );
        await expect(set({ a: "never stored" })).rejects.toMatchObject(AWAY);
        await expect(registry.rotateDataKey({ tenantId })).rejects.toMatchObject(AWAY);
        await expect(registry.rewrapDataKeys({ tenantId })).rejects.toMatchObject(AWAY);
        const after = await database.admin(
          "select * from tenant_extension_install_secrets where tenant_id = $1 order by name",
          [tenantId],
        );
        expect(after).toEqual(before);

        await set({ b: null });
        expect(await openedOf(tenantId, registryId)).toEqual({ a: "1" });
        clock.now += DATA_KEY_TTL_MS - 1;
        expect(await openedOf(tenantId, registryId)).toEqual({ a: "1" });
        clock.now += ENVELOPE_TTL_MS - DATA_KEY_TTL_MS;
        expect(await openedOf(tenantId, registryId)).toEqual({ a: "1" });
        clock.now += 1;
        await expect(envelopeOf(tenantId, registryId)).rejects.toMatchObject(AWAY);
      } finally {
        keys.isDown = false;
      }
      expect(await openedOf(tenantId, registryId)).toEqual({ a: "1" });
    });

    test("a first secret is refused, not stored under no key", async () => {
      const { registry, keys } = world();
      const install = await installNew(world());
      keys.isDown = true;
      try {
        await expect(registry.setSecrets({ ...install, secrets: { a: "1" } })).rejects.toMatchObject(AWAY);
      } finally {
        keys.isDown = false;
      }
      expect(await keysOf(install.tenantId)).toEqual([]);
      expect(await registry.secretNames(install)).toEqual([]);
    });

    test("is not asked again for what it opened a moment ago", async () => {
      const { registry, keys, clock } = world();
      const install = await installNew(world());
      await registry.setSecrets({ ...install, secrets: { a: "1" } });
      const asked = keys.unwraps;
      for (let round = 0; round < 3; round += 1) await envelopeOf(install.tenantId, install.registryId);
      expect(keys.unwraps).toBe(asked);
      clock.now += ENVELOPE_TTL_MS;
      const again = await envelopeOf(install.tenantId, install.registryId);
      expect(keys.unwraps).toBe(asked + 1);
      expect(again?.expires_at).toBe(new Date(clock.now + ENVELOPE_TTL_MS).toISOString());
    });

    test("an answer that is kept while its revision holds never has an expired envelope", async () => {
      const { registry, clock } = world();
      const { tenantId, registryId } = await installNew(world());
      await registry.setSecrets({ tenantId, registryId, secrets: { a: "1" } });
      const query = { tenantId, extensionId: registryId };
      let kept = await registry.resolver.resolve(query);
      let asked = 0;
      for (let minute = 0; minute < 60; minute += 1) {
        if ((await registry.resolver.revision?.(query)) !== kept?.revision) {
          kept = await registry.resolver.resolve(query);
          asked += 1;
        }
        expect(Date.parse(kept?.secretEnvelope?.expires_at ?? "")).toBeGreaterThan(clock.now);
        clock.now += 60_000;
      }
      expect(asked).toBeLessThanOrEqual(12);
    });

    test("a data key of another length is refused", async () => {
      const { keys, reopen } = world();
      const registry = await reopen({ keys: { ...keys, unwrap: async () => new Uint8Array(31) } });
      const install = await installNew(world());
      expect((await refusalOf(registry.setSecrets({ ...install, secrets: { a: "1" } }))).code).toBe(
        "secret_unreadable",
      );
    });
  });
}
