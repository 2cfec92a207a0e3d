import { generateKeyPairSync, sign as signBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pickVersion } from "../releases/pick-version.ts";
import { verifyHead } from "../releases/verify-head.ts";
import type { Head } from "../releases/head.ts";
import { openPostgres } from "./kit/database.ts";
import { refusalOf } from "./kit/rejection.ts";
import { createWorld, newManifest, newTenant, publishExtension, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld(await openPostgres());
}, 120_000);
afterAll(() => world.close());

const publishAll = async (versions: readonly string[]) => {
  const manifest = newManifest();
  let extension = "";
  for (const version of versions) {
    extension = (await publishExtension(world, { ...manifest, version })).extension.id;
  }
  return { manifest, extension, principal: world.publisher };
};
const install = (extension: string, version: string) =>
  world.registry.install({
    tenantId: newTenant(),
    registryId: extension,
    version,
    grants: { capabilities: [], egress: [] },
    actor: "admin",
  });
const eventsOf = async (extension: string, type: string) =>
  (
    await world.database.admin(
      "select payload from release_event where tenant_id = '' and type = $1 and payload like $2 order by seq",
      [type, `%${extension}%`],
    )
  ).map((row) => JSON.parse(String(row["payload"])) as Record<string, unknown>);

test("of those who set one channel at once each sees the one before, and the last one stays", async () => {
  const versions = Array.from({ length: 8 }, (_, index) => `1.${index}.0`);
  const { extension, principal } = await publishAll(versions);
  const target = { extension, channel: "lts", principal };
  await Promise.all(versions.map((version) => world.registry.releases.setChannel({ ...target, version })));
  const events = await eventsOf(extension, "channel_set");
  expect(events).toHaveLength(versions.length);
  expect(events.map((event) => event["fromVersionId"])).toEqual([
    null,
    ...events.slice(0, -1).map((event) => event["versionId"]),
  ]);
  const { channels } = await world.registry.releases.get({ extension });
  expect(channels.find(({ name }) => name === "lts")?.versionId).toBe(events.at(-1)?.["versionId"]);
});

test("a version is not yanked under the hands of who is installing it", async () => {
  const { extension, principal } = await publishAll(["1.0.0"]);
  const order: string[] = [];
  let yank: Promise<unknown> = Promise.resolve();
  await world.db.withTenant(newTenant(), async (tx) => {
    await pickVersion(tx, { registryId: extension, wanted: "latest" });
    yank = world.registry.releases
      .yank({ extension, version: "1.0.0", reason: "bad", principal })
      .then(() => order.push("yanked"));
    for (;;) {
      const waiting = await world.database.admin(
        "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%extension_registry%for update%'",
      );
      if (waiting.length > 0) break;
    }
    expect((await pickVersion(tx, { registryId: extension, wanted: "1.0.0" })).version).toBe("1.0.0");
    order.push("installed");
  });
  await yank;
  expect(order).toEqual(["installed", "yanked"]);
  expect((await refusalOf(install(extension, "1.0.0"))).code).toBe("version_yanked");
});

test("installing and yanking at once: installed before, or refused", async () => {
  for (let round = 0; round < 10; round++) {
    const { extension, principal } = await publishAll(["1.0.0"]);
    const installs = Array.from({ length: 4 }, () =>
      install(extension, "1.0.0").catch((error: unknown) => error),
    );
    const yank = world.registry.releases.yank({ extension, version: "1.0.0", reason: "bad", principal });
    const outcomes = await Promise.all(installs);
    await yank;
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject(
        outcome instanceof Error ? { code: "version_yanked" } : { version: "1.0.0" },
      );
    }
    expect((await refusalOf(install(extension, "1.0.0"))).code).toBe("version_yanked");
  }
});

test(
  "everything at once neither deadlocks nor breaks the chain, and heads stay in line",
  { timeout: 120_000 },
  async () => {
    const { manifest, extension, principal } = await publishAll(["1.0.0", "1.1.0"]);
    const pair = generateKeyPairSync("ed25519");
    const headSigningKey = {
      keyId: "k",
      sign: async (data: Uint8Array) => signBytes(null, data, pair.privateKey),
    };
    const signers = [await world.reopen({ headSigningKey }), await world.reopen({ headSigningKey })];
    const publicKey = pair.publicKey.export({ type: "spki", format: "pem" });
    const heads: Head[] = [];
    const { releases } = world.registry;
    const verbs = Array.from({ length: 12 }, (_, index) => [
      () => publishExtension(world, { ...manifest, version: `2.0.${index}` }),
      () => releases.yank({ extension, version: "1.0.0", reason: index % 2 === 0 ? "bad" : null, principal }),
      () => releases.deprecate({ extension, version: "1.1.0", reason: `r${index}`, principal }),
      () => releases.setChannel({ extension, channel: `c${index % 3}`, version: "1.1.0", principal }),
      () => releases.setChannel({ extension, channel: `c${index % 3}`, version: null, principal }),
      () => install(extension, "1.1.0"),
      async () => {
        const signed = await signers[index % 2]?.heads.current();
        heads.push(await verifyHead(signed ?? "", { publicKey, now: new Date(world.clock.now) }));
      },
    ]).flat();
    await Promise.all(verbs.map((verb) => verb()));
    expect(await world.registry.verifyReleaseLog({ heads })).toMatchObject({ brokenAt: null });
    const ordered = heads.toSorted((a, b) => a.number - b.number);
    for (const [index, head] of ordered.entries()) {
      const previous = ordered[index - 1];
      if (previous === undefined) continue;
      expect(head.seq).toBeGreaterThanOrEqual(previous.seq);
      if (head.number === previous.number) expect(head).toEqual(previous);
    }
    const last = await verifyHead((await signers[0]?.heads.current()) ?? "", {
      publicKey,
      now: new Date(world.clock.now),
    });
    const published = await world.database.admin("select from extension_version");
    expect(last.snapshot?.size).toBe(published.length);
  },
);
