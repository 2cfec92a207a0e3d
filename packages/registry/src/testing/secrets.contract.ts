import { describe, expect, test } from "vitest";
import { refusalOf, sqlStateOf } from "./kit/rejection.ts";
import { installNew, newTenant, type World } from "./kit/world.ts";

const TABLE = "tenant_extension_install_secrets";

/** What keeping secrets promises. */
export function secretsContract(world: () => World): void {
  const resolve = (tenantId: string, extensionId: string) =>
    world().registry.resolver.resolve({ tenantId, extensionId });

  describe("secrets", () => {
    test("reach the runner sealed, merge, and are deleted by null", async () => {
      const { registry, database } = world();
      const { tenantId, registryId } = await installNew(world());
      const set = (secrets: Record<string, string | null>) =>
        registry.setSecrets({ tenantId, registryId, secrets });
      const opened = async () =>
        world().openEnvelope((await resolve(tenantId, registryId))?.secretEnvelope ?? null);
      await set({ one: "first-secret", two: "zwei é\u0000" });
      expect(await opened()).toEqual({ one: "first-secret", two: "zwei é\u0000" });
      await set({ one: "changed", three: "" });
      expect(await opened()).toEqual({ one: "changed", two: "zwei é\u0000" });
      expect((await registry.installs(tenantId))[0]?.secretNames).toEqual(["one", "two"]);
      const stored = JSON.stringify(
        await database.admin(`select * from ${TABLE} where tenant_id = $1`, [tenantId]),
      );
      expect(stored).not.toContain("changed");
      const events = await database.admin("select payload from release_event where tenant_id = $1", [
        tenantId,
      ]);
      expect(JSON.stringify(events)).not.toContain("changed");
      await set({ one: null, two: null });
      expect((await resolve(tenantId, registryId))?.secretsVersion).toBeNull();
      expect(await opened()).toBeNull();
    });

    test("an envelope is sealed once per version", async () => {
      const { tenantId, registryId } = await installNew(world());
      await world().registry.setSecrets({ tenantId, registryId, secrets: { a: "1" } });
      const first = (await resolve(tenantId, registryId))?.secretEnvelope;
      expect((await resolve(tenantId, registryId))?.secretEnvelope).toEqual(first);
      await world().registry.setSecrets({ tenantId, registryId, secrets: { a: "2" } });
      const second = (await resolve(tenantId, registryId))?.secretEnvelope;
      expect(second?.version).not.toBe(first?.version);
      expect(second).toMatchObject({ algorithm: "jwe" });
    });

    test.each([
      ["another name", "name = 'renamed'"],
      ["another version", "version = '00000000-0000-4000-8000-000000000000'"],
      ["altered text", "ciphertext = 'AAAA' || substr(ciphertext, 5)"],
      ["shortened text", "ciphertext = 'AAAA'"],
    ])("a row with %s does not open", async (_what, change) => {
      const { tenantId, registryId } = await installNew(world());
      await world().registry.setSecrets({ tenantId, registryId, secrets: { a: "1" } });
      await world().database.admin(`update ${TABLE} set ${change} where tenant_id = $1`, [tenantId]);
      expect((await refusalOf(resolve(tenantId, registryId))).code).toBe("secret_unreadable");
    });

    test("a row copied to another tenant or install does not open, not even with its data key", async () => {
      const { registry, database } = world();
      const source = await installNew(world());
      await registry.setSecrets({ ...source, secrets: { a: "source secret" } });
      const other = await installNew(world());
      const sibling = { ...other, tenantId: source.tenantId };
      const installed = await registry.install({ ...sibling, grants: "declared", actor: "admin" });
      for (const target of [other, { ...sibling, installId: installed.installId }]) {
        await registry.setSecrets({ ...target, secrets: { a: "target secret" } });
        const copyRow = () =>
          database.admin(
            `update ${TABLE} t set ciphertext = s.ciphertext, key_id = s.key_id, version = s.version
               from ${TABLE} s where s.install_id = $1 and t.install_id = $2`,
            [source.installId, target.installId],
          );
        if (target === other) {
          expect(await sqlStateOf(copyRow())).toBe("23503");
          await database.admin(
            `insert into tenant_data_key select $1, kid, wrapped, kek_id, created_at, false
               from tenant_data_key where tenant_id = $2`,
            [target.tenantId, source.tenantId],
          );
        }
        await copyRow();
        const refusal = await refusalOf(resolve(target.tenantId, target.registryId));
        expect(refusal.code).toBe("secret_unreadable");
      }
    });

    test("a data key copied to another tenant does not open", async () => {
      const { registry, database } = world();
      const source = await installNew(world());
      await registry.setSecrets({ ...source, secrets: { a: "1" } });
      const thief = await installNew(world());
      await database.admin(
        `insert into tenant_data_key select $1, kid, wrapped, kek_id, created_at, true
           from tenant_data_key where tenant_id = $2`,
        [thief.tenantId, source.tenantId],
      );
      const refusal = await refusalOf(registry.setSecrets({ ...thief, secrets: { a: "1" } }));
      expect(refusal.code).toBe("secret_unreadable");
    });

    test.each([
      [{ "": "x" }],
      [{ "a b": "x" }],
      [{ ["n".repeat(129)]: "x" }],
      [{ a: "x".repeat(16_385) }],
      [{ a: "\ud800" }],
      [{ "../a": "x" }],
      [{ ".a": "x" }],
      [{ "a\n": "x" }],
      [Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`s${index}`, "x"]))],
    ])("refuses names and values out of bounds (%#)", async (secrets) => {
      const { tenantId, registryId } = await installNew(world());
      const refusal = await refusalOf(world().registry.setSecrets({ tenantId, registryId, secrets }));
      expect(refusal.code).toBe("invalid_request");
    });

    test("an install never holds more than 64, however they came", async () => {
      const { tenantId, registryId } = await installNew(world());
      const batch = (from: number) =>
        Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`s${from + index}`, "x"]));
      await world().registry.setSecrets({ tenantId, registryId, secrets: batch(0) });
      const refusal = await refusalOf(
        world().registry.setSecrets({ tenantId, registryId, secrets: batch(40) }),
      );
      expect(refusal.code).toBe("invalid_request");
      expect((await world().registry.installs(tenantId))[0]?.secretNames).toHaveLength(40);
    });

    test("not even when they come at once", async () => {
      const { tenantId, registryId } = await installNew(world());
      await world().registry.setSecrets({ tenantId, registryId, secrets: { first: "x" } });
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, batch) =>
          world().registry.setSecrets({
            tenantId,
            registryId,
            secrets: Object.fromEntries(
              Array.from({ length: 10 }, (_, index) => [`s${batch}-${index}`, "x"]),
            ),
          }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(6);
      expect((await world().registry.installs(tenantId))[0]?.secretNames).toHaveLength(61);
    });

    test("a name may be anything but a path, also one that objects have already", async () => {
      const { tenantId, registryId } = await installNew(world());
      const secrets = JSON.parse('{"__proto__":"1","constructor":"2","toString":"3"}') as Record<
        string,
        string
      >;
      await world().registry.setSecrets({ tenantId, registryId, secrets });
      const opened = await world().openEnvelope(
        (await resolve(tenantId, registryId))?.secretEnvelope ?? null,
      );
      expect(Object.entries(opened ?? {})).toEqual(expect.arrayContaining(Object.entries(secrets)));
    });

    test("only names and times can be read back", async () => {
      const { registry, clock } = world();
      const { tenantId, registryId } = await installNew(world());
      const setAt = new Date(clock.now).toISOString();
      await registry.setSecrets({ tenantId, registryId, secrets: { b: "1", a: "2" } });
      clock.now += 1000;
      await registry.setSecrets({ tenantId, registryId, secrets: { b: "3" } });
      const later = new Date(clock.now).toISOString();
      const expected = [
        { name: "a", setAt },
        { name: "b", setAt: later },
      ];
      expect(await registry.secretNames({ tenantId, registryId })).toEqual(expected);
      clock.now += 1000;
      await registry.rotateDataKey({ tenantId });
      expect(await registry.secretNames({ tenantId, registryId })).toEqual(expected);
      const foreign = await refusalOf(registry.secretNames({ tenantId: newTenant(), registryId }));
      expect(foreign.code).toBe("install_not_found");
    });

    test("what no longer opens is not overwritten, and can be deleted", async () => {
      const { registry, database } = world();
      const { tenantId, registryId } = await installNew(world());
      const set = (secrets: Record<string, string | null>) =>
        registry.setSecrets({ tenantId, registryId, secrets });
      await set({ broken: "1", whole: "2" });
      const before = await database.admin(
        `update ${TABLE} set ciphertext = 'AAAA' || substr(ciphertext, 5)
           where tenant_id = $1 and name = 'broken' returning *`,
        [tenantId],
      );
      expect(await refusalOf(set({ broken: "new", other: "3" }))).toMatchObject({
        code: "secret_unreadable",
        details: { name: "broken" },
      });
      const after = await database.admin(`select * from ${TABLE} where tenant_id = $1 and name <> 'whole'`, [
        tenantId,
      ]);
      expect(after).toEqual(before);
      await set({ whole: "4" });
      await set({ broken: null });
      await set({ broken: "new" });
      expect(
        await world().openEnvelope((await resolve(tenantId, registryId))?.secretEnvelope ?? null),
      ).toEqual({
        broken: "new",
        whole: "4",
      });
    });

    test("another service hears of a change, and of no value", async () => {
      const { tenantId, registryId, installId } = await installNew(world());
      await world().registry.setSecrets({ tenantId, registryId, secrets: { a: "not to be told" } });
      const rows = await world().database.admin(
        "select payload from extension_outbox where tenant_id = $1 and kind = 'secrets.changed'",
        [tenantId],
      );
      expect(rows).toMatchObject([{ payload: { registryId, installId } }]);
      expect(JSON.stringify(rows)).not.toContain("not to be told");
    });

    test("another tenant's install cannot be given secrets", async () => {
      const { registryId } = await installNew(world());
      const refusal = await refusalOf(
        world().registry.setSecrets({ tenantId: newTenant(), registryId, secrets: { a: "1" } }),
      );
      expect(refusal.code).toBe("install_not_found");
    });
  });
}
