import type { JsonValue } from "@alga-ext/protocol";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./kit/rejection.ts";
import { installNew, newTenant, publishExtension, type World } from "./kit/world.ts";

const SETTINGS = {
  type: "object",
  required: ["region", "api_key"],
  properties: {
    region: { type: "string", enum: ["eu", "us"] },
    limit: { type: "integer", minimum: 1, maximum: 10, default: 5 },
    labels: { type: "array", items: { type: "string", maxLength: 5 } },
    api_key: { type: "string", secret: true, minLength: 4 },
  },
} as const;

/** What settings promise. */
export function settingsContract(world: () => World): void {
  describe("settings", () => {
    const installed = (changed: Parameters<typeof installNew>[1] = {}) =>
      installNew(world(), { settings: SETTINGS, ...changed });
    const configOf = async ({ tenantId, registryId }: { tenantId: string; registryId: string }) =>
      (await world().registry.resolver.resolve({ tenantId, extensionId: registryId }))?.config;
    const problemsOf = async (promise: Promise<unknown>) => {
      const { code, details } = await refusalOf(promise);
      const problems = (details["problems"] ?? []) as { code: string; pointer: string }[];
      return { code, problems: problems.map((one) => `${one.code} ${one.pointer}`) };
    };

    test("defaults hold from the start; values merge over them, and null resets one", async () => {
      const { settings } = world().registry;
      const install = await installed();
      expect(await configOf(install)).toEqual({ limit: "5" });
      const first = await settings.get(install);
      expect(first).toMatchObject({ values: {}, config: { limit: 5 }, secretNames: [] });
      expect(first.problems.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
        "missing /region",
        "missing /api_key",
      ]);

      await settings.set({ ...install, values: { region: "eu", limit: 7 } });
      const second = await settings.set({ ...install, values: { labels: ["a", "b"], limit: null } });
      expect(second.values).toEqual({ region: "eu", labels: ["a", "b"] });
      expect(await configOf(install)).toEqual({ region: "eu", limit: "5", labels: '["a","b"]' });
      expect(second.problems.map(({ pointer }) => pointer)).toEqual(["/api_key"]);
    });

    test("what does not fit is refused with every problem and its place, and nothing is changed", async () => {
      const { registry } = world();
      const install = await installed();
      await registry.settings.set({ ...install, values: { region: "eu" } });
      const before = await registry.resolver.revision({
        tenantId: install.tenantId,
        extensionId: install.registryId,
      });
      const values = {
        region: "mars",
        limit: 11,
        labels: ["fine", "too long", 3],
        api_key: "good enough",
        colour: "red",
      };
      expect(await problemsOf(registry.settings.set({ ...install, values }))).toEqual({
        code: "invalid_settings",
        problems: [
          "not_allowed /region",
          "too_big /limit",
          "too_long /labels/1",
          "wrong_type /labels/2",
          "unknown_key /colour",
        ],
      });
      expect(await problemsOf(registry.settings.set({ ...install, values: { api_key: 4 } }))).toEqual({
        code: "invalid_settings",
        problems: ["wrong_type /api_key"],
      });
      expect(await problemsOf(registry.settings.set({ ...install, values: { api_key: "abc" } }))).toEqual({
        code: "invalid_settings",
        problems: ["too_short /api_key"],
      });
      const after = await registry.settings.get(install);
      expect(after).toMatchObject({ values: { region: "eu" }, secretNames: [] });
      expect(
        await registry.resolver.revision({ tenantId: install.tenantId, extensionId: install.registryId }),
      ).toBe(before);
    });

    test("secret settings are stored encrypted and leave only for the runner", async () => {
      const { registry, database } = world();
      const install = await installed();
      const values = { region: "us", api_key: "hush-hush" };
      const set = await registry.settings.set({ ...install, values, actor: "admin" });
      expect(set).toMatchObject({ values: { region: "us" }, secretNames: ["api_key"], problems: [] });
      const resolved = await registry.resolver.resolve({
        tenantId: install.tenantId,
        extensionId: install.registryId,
      });
      expect(resolved?.config).toEqual({ region: "us", limit: "5" });
      expect(await world().openEnvelope(resolved?.secretEnvelope ?? null)).toEqual({ api_key: "hush-hush" });
      for (const table of [
        "tenant_extension_install",
        "tenant_extension_install_config",
        "tenant_extension_install_secrets",
        "release_event",
        "extension_outbox",
      ]) {
        const rows = await database.admin(
          `select to_json(t)::text as row from ${table} t where tenant_id = $1`,
          [install.tenantId],
        );
        expect(rows.length).toBeGreaterThan(0);
        for (const { row } of rows) expect(row).not.toContain("hush-hush");
      }
      // A form sends back the field it left empty; null deletes.
      await registry.settings.set({ ...install, values: { api_key: "", region: "eu" } });
      expect((await registry.settings.get(install)).secretNames).toEqual(["api_key"]);
      const cleared = await registry.settings.set({ ...install, values: { api_key: null } });
      expect(cleared.secretNames).toEqual([]);
    });

    test("an update keeps what still fits, reports the rest, and a rollback finds it again", async () => {
      const { registry } = world();
      const install = await installed();
      await registry.settings.set({
        ...install,
        values: { region: "eu", limit: 9, labels: ["a"], api_key: "secret" },
      });
      await publishExtension(world(), {
        ...install.manifest,
        version: "2.0.0",
        settings: {
          type: "object",
          required: ["mode"],
          properties: {
            region: { type: "string", secret: true },
            limit: { type: "integer", maximum: 8, default: 2 },
            mode: { type: "string" },
            api_key: { type: "string", secret: true },
          },
        },
      });
      const updated = await registry.update({ ...install, version: "2.0.0" });
      expect(updated.settingProblems.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
        "now_secret /region",
        "too_big /limit",
        "unknown_key /labels",
        "missing /mode",
      ]);
      expect(await configOf(install)).toEqual({ limit: "2" });
      expect((await registry.settings.get(install)).values).toEqual({
        region: "eu",
        limit: 9,
        labels: ["a"],
      });

      const back = await registry.rollback(install);
      expect(back.settingProblems).toEqual([]);
      expect(await configOf(install)).toEqual({ region: "eu", limit: "9", labels: '["a"]' });
      expect(back.secretNames).toEqual(["api_key"]);
    });

    test("a host that names a setting is closed until the setting is there, and never leads elsewhere", async () => {
      const { registry } = world();
      const install = await installed({
        settings: { type: "object", properties: { site: { type: "string" }, plan: { type: "string" } } },
        egress: [
          { host: "{site}.vendor.example", reason: "your site" },
          { host: "{plan}-api.vendor.example", reason: "your plan" },
          { host: "api.vendor.example", reason: "always" },
        ],
      });
      const egress = async () =>
        (await registry.resolver.resolve({ tenantId: install.tenantId, extensionId: install.registryId }))
          ?.egress;
      expect(await egress()).toEqual(["api.vendor.example"]);
      await registry.settings.set({ ...install, values: { site: "Acme" } });
      expect(await egress()).toEqual(["acme.vendor.example", "api.vendor.example"]);
      for (const site of ["evil.example/", "evil.example#", "a.b", "*", "-", "x@y", "{plan}", "é", "a b"]) {
        expect(await problemsOf(registry.settings.set({ ...install, values: { site } }))).toEqual({
          code: "invalid_settings",
          problems: ["not_a_host_label /site"],
        });
      }
      await registry.setGrants({
        ...install,
        grants: { capabilities: ["cap:http.fetch"], egress: ["{plan}-api.vendor.example"] },
      });
      expect(await egress()).toEqual([]);
      await registry.settings.set({ ...install, values: { plan: "gold" } });
      expect(await egress()).toEqual(["gold-api.vendor.example"]);
    });

    test("a host filled with a value that slipped past is closed, not open", async () => {
      const { registry, database } = world();
      const install = await installed({
        settings: { type: "object", properties: { site: { type: "string" } } },
        egress: [{ host: "{site}.vendor.example", reason: "your site" }],
      });
      for (const site of ["evil.example", "*", "", "a/b"]) {
        await database.admin("update tenant_extension_install_config set config = $1 where install_id = $2", [
          JSON.stringify({ site }),
          install.installId,
        ]);
        const resolved = await registry.resolver.resolve({
          tenantId: install.tenantId,
          extensionId: install.registryId,
        });
        expect(resolved?.egress).toEqual([]);
      }
    });

    test("an extension that describes no settings takes texts by any name", async () => {
      const { settings } = world().registry;
      const install = await installNew(world());
      await settings.set({ ...install, values: { "any name": "x", __proto__: "y", constructor: "z" } });
      expect(await configOf(install)).toEqual({ "any name": "x", constructor: "z" });
      const own = JSON.parse('{"__proto__":"polluted"}') as Record<string, JsonValue>;
      await settings.set({ ...install, values: own });
      expect(Object.keys((await settings.get(install)).values)).toContain("__proto__");
      expect(await problemsOf(settings.set({ ...install, values: { n: 1 } }))).toEqual({
        code: "invalid_settings",
        problems: ["wrong_type /n"],
      });
    });

    test("hostile input is refused, and hostile text is only text", async () => {
      const { settings } = world().registry;
      const install = await installNew(world());
      const set = (values: unknown) =>
        refusalOf(settings.set({ ...install, values: values as Record<string, JsonValue> }));
      const circular: { self?: unknown } = {};
      circular.self = circular;
      for (const values of [null, [], "x", { "": "x" }, { ["x".repeat(129)]: "x" }, { a: circular }]) {
        expect((await set(values)).code).toBe("invalid_request");
      }
      for (const values of [{ a: undefined }, { a: () => 1 }, { a: 1n }, { a: "x".repeat(70_000) }]) {
        expect((await set(values)).code).toBe("invalid_request");
      }
      let deep: JsonValue = 1;
      for (let depth = 0; depth < 2000; depth += 1) deep = [deep];
      expect((await set({ deep })).code).toBe("invalid_settings");
      const text = "'; drop table tenant_extension_install; -- \0 \ud83d\ude00";
      await settings.set({ ...install, values: { text } });
      expect((await settings.get(install)).values).toEqual({ text });
      const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`k${index}`, "v"]));
      expect((await set(many)).code).toBe("invalid_settings");
    });

    test("settings are their tenant's: another's, an unknown and an uninstalled install answer alike", async () => {
      const { registry } = world();
      const install = await installed();
      const gone = await installed();
      await registry.uninstall(gone);
      const refusals = await Promise.all(
        [
          { tenantId: newTenant(), registryId: install.registryId },
          { tenantId: newTenant(), registryId: "no.such" },
          { tenantId: newTenant(), registryId: "'; --\0" },
          gone,
        ].flatMap((ref) => [
          refusalOf(registry.settings.get(ref)),
          refusalOf(registry.settings.set({ ...ref, values: { region: "eu" } })),
        ]),
      );
      expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(["install_not_found"]));
    });

    test("two administrators at once both get what they set", async () => {
      const { settings } = world().registry;
      const install = await installNew(world());
      await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          settings.set({ ...install, values: { [`k${index}`]: `v${index}` } }),
        ),
      );
      const { values } = await settings.get(install);
      expect(Object.keys(values)).toHaveLength(12);
      expect(await world().registry.verifyReleaseLog({ tenantId: install.tenantId })).toMatchObject({
        events: 13,
        brokenAt: null,
      });
    });

    test("a slug names the extension too", async () => {
      const { settings } = world().registry;
      const install = await installed();
      const registryId = `${install.manifest.publisher}.${install.manifest.name}`.toUpperCase();
      await settings.set({ tenantId: install.tenantId, registryId, values: { region: "us" } });
      expect((await settings.get(install)).values).toEqual({ region: "us" });
    });
  });
}
