import { describe, expect, test } from "vitest";
import { refusalOf } from "./kit/rejection.ts";
import {
  newManifest,
  newTenant,
  packExtension,
  principalOf,
  publishExtension,
  signArchive,
  type World,
} from "./kit/world.ts";

/** What owning a publisher's name promises. */
export function publishersContract(world: () => World): void {
  describe("publishers", () => {
    const first = async () => {
      const manifest = newManifest();
      await publishExtension(world(), manifest);
      return { manifest, ref: { publisher: manifest.publisher, principal: world().publisher } };
    };
    const publishAs = async (tenantId: string, publisher: string, signer = world().signer) => {
      const { archive } = await packExtension(newManifest({ publisher }));
      const signatures = await signArchive(archive, signer);
      const principal = principalOf(tenantId, ["extension:publish"]);
      return world().registry.publish({ archive, signatures, principal });
    };

    test("the first publish binds the name to its organisation: the right key alone is not enough", async () => {
      const { manifest } = await first();
      const refusal = await refusalOf(publishAs(newTenant(), manifest.publisher));
      expect(refusal).toMatchObject({ code: "publisher_not_owned", details: { reason: "organisation" } });
      expect((await publishAs(world().publisher.tenantId, manifest.publisher)).created).toBe(true);
    });

    test("of two organisations that publish first at once with one key, one owns the name", async () => {
      const { publisher } = newManifest();
      const outcomes = await Promise.allSettled([
        publishAs(newTenant(), publisher),
        publishAs(newTenant(), publisher),
      ]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    });

    test("an unsigned first publish binds the organisation, and the first signed one its keys", async () => {
      const open = await world().reopen({ allowUnsigned: true });
      const { publisher } = newManifest();
      const principal = principalOf(newTenant(), ["extension:publish"]);
      const unsigned = async (tenantId: string) =>
        open.publish({
          archive: (await packExtension(newManifest({ publisher }))).archive,
          signatures: null,
          principal: principalOf(tenantId, ["extension:publish"]),
        });
      await unsigned(principal.tenantId);
      expect((await refusalOf(unsigned(newTenant()))).code).toBe("publisher_not_owned");
      await publishAs(principal.tenantId, publisher);
      const stranger = publishAs(principal.tenantId, publisher, world().stranger);
      expect((await refusalOf(stranger)).code).toBe("publisher_not_owned");
      expect((await refusalOf(unsigned(principal.tenantId))).code).toBe("publisher_not_owned");
    });

    test("a name that was bound before organisations were kept goes to who has its key", async () => {
      const { publisher } = newManifest();
      const [tenantId, late] = [newTenant(), newTenant()];
      await publishAs(tenantId, publisher);
      await world().database.admin(
        "update extension_publisher set organisation = null, lookalike = null where publisher = $1",
        [publisher],
      );
      const stranger = publishAs(late, publisher, world().stranger);
      expect((await refusalOf(stranger)).code).toBe("publisher_not_owned");
      await publishAs(late, publisher);
      expect((await refusalOf(publishAs(tenantId, publisher))).code).toBe("publisher_not_owned");
    });

    test("the owner adds a key, then removes the old one, and both are on record", async () => {
      const { registry, signer, stranger } = world();
      const { manifest, ref } = await first();
      const { publisher } = manifest;
      const tenantId = ref.principal.tenantId;
      expect(await registry.publishers.get(ref)).toMatchObject({ keyIds: [signer.keyId], isMine: true });
      const before = await registry.verifyReleaseLog();
      const added = await registry.publishers.addKey({ ...ref, keyId: stranger.keyId });
      expect(added.keyIds).toEqual([signer.keyId, stranger.keyId]);
      expect(await registry.publishers.addKey({ ...ref, keyId: stranger.keyId })).toEqual(added);
      await publishAs(tenantId, publisher, stranger);
      const removed = await registry.publishers.removeKey({ ...ref, keyId: signer.keyId });
      expect(removed.keyIds).toEqual([stranger.keyId]);
      expect((await refusalOf(publishAs(tenantId, publisher))).code).toBe("publisher_not_owned");
      const last = registry.publishers.removeKey({ ...ref, keyId: stranger.keyId });
      expect((await refusalOf(last)).code).toBe("invalid_request");
      const after = await registry.verifyReleaseLog();
      expect(after).toMatchObject({ events: before.events + 3, brokenAt: null });
      const told = await world().database.admin(
        "select payload from extension_outbox where kind = 'publisher.changed' and payload->>'publisher' = $1 order by seq",
        [publisher],
      );
      expect(told.map(({ payload }) => (payload as { action: string }).action)).toEqual([
        "key_added",
        "key_removed",
      ]);
    });

    test("a transfer takes effect at once, for both", async () => {
      const { publishers } = world().registry;
      const { manifest, ref } = await first();
      const to = principalOf(newTenant(), ["extension:publish"]);
      const given = await publishers.transfer({ ...ref, toTenantId: to.tenantId });
      expect(given.isMine).toBe(false);
      expect((await refusalOf(publishAs(ref.principal.tenantId, manifest.publisher))).code).toBe(
        "publisher_not_owned",
      );
      expect((await publishAs(to.tenantId, manifest.publisher)).created).toBe(true);
      const back = publishers.transfer({ ...ref, toTenantId: ref.principal.tenantId });
      expect((await refusalOf(back)).code).toBe("publisher_not_owned");
      expect(await publishers.get({ ...ref, principal: to })).toMatchObject({ isMine: true });
    });

    test("nobody else changes a name, and odd input is refused", async () => {
      const { publishers } = world().registry;
      const { ref } = await first();
      const other = { ...ref, principal: principalOf(newTenant(), ["extension:publish"]) };
      const program = { ...ref, principal: { ...ref.principal, userType: "service" as const } };
      const powerless = { ...ref, principal: principalOf(ref.principal.tenantId, ["extension:manage"]) };
      const limited = { ...ref, principal: { ...ref.principal, publishers: ["another"] } };
      const unknown = { ...ref, publisher: newManifest().publisher };
      const verbs = (one: typeof ref) => [
        () => publishers.addKey({ ...one, keyId: "k" }),
        () => publishers.removeKey({ ...one, keyId: "k" }),
        () => publishers.transfer({ ...one, toTenantId: "t" }),
      ];
      for (const [who, code] of [
        [other, "publisher_not_owned"],
        [limited, "publisher_not_owned"],
        [powerless, "forbidden"],
        [program, "forbidden"],
        [unknown, "publisher_not_found"],
      ] as const) {
        for (const verb of verbs(who)) expect((await refusalOf(verb())).code).toBe(code);
      }
      expect(await publishers.get(unknown)).toBeNull();
      for (const keyId of ["", "a b", "x".repeat(201), "a\0"]) {
        expect((await refusalOf(publishers.addKey({ ...ref, keyId }))).code).toBe("invalid_request");
      }
      for (const toTenantId of ["", "a\0", "\ud800", "x".repeat(256)]) {
        expect((await refusalOf(publishers.transfer({ ...ref, toTenantId }))).code).toBe("invalid_request");
      }
    });
  });
}
