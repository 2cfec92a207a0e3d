import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./kit/rejection.ts";
import { installNew, newManifest, newTenant, publishExtension, type World } from "./kit/world.ts";

/** What installing promises. */
export function installsContract(world: () => World): void {
  describe("installs", () => {
    test("everything declared is granted if somebody says so", async () => {
      const { tenantId, registryId, installId } = await installNew(world());
      const [install] = await world().registry.installs(tenantId);
      expect(install).toMatchObject({
        installId,
        registryId,
        enabled: true,
        grantedCapabilities: ["cap:storage.kv", "cap:secrets.get", "cap:http.fetch"],
        grantedEgress: ["api.ledgerline.example"],
        pendingConsent: [],
        menuLabel: "Things",
        hasUi: true,
        secretNames: [],
      });
    });

    test("only what is declared can be granted, and the rest is pending", async () => {
      const { registryId, version } = await installNew(world());
      const tenantId = newTenant();
      const grants = {
        capabilities: ["storage.kv", "cap:scheduler.manage"],
        egress: ["evil.example", "api.ledgerline.example"],
      };
      const install = await world().registry.install({
        tenantId,
        registryId,
        version,
        grants,
        actor: "admin",
      });
      expect(install.grantedCapabilities).toEqual(["cap:storage.kv"]);
      expect(install.grantedEgress).toEqual(["api.ledgerline.example"]);
      expect(install.pendingConsent.map(({ name }) => name)).toEqual(["cap:secrets.get", "cap:http.fetch"]);
      const resolved = await world().registry.resolver.resolve({ tenantId, extensionId: registryId });
      expect(resolved?.providers.toSorted()).toEqual([
        "cap:context.read",
        "cap:log.emit",
        "cap:storage.kv",
        "cap:user.read",
      ]);
    });

    test("resolves by install id, registry id and slug in any case, and only for its tenant", async () => {
      const { tenantId, registryId, installId, manifest } = await installNew(world());
      const slug = `${manifest.publisher}.${manifest.name}`;
      for (const extensionId of [installId, registryId, slug, slug.toUpperCase(), registryId.toUpperCase()]) {
        const resolved = await world().registry.resolver.resolve({ tenantId, extensionId });
        expect(resolved).toMatchObject({
          tenantId,
          installId,
          registryId,
          version: "1.0.0",
          slug,
          endpoints: [{ method: "GET", path: "/things/:id" }],
          egress: ["api.ledgerline.example"],
          secretEnvelope: null,
          secretsVersion: null,
          clientPortal: false,
        });
        expect(await world().registry.resolver.resolve({ tenantId: newTenant(), extensionId })).toBeNull();
      }
      for (const extensionId of [randomUUID(), "no.such", "", "'; drop table x; --"]) {
        expect(await world().registry.resolver.resolve({ tenantId, extensionId })).toBeNull();
      }
    });

    test("client portal needs a label", async () => {
      const ui = { type: "iframe", entry: "ui/index.html", hooks: { clientPortalMenu: { label: "Mine" } } };
      const { tenantId, registryId } = await installNew(world(), { ui });
      const resolved = await world().registry.resolver.resolve({ tenantId, extensionId: registryId });
      expect(resolved?.clientPortal).toBe(true);
    });

    test("an endpoint says what body it takes, where its manifest does", async () => {
      const request = { type: "object", required: ["title"] };
      const endpoints = [
        { method: "POST", path: "/things", handler: "dist/main", request },
        { method: "PUT", path: "/things", handler: "dist/main" },
      ];
      const { tenantId, registryId } = await installNew(world(), { api: { endpoints } });
      const resolved = await world().registry.resolver.resolve({ tenantId, extensionId: registryId });
      expect(resolved?.endpoints).toEqual(endpoints);
    });

    test("disabled looks absent, enabled is back with the same id", async () => {
      const { tenantId, registryId, installId } = await installNew(world());
      const { registry } = world();
      expect((await registry.setEnabled({ tenantId, registryId, enabled: false })).enabled).toBe(false);
      expect(await registry.resolver.resolve({ tenantId, extensionId: registryId })).toBeNull();
      await registry.setEnabled({ tenantId, registryId, enabled: true });
      expect((await registry.resolver.resolve({ tenantId, extensionId: registryId }))?.installId).toBe(
        installId,
      );
    });

    test("an update runs the new code under the old grants; new wishes wait", async () => {
      const { registry } = world();
      const { tenantId, registryId, manifest, installId } = await installNew(world(), {
        capabilities: ["cap:storage.kv", "cap:secrets.get"],
        egress: [],
      });
      await publishExtension(world(), {
        ...manifest,
        version: "1.1.0",
        capabilities: ["cap:storage.kv", "cap:http.fetch"],
        egress: [{ host: "api.ledgerline.example", reason: "new" }],
      });
      const updated = await registry.update({ tenantId, registryId, version: "1.1.0" });
      expect(updated).toMatchObject({
        installId,
        version: "1.1.0",
        grantedCapabilities: ["cap:storage.kv"],
        grantedEgress: [],
      });
      expect(updated.pendingConsent.map(({ name }) => name)).toEqual([
        "cap:http.fetch",
        "api.ledgerline.example",
      ]);
      const resolved = await registry.resolver.resolve({ tenantId, extensionId: registryId });
      expect(resolved?.version).toBe("1.1.0");
      expect(resolved?.providers).not.toContain("cap:http.fetch");
      expect(resolved?.egress).toEqual([]);

      const granted = await registry.setGrants({
        tenantId,
        registryId,
        grants: { capabilities: ["cap:storage.kv", "cap:http.fetch"], egress: ["api.ledgerline.example"] },
      });
      expect(granted.pendingConsent).toEqual([]);
      const after = await registry.resolver.resolve({ tenantId, extensionId: registryId });
      expect(after?.providers).toContain("cap:http.fetch");

      // A power that an update dropped and a later one asks for again needs consent again.
      const back = await registry.update({ tenantId, registryId, version: "1.0.0" });
      expect(back.pendingConsent.map(({ name }) => name)).toEqual(["cap:secrets.get"]);
    });

    test("every change gives a new configuration version", async () => {
      const { registry } = world();
      const { tenantId, registryId, manifest } = await installNew(world());
      await publishExtension(world(), { ...manifest, version: "1.0.1" });
      const seen = new Set<string>();
      const note = async () => {
        const resolved = await registry.resolver.resolve({ tenantId, extensionId: registryId });
        seen.add(resolved?.configVersion ?? "absent");
      };
      await note();
      await registry.setGrants({ tenantId, registryId, grants: { capabilities: [], egress: [] } });
      await note();
      await registry.setSecrets({ tenantId, registryId, secrets: { a: "1" } });
      await note();
      await registry.update({ tenantId, registryId, version: "1.0.1" });
      await note();
      await registry.setEnabled({ tenantId, registryId, enabled: true });
      await note();
      expect(seen.size).toBe(5);
      expect(seen).not.toContain("absent");
    });

    test("installing again keeps the id, and of concurrent installs there is one", async () => {
      const { registryId, version } = await installNew(world());
      const tenantId = newTenant();
      const installs = await Promise.all(
        Array.from({ length: 8 }, () =>
          world().registry.install({ tenantId, registryId, version, grants: "declared", actor: "admin" }),
        ),
      );
      expect(new Set(installs.map(({ installId }) => installId)).size).toBe(1);
      expect(await world().registry.verifyReleaseLog({ tenantId })).toMatchObject({
        events: 8,
        brokenAt: null,
      });
    });

    test("installing over an install changes neither its version nor its grants", async () => {
      const { registry } = world();
      const { registryId, version, manifest } = await installNew(world());
      await publishExtension(world(), { ...manifest, version: "1.0.1" });
      const tenantId = newTenant();
      const grants = { capabilities: ["cap:storage.kv"], egress: [] };
      const install = (changes: object) =>
        registry.install({ tenantId, registryId, version, grants: "declared", actor: "admin", ...changes });
      const first = await install({ grants });
      const refusals = await Promise.all(
        [
          { grants: { capabilities: ["cap:storage.kv", "cap:secrets.get"], egress: [] } },
          { grants: { capabilities: [], egress: [] } },
          { grants: { ...grants, egress: ["api.ledgerline.example"] } },
          { version: "1.0.1" },
          { version: "1.0.1", grants },
        ].map((changes) => refusalOf(install(changes))),
      );
      expect(refusals.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => "already_installed"));
      expect(await registry.installs(tenantId)).toEqual([first]);
      expect(await registry.verifyReleaseLog({ tenantId })).toMatchObject({ events: 1 });

      // The same again, however it is written, is no conflict; naming no grants keeps those that were given.
      expect(await install({ grants: { capabilities: ["storage.kv", "cap:none"], egress: [] } })).toEqual(
        first,
      );
      expect(await install({})).toEqual(first);
      await registry.setEnabled({ tenantId, registryId, enabled: false });
      expect(await install({ grants })).toEqual(first);
    });

    test("of two who install at once with other grants one is told", async () => {
      const { registryId, version } = await installNew(world());
      const tenantId = newTenant();
      const outcomes = await Promise.allSettled(
        [["cap:storage.kv"], ["cap:secrets.get"]].map((capabilities) =>
          world().registry.install({
            tenantId,
            registryId,
            version,
            grants: { capabilities, egress: [] },
            actor: "admin",
          }),
        ),
      );
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
      const [winner] = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(await world().registry.installs(tenantId)).toEqual([winner]);
    });

    test("a wildcard installs the newest release of its line", async () => {
      const { registryId, manifest } = await installNew(world());
      for (const version of ["1.0.10", "1.0.9", "1.1.0"])
        await publishExtension(world(), { ...manifest, version });
      const tenantId = newTenant();
      const install = await world().registry.install({
        tenantId,
        registryId,
        version: "1.0.*",
        grants: "declared",
        actor: "a",
      });
      expect(install.version).toBe("1.0.10");
    });

    test("unknown extensions, versions and installs have their codes", async () => {
      const { registry } = world();
      const { tenantId, registryId } = await installNew(world());
      const actor = "admin";
      const install = (id: string, version: string) =>
        refusalOf(registry.install({ tenantId, registryId: id, version, grants: "declared", actor }));
      expect((await install(randomUUID(), "1.0.0")).code).toBe("extension_not_found");
      expect((await install("not-a-uuid", "1.0.0")).code).toBe("extension_not_found");
      expect((await install(registryId, "9.9.9")).code).toBe("version_not_found");
      const other = { tenantId: newTenant(), registryId };
      const refusals = await Promise.all([
        refusalOf(registry.update({ ...other, version: "1.0.0" })),
        refusalOf(registry.setEnabled({ ...other, enabled: false })),
        refusalOf(registry.setGrants({ ...other, grants: { capabilities: [], egress: [] } })),
        refusalOf(registry.setSecrets({ ...other, secrets: { a: "b" } })),
        refusalOf(registry.uninstall(other)),
      ]);
      expect(refusals.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => "install_not_found"));
    });

    test("uninstall takes everything away at once and keeps it for a while; then the sweep deletes it", async () => {
      const { registry, database, clock } = world();
      const { tenantId, registryId, installId, version } = await installNew(world());
      const scope = { tenantId, installId };
      await registry.hostApi.storage(scope, { operation: "put", namespace: "n", key: "k", value: 1 });
      await registry.setSecrets({ tenantId, registryId, secrets: { a: "1" } });
      const call = { versionId: null, requestId: "r", method: "GET", path: "/", userId: null };
      await registry.executionLog.started({ tenantId, registryId, ...call });
      const rowsOf = async (id: string) => {
        const counts = await Promise.all(
          [
            ["ext_storage_records", "extension_install_id"],
            ["ext_storage_usage", "extension_install_id"],
            ["tenant_extension_install_secrets", "install_id"],
            ["tenant_extension_install_config", "install_id"],
            ["tenant_extension_install_version", "install_id"],
            ["tenant_extension_install", "id"],
          ].map(([table, column]) =>
            database.admin(`select count(*)::int as n from ${table} where ${column} = $1`, [id]),
          ),
        );
        return counts.map(([row]) => row?.["n"]);
      };
      await registry.uninstall({ tenantId, registryId, actor: "admin" });
      expect(await registry.installs(tenantId)).toEqual([]);
      expect(await registry.resolver.resolve({ tenantId, extensionId: registryId })).toBeNull();
      expect(await registry.resolver.resolve({ tenantId, extensionId: installId })).toBeNull();
      const get = { operation: "get", namespace: "n", key: "k" } as const;
      expect((await refusalOf(registry.hostApi.storage(scope, get))).code).toBe("UNAUTHORIZED");
      expect((await refusalOf(registry.uninstall({ tenantId, registryId }))).code).toBe("install_not_found");
      expect(await rowsOf(installId)).toEqual([1, 1, 1, 1, 1, 1]);

      // Installing again, without a word about the old data, starts empty beside it.
      const again = await registry.install({ tenantId, registryId, version, grants: "declared", actor: "a" });
      expect(again.installId).not.toBe(installId);
      expect(again.secretNames).toEqual([]);

      clock.now += 30 * 86_400_000 - 1;
      await registry.maintenance.sweep();
      expect(await rowsOf(installId)).toEqual([1, 1, 1, 1, 1, 1]);
      clock.now += 1;
      expect((await registry.maintenance.sweep({ dryRun: true })).uninstalled).toBeGreaterThan(0);
      expect(await rowsOf(installId)).toEqual([1, 1, 1, 1, 1, 1]);
      expect((await registry.maintenance.sweep()).uninstalled).toBeGreaterThan(0);
      expect(await rowsOf(installId)).toEqual([0, 0, 0, 0, 0, 0]);
      expect(await rowsOf(again.installId)).toMatchObject([0, 0, 0, 1, 1, 1]);
      expect(await registry.executionLog.recent({ tenantId, registryId })).toHaveLength(1);
    });

    test("a runner may serve what is active, and without a tenant what is published", async () => {
      const { registry } = world();
      const { tenantId, registryId, manifest } = await installNew(world());
      const newer = await publishExtension(world(), { ...manifest, version: "2.0.0" });
      const contentHash = (await registry.installs(tenantId))[0]?.contentHash ?? "";
      const valid = (query: { tenantId?: string; contentHash: string }) =>
        registry.validateInstall({ registryId, ...query });
      expect(await valid({ tenantId, contentHash })).toBe(true);
      expect(await valid({ tenantId, contentHash: contentHash.slice("sha256:".length) })).toBe(true);
      expect(await valid({ tenantId, contentHash: newer.contentHash })).toBe(false);
      expect(await valid({ tenantId: newTenant(), contentHash })).toBe(false);
      expect(await valid({ contentHash: newer.contentHash })).toBe(true);
      expect(await valid({ contentHash: "0".repeat(64) })).toBe(false);
      expect(await valid({ contentHash: "nonsense" })).toBe(false);
      await registry.setEnabled({ tenantId, registryId, enabled: false });
      expect(await valid({ tenantId, contentHash })).toBe(false);
    });

    test("a host name leads to its one active install, also when two tenants would share it", async () => {
      const { registry, database } = world();
      const { registryId, version } = await installNew(world());
      const [one, two] = ["acme-corporation-one", "acme-corporation-two"].map(
        (name) => `${name}-${randomUUID()}`,
      );
      const hosts: string[] = [];
      for (const tenantId of [one ?? "", two ?? ""]) {
        await registry.install({ tenantId, registryId, version, grants: "declared", actor: "admin" });
        const [row] = await database.admin(
          "select runner_domain from tenant_extension_install where tenant_id = $1",
          [tenantId],
        );
        hosts.push(String(row?.["runner_domain"]));
        const owner = await registry.lookupHost(`${hosts.at(-1)?.toUpperCase()}:8443`);
        expect(owner).toMatchObject({ tenantId, registryId });
      }
      expect(new Set(hosts).size).toBe(2);
      expect(await registry.lookupHost("nobody.ext.example")).toBeNull();
      expect(await registry.lookupHost("")).toBeNull();
      await registry.setEnabled({ tenantId: one ?? "", registryId, enabled: false });
      expect(await registry.lookupHost(hosts[0] ?? "")).toBeNull();
    });

    test("hostile text in every field is only text", async () => {
      const { registry } = world();
      const { registryId, version } = await installNew(world());
      const tenantId = `x'; select set_config('app.tenant', 'acme', false); --${randomUUID()}`;
      await registry.install({
        tenantId,
        registryId,
        version,
        grants: "declared",
        actor: "'; drop table release_event; --",
      });
      expect(await registry.installs(tenantId)).toHaveLength(1);
      expect(await registry.verifyReleaseLog({ tenantId })).toMatchObject({ events: 1, brokenAt: null });
    });

    test("the catalogue carries the tenant's own install only", async () => {
      const { tenantId, manifest, installId } = await installNew(world());
      const entryOf = async (tenant: string) =>
        (await world().registry.catalog(tenant, { search: manifest.name })).find(
          ({ name }) => name === manifest.name,
        );
      expect((await entryOf(tenantId))?.install?.installId).toBe(installId);
      expect((await entryOf(newTenant()))?.install).toBeNull();
    });

    test("the catalogue says what every other version would change", async () => {
      const { registry } = world();
      const { tenantId, registryId, manifest } = await installNew(world(), {
        capabilities: ["cap:storage.kv", "cap:http.fetch", "cap:secrets.get"],
        egress: [{ host: "old.example", reason: "old" }],
      });
      await publishExtension(world(), {
        ...manifest,
        version: "2.0.0",
        capabilities: ["cap:storage.kv", "cap:http.fetch", "cap:scheduler.manage"],
        egress: [{ host: "new.example", reason: "new" }],
        api: { endpoints: [{ method: "POST", path: "/other", handler: "dist/main" }] },
      });
      const changes = async (tenant: string) =>
        Object.fromEntries(
          (await registry.catalog(tenant, { search: manifest.name }))
            .find((entry) => entry.registryId === registryId)
            ?.versions.map(({ version, change }) => [version, change]) ?? [],
        );
      const { "1.0.0": same, "2.0.0": newer } = await changes(tenantId);
      expect(same).toBeNull();
      expect(newer).toMatchObject({
        semver: "major",
        asksForMore: true,
        removed: { capabilities: ["cap:secrets.get"], egress: ["old.example"] },
        endpoints: { added: ["POST /other"], removed: ["GET /things/:id"] },
      });
      expect(newer?.consent.map(({ name }) => name)).toEqual(["cap:scheduler.manage", "new.example"]);

      await registry.update({ tenantId, registryId, version: "2.0.0" });
      const back = await changes(tenantId);
      expect(back["2.0.0"]).toBeNull();
      expect(back["1.0.0"]?.removed.egress).toEqual(["new.example"]);
      expect(await changes(newTenant())).toEqual({ "1.0.0": null, "2.0.0": null });
    });

    test("a log row opens, closes once for its tenant, and lists newest first with capped lines", async () => {
      const { registry, clock } = world();
      const { tenantId, registryId } = await installNew(world());
      const start = { tenantId, registryId, versionId: null, requestId: "req-1", method: "GET", path: "/x" };
      const first = await registry.executionLog.started({ ...start, userId: "u" });
      clock.now += 1000;
      const second = await registry.executionLog.started({ ...start, requestId: "req\0-2", userId: null });
      const lines = Array.from({ length: 300 }, (_, index) => ({
        ts: "2026-01-01T00:00:00.000Z",
        level: "info" as const,
        message: index === 0 ? "é".repeat(8000) : `line ${index}\0`,
      }));
      const end = { status: "ok", httpStatus: 200, durationMs: 12, error: null, lines };
      await registry.executionLog.finished(first, { ...end, tenantId: newTenant() });
      await registry.executionLog.finished("unknown", { ...end, tenantId });
      await registry.executionLog.finished(first, { ...end, tenantId });
      const entries = await registry.executionLog.recent({ tenantId, registryId, limit: 10 });
      expect(entries.map(({ id }) => id)).toEqual([second, first]);
      expect(entries[0]).toMatchObject({ status: "started", finishedAt: null, httpStatus: null, lines: [] });
      expect(entries[1]).toMatchObject({ status: "ok", httpStatus: 200, durationMs: 12, userId: "u" });
      expect(entries[1]?.lines).toHaveLength(201);
      expect(entries[1]?.lines[0]?.message).toBe("é".repeat(4096));
      expect(await registry.executionLog.recent({ tenantId: newTenant(), registryId })).toEqual([]);
    });

    test("a second registry on the same database knows everything", async () => {
      const { tenantId, registryId, installId } = await installNew(world());
      await world().registry.setSecrets({ tenantId, registryId, secrets: { api: "s3cret" } });
      const again = await world().reopen();
      const resolved = await again.resolver.resolve({ tenantId, extensionId: registryId });
      expect(resolved?.installId).toBe(installId);
      expect(await world().openEnvelope(resolved?.secretEnvelope ?? null)).toEqual({ api: "s3cret" });
    });

    test("a manifest that is only a page installs too", async () => {
      const manifest = newManifest({ capabilities: [], egress: [], api: { endpoints: [] } });
      const { extension, version } = await publishExtension(world(), manifest, { imports: null });
      const install = await world().registry.install({
        tenantId: newTenant(),
        registryId: extension.id,
        version: version.version,
        grants: "declared",
        actor: "admin",
      });
      expect(install.hasUi).toBe(true);
    });
  });
}
