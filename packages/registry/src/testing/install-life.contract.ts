import { parseTrustBundle, parseTrustDocument, type TrustPolicy, type TrustSource } from "@alga-ext/bundle";
import { createPemSigner, generateSigningKey } from "@alga-ext/bundle/node";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./kit/rejection.ts";
import { installNew, newManifest, newTenant, publishExtension, type World } from "./kit/world.ts";

/** What an install goes through: following, pinning, going back, going away and coming back. */
export function installLifeContract(world: () => World): void {
  describe("installs, their life", () => {
    const DECLARED = { grants: "declared", actor: "admin" } as const;
    const revisionOf = ({ tenantId, registryId }: { tenantId: string; registryId: string }) =>
      world().registry.resolver.revision({ tenantId, extensionId: registryId });
    const publishNext = (manifest: Parameters<typeof publishExtension>[1], ...versions: string[]) =>
      versions.reduce<Promise<unknown>>(
        (before, version) => before.then(() => publishExtension(world(), { ...manifest, version })),
        Promise.resolve(),
      );

    test("saying nothing grants nothing: it is refused", async () => {
      const { registryId, version } = await installNew(world());
      const tenantId = newTenant();
      const request = { tenantId, registryId, version, actor: "admin" };
      for (const grants of [
        undefined,
        null,
        "all",
        {},
        { capabilities: ["x"] },
        { capabilities: [1], egress: [] },
      ]) {
        const promise = world().registry.install({ ...request, grants: grants as "declared" });
        await expect(promise).rejects.toThrow(TypeError);
      }
      expect(await world().registry.installs(tenantId)).toEqual([]);
      const install = { ...request, grants: { capabilities: [], egress: [] } };
      expect((await world().registry.install(install)).grantedCapabilities).toEqual([]);
      const grants = undefined as unknown as { capabilities: []; egress: [] };
      await expect(world().registry.setGrants({ ...request, grants })).rejects.toThrow(TypeError);
    });

    test("a slug in any case names the extension for every verb", async () => {
      const { registry } = world();
      const { registryId: id, version, manifest } = await installNew(world());
      const ref = {
        tenantId: newTenant(),
        registryId: `${manifest.publisher}.${manifest.name}`.toUpperCase(),
      };
      expect((await registry.install({ ...ref, version, ...DECLARED })).registryId).toBe(id);
      await registry.setEnabled({ ...ref, enabled: false });
      await registry.setGrants({ ...ref, grants: { capabilities: [], egress: [] } });
      await registry.pin({ ...ref, pinned: true });
      expect(await registry.installHistory(ref)).toHaveLength(1);
      await registry.uninstall(ref);
      expect(await registry.installs(ref.tenantId)).toEqual([]);
    });

    test("a line or a channel is followed by updates that name nothing; an exact version is not", async () => {
      const { registry } = world();
      const { registryId, manifest } = await installNew(world());
      const on = async (version: string) => {
        const ref = { tenantId: newTenant(), registryId };
        const install = await registry.install({ ...ref, version, ...DECLARED });
        return { ref, follows: install.follows, version: install.version };
      };
      const line = await on("1.0.*");
      const latest = await on("latest");
      const exact = await on("1.0.0");
      expect([line.follows, latest.follows, exact.follows]).toEqual(["1.0.*", "latest", null]);
      await publishNext(manifest, "1.0.1", "2.0.0", "2.1.0-rc.1");
      const updated = await Promise.all(
        [line, latest, exact].map(async ({ ref }) => (await registry.update(ref)).version),
      );
      expect(updated).toEqual(["1.0.1", "2.0.0", "2.0.0"]);
      // What is named last is what it follows.
      expect(await registry.update({ ...line.ref, version: "beta" })).toMatchObject({
        version: "2.1.0-rc.1",
        follows: "beta",
      });
      expect(await registry.update({ ...line.ref, version: "2.0.0" })).toMatchObject({ follows: null });
    });

    test("an update to what runs already changes nothing and leaves no trace", async () => {
      const { registry } = world();
      const install = await installNew(world());
      const before = await revisionOf(install);
      await registry.update({ ...install, version: "1.0.0" });
      await registry.update(install);
      expect(await revisionOf(install)).toBe(before);
      expect(await registry.verifyReleaseLog(install)).toMatchObject({ events: 1 });
      expect(await registry.installHistory(install)).toHaveLength(1);
    });

    test("a pinned install moves only to an exact version", async () => {
      const { registry } = world();
      const { registryId, manifest } = await installNew(world());
      const ref = { tenantId: newTenant(), registryId };
      await registry.install({ ...ref, version: "latest", ...DECLARED });
      expect(await registry.pin({ ...ref, pinned: true, actor: "admin" })).toMatchObject({ pinned: true });
      await publishNext(manifest, "1.1.0", "1.2.0");
      for (const version of [undefined, "latest", "1.*", "1.1.*"]) {
        const request = version === undefined ? ref : { ...ref, version };
        expect((await refusalOf(registry.update(request))).code).toMatch(
          /^install_pinned$|^version_not_found$/,
        );
      }
      expect(await registry.update({ ...ref, version: "1.1.0" })).toMatchObject({
        version: "1.1.0",
        pinned: true,
      });
      await registry.pin({ ...ref, pinned: false });
      expect(await registry.update({ ...ref, version: "latest" })).toMatchObject({ version: "1.2.0" });
    });

    test("what an update asks for waits under its name until somebody decides", async () => {
      const { registry, database } = world();
      const { registryId, version, manifest } = await installNew(world(), {
        capabilities: ["cap:storage.kv", "cap:secrets.get"],
        egress: [],
      });
      const ref = { tenantId: newTenant(), registryId };
      await registry.install({
        ...ref,
        version,
        grants: { capabilities: ["cap:storage.kv"], egress: [] },
        actor: "admin",
      });
      const more = {
        capabilities: ["cap:storage.kv", "cap:secrets.get", "cap:http.fetch"],
        egress: [{ host: "new.example", reason: "new" }],
      };
      await publishExtension(world(), { ...manifest, ...more, version: "1.1.0" });
      const updated = await registry.update({ ...ref, version: "1.1.0" });
      // Declined at install is pending, but not asked again.
      expect(updated.pendingConsent.map(({ name }) => name)).toEqual([
        "cap:secrets.get",
        "cap:http.fetch",
        "new.example",
      ]);
      expect(updated.askedByUpdate.map(({ name }) => name)).toEqual(["cap:http.fetch", "new.example"]);
      const [event] = await database.admin(
        "select payload from release_event where tenant_id = $1 and type = 'install_updated'",
        [ref.tenantId],
      );
      expect(JSON.parse(String(event?.["payload"]))).toMatchObject({
        asked: ["cap:http.fetch", "new.example"],
      });
      const decided = await registry.setGrants({
        ...ref,
        grants: { capabilities: ["cap:storage.kv"], egress: [] },
      });
      expect(decided.askedByUpdate).toEqual([]);
      expect(decided.pendingConsent).toHaveLength(3);
    });

    test("going back: any former version, grants only shrink, and it stays there", async () => {
      const { registry } = world();
      const { registryId, manifest } = await installNew(world(), {
        capabilities: ["cap:storage.kv", "cap:secrets.get"],
      });
      const ref = { tenantId: newTenant(), registryId };
      const { installId } = await registry.install({ ...ref, version: "latest", ...DECLARED });
      expect((await refusalOf(registry.rollback(ref))).code).toBe("not_a_former_version");
      const narrow = { ...manifest, capabilities: ["cap:storage.kv"] };
      await publishNext(narrow, "1.1.0", "1.2.0", "1.3.0");
      await registry.update({ ...ref, version: "1.1.0" });
      await registry.update({ ...ref, version: "latest" });
      for (const version of ["1.2.0", "9.9.9", "1.3.0", "'; --", "\0"]) {
        expect((await refusalOf(registry.rollback({ ...ref, version }))).code).toBe("not_a_former_version");
      }
      const back = await registry.rollback({ ...ref, version: "1.0.0", actor: "admin" });
      expect(back).toMatchObject({
        installId,
        version: "1.0.0",
        grantedCapabilities: ["cap:storage.kv"],
        follows: "latest",
        pinned: true,
      });
      expect(back.askedByUpdate.map(({ name }) => name)).toEqual(["cap:secrets.get"]);
      expect((await refusalOf(registry.update(ref))).code).toBe("install_pinned");
      // Without a name it is the one that ran before.
      expect((await registry.rollback(ref)).version).toBe("1.3.0");
      const history = await registry.installHistory(ref);
      expect(history.map(({ version, cause, until }) => [version, cause, until === null])).toEqual([
        ["1.3.0", "rollback", true],
        ["1.0.0", "rollback", false],
        ["1.3.0", "update", false],
        ["1.1.0", "update", false],
        ["1.0.0", "install", false],
      ]);
      expect(await registry.verifyReleaseLog(ref)).toMatchObject({ events: 5, brokenAt: null });
    });

    test("a yanked version is not installed anew, but an install may go back to it", async () => {
      const { registry, publisher } = world();
      const { registryId, version, manifest, ...install } = await installNew(world());
      await publishNext(manifest, "1.0.1");
      const ref = { tenantId: install.tenantId, registryId };
      await registry.update({ ...ref, version: "1.0.1" });
      await registry.releases.yank({
        extension: registryId,
        version,
        reason: "broken",
        principal: publisher,
      });
      const fresh = { tenantId: newTenant(), registryId, version, ...DECLARED };
      expect((await refusalOf(registry.install(fresh))).code).toBe("version_yanked");
      expect((await registry.rollback(ref)).version).toBe("1.0.0");
    });

    test("a revoked version stops being there for callers, and the way to it is closed", async () => {
      const key = await generateSigningKey();
      const signer = await createPemSigner(key.privateKeyPem);
      const trust = async (fields: object): Promise<TrustPolicy> => {
        const text = JSON.stringify({ version: 1, expires: "2099-01-01T00:00:00Z", ...fields });
        return parseTrustBundle(key.publicKeyPem, { document: await parseTrustDocument(text) });
      };
      const source: { current: TrustPolicy } & TrustSource = {
        current: await trust({}),
        onChange: () => () => undefined,
      };
      const registry = await world().reopen({ trust: source });
      const on = { ...world(), registry };
      const manifest = newManifest();
      const first = await publishExtension(on, manifest, { signer });
      const second = await publishExtension(on, { ...manifest, version: "1.1.0" }, { signer });
      const ref = { tenantId: newTenant(), registryId: first.extension.id };
      await registry.install({ ...ref, version: "1.0.0", ...DECLARED });
      await registry.update({ ...ref, version: "1.1.0" });
      const query = { tenantId: ref.tenantId, extensionId: ref.registryId };
      expect(await registry.resolver.resolve(query)).not.toBeNull();
      source.current = await trust({ expires: "2020-01-01T00:00:00Z" });
      expect(await registry.resolver.revision(query)).not.toBeNull();
      for (const revocation of [
        { digest: `sha256:${second.contentHash}`, reason: "malware" },
        { publisher: manifest.publisher, reason: "fraud" },
      ]) {
        source.current = await trust({ revocations: [revocation] });
        expect(await registry.resolver.resolve(query)).toBeNull();
        expect(await registry.resolver.revision(query)).toBeNull();
        for (const tenantId of [ref.tenantId, ""]) {
          const served = { tenantId, registryId: ref.registryId, contentHash: second.contentHash };
          expect(await registry.validateInstall(served)).toBe(false);
        }
      }
      expect((await refusalOf(registry.rollback(ref))).code).toBe("revoked_publisher");
      source.current = await trust({
        revocations: [{ digest: `sha256:${first.contentHash}`, reason: "bad" }],
      });
      expect((await refusalOf(registry.rollback(ref))).code).toBe("revoked_digest");
      expect(await registry.resolver.revision(query)).not.toBeNull();
    });

    test("within the grace period an install comes back with everything, if somebody asks for it", async () => {
      const { registry, clock } = world();
      const install = await installNew(world());
      const { tenantId, registryId, installId, version, manifest } = install;
      const scope = { tenantId, installId };
      const put = { operation: "put", namespace: "n", key: "k", value: "kept" } as const;
      await registry.hostApi.storage(scope, put);
      await registry.setSecrets({ tenantId, registryId, secrets: { api: "kept" } });
      await registry.settings.set({ ...install, values: { colour: "red" } });
      await registry.uninstall({ tenantId, registryId });
      await publishNext(manifest, "1.1.0");
      clock.now += 29 * 86_400_000;
      const request = { tenantId, registryId, version: "1.1.0", actor: "admin" };
      const restored = await registry.install({
        ...request,
        grants: { capabilities: ["cap:storage.kv"], egress: [] },
        restore: true,
      });
      expect(restored).toMatchObject({
        installId,
        version: "1.1.0",
        enabled: true,
        grantedCapabilities: ["cap:storage.kv"],
        secretNames: ["api"],
      });
      const get = { operation: "get", namespace: "n", key: "k" } as const;
      expect(await registry.hostApi.storage(scope, get)).toMatchObject({ value: "kept" });
      const resolved = await registry.resolver.resolve({ tenantId, extensionId: registryId });
      expect(resolved?.config).toEqual({ colour: "red" });
      expect(await world().openEnvelope(resolved?.secretEnvelope ?? null)).toEqual({ api: "kept" });
      expect((await registry.installHistory(install)).map(({ cause }) => cause)).toEqual([
        "restore",
        "install",
      ]);
      const again = registry.install({ ...request, grants: "declared", restore: true });
      expect((await refusalOf(again)).code).toBe("already_installed");

      await registry.uninstall({ tenantId, registryId });
      clock.now += 30 * 86_400_000;
      const late = registry.install({ ...request, version, grants: "declared", restore: true });
      expect((await refusalOf(late)).code).toBe("nothing_to_restore");
      const never = { tenantId: newTenant(), registryId, version, ...DECLARED, restore: true };
      expect((await refusalOf(registry.install(never))).code).toBe("nothing_to_restore");
      expect(await registry.installs(never.tenantId)).toEqual([]);
    });

    test("a restored install starts with its own domain, the newest one first, and nobody else's", async () => {
      const { registry, clock } = world();
      const { tenantId, registryId, installId, version } = await installNew(world());
      await registry.uninstall({ tenantId, registryId });
      clock.now += 1000;
      const second = await registry.install({ tenantId, registryId, version, ...DECLARED });
      await registry.uninstall({ tenantId, registryId });
      clock.now += 1000;
      const restored = await registry.install({ tenantId, registryId, version, ...DECLARED, restore: true });
      expect(restored.installId).toBe(second.installId);
      expect(restored.installId).not.toBe(installId);
      expect(restored.domain).not.toBeNull();
      const stranger = { tenantId: newTenant(), registryId, version, ...DECLARED, restore: true };
      expect((await refusalOf(registry.install(stranger))).code).toBe("nothing_to_restore");
    });

    test("without a grace period uninstalling deletes everything at once", async () => {
      const registry = await world().reopen({ uninstallGraceMs: 0 });
      const install = await installNew({ ...world(), registry });
      const scope = { tenantId: install.tenantId, installId: install.installId };
      await registry.hostApi.storage(scope, { operation: "put", namespace: "n", key: "k", value: 1 });
      await registry.uninstall(install);
      const rows = await world().database.admin(
        `select tenant_id from tenant_extension_install where tenant_id = $1
         union all select tenant from ext_storage_records where tenant = $1`,
        [install.tenantId],
      );
      expect(rows).toEqual([]);
      const request = { ...install, ...DECLARED, restore: true };
      expect((await refusalOf(registry.install(request))).code).toBe("nothing_to_restore");
      expect(await registry.verifyReleaseLog(install)).toMatchObject({ events: 2, brokenAt: null });
    });

    test("the revision changes with every change and with nothing else", async () => {
      const { registry } = world();
      const install = await installNew(world());
      const { tenantId, registryId, manifest } = install;
      await publishNext(manifest, "1.1.0");
      const seen = [await revisionOf(install)];
      expect(await revisionOf(install)).toBe(seen[0]);
      await registry.settings.get(install);
      await registry.installs(tenantId);
      expect(await revisionOf(install)).toBe(seen[0]);
      for (const change of [
        () => registry.setGrants({ ...install, grants: { capabilities: [], egress: [] } }),
        () => registry.setSecrets({ tenantId, registryId, secrets: { a: "1" } }),
        () => registry.settings.set({ ...install, values: { a: "1" } }),
        () => registry.update({ ...install, version: "1.1.0" }),
        () => registry.rollback(install),
        () => registry.setEnabled({ ...install, enabled: false }),
        () => registry.setEnabled({ ...install, enabled: true }),
        () => registry.uninstall(install),
      ]) {
        await change();
        const revision = await revisionOf(install);
        const resolved = await registry.resolver.resolve({ tenantId, extensionId: registryId });
        expect(resolved?.revision ?? null).toBe(revision);
        seen.push(revision);
      }
      expect(seen.filter((revision) => revision === null)).toHaveLength(2);
      expect(new Set(seen).size).toBe(seen.length - 1);
      expect(await revisionOf({ tenantId: newTenant(), registryId })).toBeNull();
    });

    test("pages of the version before go on loading for an hour, of an older or a removed one they do not", async () => {
      const { registry, clock } = world();
      const install = await installNew(world());
      const { tenantId, registryId, manifest } = install;
      const contentHash = (await registry.installs(tenantId))[0]?.contentHash ?? "";
      const valid = () => registry.validateInstall({ tenantId, registryId, contentHash });
      await publishNext(manifest, "1.1.0");
      await registry.update({ ...install, version: "1.1.0" });
      expect(await valid()).toBe(true);
      await registry.setEnabled({ ...install, enabled: false });
      expect(await valid()).toBe(false);
      await registry.setEnabled({ ...install, enabled: true });
      clock.now += 3_600_000;
      expect(await valid()).toBe(false);
      await registry.rollback(install);
      expect(await valid()).toBe(true);
      await registry.uninstall(install);
      expect(await valid()).toBe(false);
    });

    test("an install is there whole or not at all, whatever fails on the way", async () => {
      const { registry, database } = world();
      const { registryId, version } = await installNew(world());
      const tenantId = newTenant();
      const tables = [
        ["tenant_extension_install", "insert"],
        ["tenant_extension_install_config", "insert"],
        ["tenant_extension_install_version", "insert"],
        ["extension_domain", "insert"],
        ["extension_outbox", "insert"],
        ["release_event", "insert"],
      ] as const;
      const count = async () => {
        const counts = await Promise.all(
          tables.map(([table]) =>
            database.admin(`select count(*)::int as n from ${table} where tenant_id = $1`, [tenantId]),
          ),
        );
        return counts.map(([row]) => row?.["n"]);
      };
      await database.admin(`create function fail_here() returns trigger language plpgsql as
        $$ begin raise exception 'on purpose'; end $$`);
      for (const [table, event] of tables) {
        await database.admin(`create trigger fail_here after ${event} on ${table} for each row
          when (new.tenant_id = '${tenantId}') execute function fail_here()`);
        await expect(registry.install({ tenantId, registryId, version, ...DECLARED })).rejects.toThrow();
        await database.admin(`drop trigger fail_here on ${table}`);
        expect(await count()).toEqual([0, 0, 0, 0, 0, 0]);
        expect(await registry.resolver.resolve({ tenantId, extensionId: registryId })).toBeNull();
      }
      await database.admin("drop function fail_here()");
      await registry.install({ tenantId, registryId, version, ...DECLARED });
      expect(await count()).toEqual([1, 1, 1, 1, 2, 1]);
    });

    test("two administrators who do everything at once leave one install, one history and a whole chain", async () => {
      const { registry, database } = world();
      const { registryId, manifest } = await installNew(world());
      await publishNext(manifest, "1.0.1", "1.0.2");
      for (let round = 0; round < 4; round += 1) {
        const ref = { tenantId: newTenant(), registryId };
        const install = (version: string) => () => registry.install({ ...ref, version, ...DECLARED });
        await install("1.0.0")();
        const verbs: (() => Promise<unknown>)[] = [
          install("1.0.0"),
          install("latest"),
          () => registry.update({ ...ref, version: "1.0.1" }),
          () => registry.update({ ...ref, version: "1.0.2" }),
          () => registry.update(ref),
          () => registry.rollback(ref),
          () => registry.uninstall(ref),
          () => registry.uninstall(ref),
          () => registry.install({ ...ref, version: "1.0.1", ...DECLARED, restore: true }),
          () => registry.pin({ ...ref, pinned: true }),
          () => registry.setEnabled({ ...ref, enabled: round % 2 === 0 }),
          () => registry.setGrants({ ...ref, grants: { capabilities: [], egress: [] } }),
          () => registry.settings.set({ ...ref, values: { a: "1" } }),
          () => registry.setSecrets({ ...ref, secrets: { a: "1" } }),
        ];
        const outcomes = await Promise.allSettled([...verbs, ...verbs.toReversed()].map((verb) => verb()));
        const codes = outcomes.flatMap((one) =>
          one.status === "rejected" ? [(one.reason as { code?: string }).code ?? "uncoded"] : [],
        );
        const expected = [
          "install_not_found",
          "already_installed",
          "install_pinned",
          "not_a_former_version",
          "nothing_to_restore",
          "settings_outdated",
        ];
        expect(codes.filter((code) => !expected.includes(code))).toEqual([]);
        const rows = await database.admin(
          "select id, uninstalled_at from tenant_extension_install where tenant_id = $1",
          [ref.tenantId],
        );
        expect(rows.filter((row) => row["uninstalled_at"] === null).length).toBeLessThanOrEqual(1);
        const history = await database.admin(
          `select install_id, array_agg(seq order by seq) as seqs, count(*) filter (where until is null)::int as open
           from tenant_extension_install_version where tenant_id = $1 group by install_id`,
          [ref.tenantId],
        );
        expect(history).toHaveLength(rows.length);
        for (const { seqs, open } of history) {
          expect(seqs).toEqual((seqs as number[]).map((_, index) => index + 1));
          expect(open).toBe(1);
        }
        const domains = await database.admin(
          "select host from extension_domain where tenant_id = $1 and is_wanted",
          [ref.tenantId],
        );
        const installed = await registry.installs(ref.tenantId);
        expect(domains.map(({ host }) => host)).toEqual(installed.map(({ domain }) => domain));
        expect(await registry.verifyReleaseLog(ref)).toMatchObject({ brokenAt: null });
      }
    });

    test("every verb answers for another tenant's install as for an unknown one", async () => {
      const { registry } = world();
      const { registryId } = await installNew(world());
      const verbs = (id: string) => {
        const ref = { tenantId: newTenant(), registryId: id };
        return [
          registry.update(ref),
          registry.update({ ...ref, version: "1.0.0" }),
          registry.rollback(ref),
          registry.pin({ ...ref, pinned: true }),
          registry.setEnabled({ ...ref, enabled: true }),
          registry.setGrants({ ...ref, grants: { capabilities: [], egress: [] } }),
          registry.uninstall(ref),
          registry.installHistory(ref),
        ];
      };
      const answers = await Promise.all(
        [registryId, crypto.randomUUID(), "no.such", "' or 1=1; --", "\0", ""].map(async (id) =>
          Promise.all(verbs(id).map((verb) => refusalOf(verb))),
        ),
      );
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(new Set(answers[0]?.map(({ code }) => code))).toEqual(new Set(["install_not_found"]));
    });
  });
}
