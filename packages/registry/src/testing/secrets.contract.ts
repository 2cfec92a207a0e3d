import { describe, expect, test } from "vitest";
import { refusalOf } from "./kit/rejection.ts";
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

    test("a row copied to another tenant or install does not open", async () => {
      const { registry, database } = world();
      const source = await installNew(world());
      await registry.setSecrets({ ...source, secrets: { a: "source secret" } });
      const other = await installNew(world());
      const sibling = { ...other, tenantId: source.tenantId };
      const installed = await registry.install({ ...sibling, grants: "declared", actor: "admin" });
      for (const target of [other, { ...sibling, installId: installed.installId }]) {
        await registry.setSecrets({ ...target, secrets: { a: "target secret" } });
        await database.admin(
          `update ${TABLE} t set ciphertext = s.ciphertext, key_id = s.key_id, version = s.version
             from ${TABLE} s where s.install_id = $1 and t.install_id = $2`,
          [source.installId, target.installId],
        );
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
        `insert into tenant_data_key select $1, kid, wrapped, kek_id, created_at from tenant_data_key where tenant_id = $2`,
        [thief.tenantId, source.tenantId],
      );
      await expect(registry.setSecrets({ ...thief, secrets: { a: "1" } })).rejects.toThrow();
    });

    test.each([
      [{ "": "x" }],
      [{ "a b": "x" }],
      [{ ["n".repeat(129)]: "x" }],
      [{ a: "x".repeat(16_385) }],
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

    test("another tenant's install cannot be given secrets", async () => {
      const { registryId } = await installNew(world());
      const refusal = await refusalOf(
        world().registry.setSecrets({ tenantId: newTenant(), registryId, secrets: { a: "1" } }),
      );
      expect(refusal.code).toBe("install_not_found");
    });
  });
}
