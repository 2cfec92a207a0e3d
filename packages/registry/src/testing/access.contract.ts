import type { Principal } from "@alga-ext/protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { createApiKeyAuthenticator } from "../access/api-key-authenticator.ts";
import { formatApiKey, newApiKeySecret, parseApiKey } from "../access/api-key-token.ts";
import { refusalOf } from "./kit/rejection.ts";
import { newManifest, newTenant, packExtension, principalOf, signArchive, type World } from "./kit/world.ts";

const DAY_MS = 86_400_000;
const codeOf = async (promise: Promise<unknown>) => (await refusalOf(promise)).code;

/** What API keys and single-use tokens promise. */
export function accessContract(world: () => World): void {
  describe("access", () => {
    let admin: Principal;
    beforeEach(() => {
      admin = principalOf(newTenant(), ["extension:read", "extension:manage", "extension:publish"]);
    });
    const keys = () => world().registry.apiKeys;
    const create = (changed: object = {}) =>
      keys().create({ principal: admin, name: "CI", permissions: ["extension:publish"], ...changed });

    test("a key speaks for its tenant, with what it was given", async () => {
      const { apiKey, token } = await create({ publishers: ["Acme", "acme"] });
      expect(token).toMatch(/^alga_[0-9a-f]{32}_[0-9A-Za-z]{49}$/);
      expect(await keys().verify(token)).toEqual({
        tenantId: admin.tenantId,
        userId: `api-key:${apiKey.id}`,
        userType: "service",
        email: "",
        name: "CI",
        permissions: ["extension:publish"],
        publishers: ["acme"],
      });
      const { token: wide } = await create({ permissions: ["extension:read", "extension:read"] });
      const principal = await keys().verify(wide);
      expect(principal?.permissions).toEqual(["extension:read"]);
      expect(principal).not.toHaveProperty("publishers");
    });

    test("the secret is nowhere in the database", async () => {
      const { token } = await create();
      const secret = parseApiKey(token)?.secret ?? "";
      const rows = await world().database.admin(
        "select row_to_json(k)::text as text from extension_api_key k",
      );
      for (const { text } of rows) {
        expect(String(text)).not.toContain(secret);
        expect(String(text)).not.toContain(token);
      }
    });

    test("wrong, malformed and unknown keys are all the same nobody", async () => {
      const { apiKey, token } = await create();
      const { token: other } = await create();
      const swapped = formatApiKey({ id: apiKey.id, secret: parseApiKey(other)?.secret ?? "" });
      const unknown = formatApiKey({ id: crypto.randomUUID(), secret: newApiKeySecret() });
      const bad = [
        swapped,
        unknown,
        token.slice(0, -1),
        `${token}x`,
        token.toUpperCase(),
        ` ${token}`,
        "",
        "alga_",
      ];
      for (const text of bad) expect(await keys().verify(text)).toBeNull();
    });

    test("a key ends when it expires and when it is revoked, for good", async () => {
      const { token } = await create({ expiresInDays: 1 });
      const { apiKey, token: second } = await create({ expiresInDays: 2 });
      world().clock.now += DAY_MS;
      expect(await keys().verify(token)).toBeNull();
      expect(await keys().verify(second)).not.toBeNull();
      const revoke = () => keys().revoke({ tenantId: admin.tenantId, id: apiKey.id });
      const revoked = await revoke();
      expect(revoked).toMatchObject({ state: "revoked", revokedAt: expect.any(String) });
      expect(await keys().verify(second)).toBeNull();
      world().clock.now += 1000;
      expect(await revoke()).toEqual(revoked);
      expect((await keys().list(admin.tenantId)).map(({ state }) => state)).toEqual(
        expect.arrayContaining(["expired", "revoked"]),
      );
    });

    test("what ended long ago leaves the list", async () => {
      await create({ expiresInDays: 1 });
      world().clock.now += 92 * DAY_MS;
      const { apiKey } = await create();
      expect(await keys().list(admin.tenantId)).toEqual([apiKey]);
    });

    test("who made and who ended a key stays in the audit log, without the key", async () => {
      const { apiKey, token } = await create();
      const request = { tenantId: admin.tenantId, id: apiKey.id, actor: "ada" };
      await keys().revoke(request);
      await keys().revoke(request);
      const { items } = await world().registry.audit.list({ tenantId: admin.tenantId });
      expect(items).toHaveLength(2);
      for (const [eventType, actor] of [
        ["api_key.created", admin.userId],
        ["api_key.revoked", "ada"],
      ]) {
        expect(items).toContainEqual(expect.objectContaining({ eventType, actor, resourceId: apiKey.id }));
      }
      expect(JSON.stringify(items)).not.toContain(parseApiKey(token)?.secret);
    });

    test("last use is known to the hour", async () => {
      const { token } = await create();
      const lastUsed = async () => (await keys().list(admin.tenantId))[0]?.lastUsedAt;
      expect(await lastUsed()).toBeNull();
      await keys().verify(token);
      const first = await lastUsed();
      expect(first).toMatch(/:00:00\.000Z$/);
      world().clock.now += 3_600_000;
      await keys().verify(token);
      expect(Date.parse((await lastUsed()) ?? "") - Date.parse(first ?? "")).toBe(3_600_000);
    });

    test("another tenant sees no key and ends none", async () => {
      const { apiKey, token } = await create();
      const tenantId = newTenant();
      expect(await keys().list(tenantId)).toEqual([]);
      for (const id of [apiKey.id, crypto.randomUUID(), "x"]) {
        expect(await codeOf(keys().revoke({ tenantId, id }))).toBe("api_key_not_found");
      }
      expect(await keys().verify(token)).not.toBeNull();
    });

    test("a shown id opens that one row, and only for reading", async () => {
      const { apiKey } = await create();
      await create();
      const { db } = world();
      const seen = await db.withApiKey(apiKey.id, (tx) =>
        tx.selectFrom("extension_api_key").select("id").execute(),
      );
      expect(seen).toEqual([{ id: apiKey.id }]);
      const changed = await db.withApiKey(apiKey.id, (tx) =>
        tx
          .updateTable("extension_api_key")
          .set({ revoked_at: new Date(0) })
          .executeTakeFirst(),
      );
      expect(changed.numUpdatedRows).toBe(0n);
      expect(
        await db.shared((tx) =>
          tx
            .selectFrom("extension_api_key" as never)
            .selectAll()
            .execute(),
        ),
      ).toEqual([]);
    });

    test.each([
      ["forbidden", { permissions: ["extension:write"] }],
      ["invalid_request", { permissions: [] }],
      ["invalid_request", { name: " " }],
      ["invalid_request", { name: "x".repeat(129) }],
      ["invalid_request", { name: "a\0b" }],
      ["invalid_request", { expiresInDays: 0 }],
      ["invalid_request", { expiresInDays: 367 }],
      ["invalid_request", { expiresInDays: 1.5 }],
      ["invalid_request", { publishers: [] }],
      ["invalid_request", { publishers: [""] }],
    ])("a key is refused: %s (%#)", async (code, changed) => {
      expect(await codeOf(create(changed))).toBe(code);
    });

    test("keys are made by people, and no key is more than its maker", async () => {
      const { token } = await create({ permissions: ["extension:manage", "extension:publish"] });
      const service = await keys().verify(token);
      expect(await codeOf(create({ principal: service }))).toBe("forbidden");
      const clientUser = { ...admin, userType: "client" };
      expect(await codeOf(create({ principal: clientUser }))).toBe("forbidden");
      const limited = { ...admin, publishers: ["acme"] };
      expect(await codeOf(create({ principal: limited, publishers: ["globex"] }))).toBe("forbidden");
      const { apiKey } = await create({ principal: limited });
      expect(apiKey.publishers).toEqual(["acme"]);
    });

    test("a tenant has at most 100 working keys", async () => {
      const made = await Promise.all(Array.from({ length: 100 }, () => create()));
      expect(await codeOf(create())).toBe("too_many_api_keys");
      await keys().revoke({ tenantId: admin.tenantId, id: made[0]?.apiKey.id ?? "" });
      expect((await create()).apiKey.state).toBe("active");
    });

    test("the limit of working keys holds for all who ask at once", async () => {
      const principal = { ...admin, tenantId: newTenant() };
      const made = await Promise.allSettled(Array.from({ length: 130 }, () => create({ principal })));
      expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
    });

    test("a key that works is in the list, whatever was exchanged since", async () => {
      const principal = { ...admin, tenantId: newTenant() };
      const { apiKey } = await create({ principal, expiresInDays: 366 });
      await world().database.admin(
        `insert into extension_api_key (id, tenant_id, name, secret_hash, permissions, created_by, created_at, expires_at)
          select gen_random_uuid(), $1, 'ci', repeat('0', 64), '[]', 'ci', $2::timestamptz, $2::timestamptz
            from generate_series(1, 600)`,
        [principal.tenantId, new Date(world().clock.now)],
      );
      const listed = await keys().list(principal.tenantId);
      expect(listed).toHaveLength(500);
      expect(listed.map(({ id }) => id)).toContain(apiKey.id);
    });

    test("an exchanged key works for a quarter of an hour and no longer", async () => {
      const principal: Principal = {
        ...admin,
        userType: "service",
        permissions: ["extension:publish"],
        publishers: ["acme"],
      };
      const { token } = await keys().exchange(principal);
      expect(await keys().verify(token)).toMatchObject({
        permissions: ["extension:publish"],
        publishers: ["acme"],
      });
      world().clock.now += 15 * 60_000;
      expect(await keys().verify(token)).toBeNull();
    });

    test("a key limited to publishers publishes as no other", async () => {
      const manifest = newManifest();
      const { archive } = await packExtension(manifest);
      const signatures = await signArchive(archive, world().signer);
      const publish = (publishers: string[]) =>
        world().registry.publish({ archive, signatures, principal: { ...admin, publishers } });
      expect(await codeOf(publish(["someone-else"]))).toBe("publisher_not_owned");
      expect((await publish([manifest.publisher.toLowerCase()])).created).toBe(true);
    });

    test("an authenticator knows a key in either header, and leaves the rest to others", async () => {
      const { token } = await create();
      const authenticate = createApiKeyAuthenticator(world().registry);
      const ask = (headers: Record<string, string>) =>
        authenticate(new Request("http://localhost/", { headers }));
      expect(await ask({ "x-api-key": token })).toMatchObject({ tenantId: admin.tenantId });
      expect(await ask({ authorization: `Bearer ${token}` })).toMatchObject({ tenantId: admin.tenantId });
      expect(await ask({ "x-api-key": `${token}x` })).toBeNull();
      expect(await ask({ "x-api-key": "other", authorization: "Basic x" })).toBeUndefined();
      expect(await ask({})).toBeUndefined();
    });

    test("a single-use token is used once, also at once, until it expires", async () => {
      const { usedTokens } = world().registry;
      const id = crypto.randomUUID();
      const { now } = world().clock;
      const answers = await Promise.all(Array.from({ length: 8 }, () => usedTokens.use(id, now + 1000)));
      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await usedTokens.use(id, now + 1000)).toBe(false);
      // By the clock of another machine it may work a little longer.
      world().clock.now = now + 2000;
      expect(await usedTokens.use(id, now + 1000)).toBe(false);
      world().clock.now = now + 2 * 3_600_000;
      expect(await usedTokens.use(crypto.randomUUID(), now + 3 * 3_600_000)).toBe(true);
      const rows = await world().database.admin("select 1 from extension_used_token where expires_at < $1", [
        new Date(now + 2000),
      ]);
      expect(rows).toEqual([]);
    });
  });
}
