import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { isolate } from "../db/migrations/isolate.ts";
import { attempt, tenantTables, unprotected } from "./kit/isolation.ts";
import { installNew, type World } from "./kit/world.ts";

/** What keeps tenants apart. */
export function tenancyContract(world: () => World): void {
  describe("tenancy", () => {
    let acme = "";
    let globex = "";

    beforeAll(async () => {
      const [one, two] = [await installNew(world()), await installNew(world())];
      [acme, globex] = [one.tenantId, two.tenantId];
    });

    test("every table with a tenant column has forced row-level security and a policy", async () => {
      const { rehearse } = world().database;
      expect((await rehearse(tenantTables)).length).toBeGreaterThan(8);
      expect(await rehearse(unprotected)).toEqual([]);
    });

    test("a new table, or a view, that lacks any of it is noticed", async () => {
      const noticed = (...statements: string[]) =>
        world().database.rehearse(async (query) => {
          for (const statement of statements) await query(statement);
          return unprotected(query);
        });
      const table = "create table careless (tenant_id text not null)";
      const [enable = "", force = "", policy = ""] = isolate("careless");
      expect(await noticed(table)).toEqual(["careless"]);
      expect(await noticed(table, enable)).toEqual(["careless"]);
      expect(await noticed(table, enable, force)).toEqual(["careless"]);
      expect(await noticed(table, enable, policy)).toEqual(["careless"]);
      expect(await noticed("create schema other", table.replace("careless", "other.careless"))).toEqual([
        "other.careless",
      ]);
      expect(await noticed("create view careless as select tenant_id from tenant_data_key")).toEqual([
        "careless",
      ]);
      expect(await noticed(table, enable, force, policy)).toEqual([]);
    });

    test("the application's role neither bypasses row-level security nor owns a table", async () => {
      const role = await world().db.shared((tx) =>
        sql<{
          name: string;
          bypass: boolean;
          superuser: boolean;
        }>`select rolname as name, rolbypassrls as bypass, rolsuper as superuser from pg_roles where rolname = current_user`.execute(
          tx,
        ),
      );
      expect(role.rows).toMatchObject([{ bypass: false, superuser: false }]);
      const owned = await world().database.admin(
        "select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = $1",
        [role.rows[0]?.name],
      );
      expect(owned).toEqual([]);
    });

    test("in no table can one tenant read, change, delete, plant or give away a row of another", async () => {
      const { database, db } = world();
      const { rows } = await db.shared((tx) =>
        sql<{ name: string }>`select current_user as name`.execute(tx),
      );
      const role = rows[0]?.name ?? "";
      for (const table of await database.rehearse(tenantTables)) {
        const attempts = await database.rehearse((query) => attempt(query, table, role));
        expect({ table: table.name, ...attempts }).toEqual({
          table: table.name,
          ownRead: 1,
          foreignRead: 0,
          foreignUpdate: 0,
          foreignDelete: 0,
          foreignInsert: "42501",
          // Append-only tables have no policy that lets their own tenant change a row either.
          giveAway: table.name === "release_event" ? 0 : "42501",
          noTenantRead: 0,
        });
      }
    });

    test("nothing of a tenant stays on a connection after an error", async () => {
      const { db } = world();
      const count = sql<{ n: number }>`select count(*)::int as n from tenant_extension_install`;
      const rounds = Array.from({ length: 20 }, async () => {
        await db
          .withTenant(acme, async (tx) => {
            await count.execute(tx);
            throw new Error("on purpose");
          })
          .catch(() => undefined);
        return db.shared(async (tx) => (await count.execute(tx)).rows[0]?.n);
      });
      expect(new Set(await Promise.all(rounds))).toEqual(new Set([0]));
    });

    test("mixed transactions of two tenants never see each other's rows", async () => {
      const { db } = world();
      const tenants = sql<{ tenant_id: string }>`select distinct tenant_id from tenant_extension_install`;
      const reads = Array.from({ length: 60 }, async (_, index) => {
        const tenant = index % 2 === 0 ? acme : globex;
        const { rows } = await db.withTenant(tenant, (tx) => tenants.execute(tx));
        return rows.every(({ tenant_id }) => tenant_id === tenant) && rows.length === 1;
      });
      expect(new Set(await Promise.all(reads))).toEqual(new Set([true]));
    });

    test("a tenant id that is no text is refused", async () => {
      for (const tenantId of ["", "a\0b", "x".repeat(256), "\ud800"]) {
        await expect(world().db.withTenant(tenantId, async () => 1)).rejects.toThrow(TypeError);
      }
    });
  });
}
