import { parseTrustBundle, parseTrustDocument, type TrustPolicy, type TrustSource } from "@alga-ext/bundle";
import { createPemSigner, generateSigningKey, readBundle } from "@alga-ext/bundle/node";
import { createTestCertificate } from "@alga-ext/bundle/testing";
import { bundleBlobPath } from "@alga-ext/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import type { Registry } from "../registry.ts";
import { refusalOf } from "./kit/rejection.ts";
import {
  newManifest,
  newTenant,
  packExtension,
  publishExtension,
  signArchive,
  type World,
} from "./kit/world.ts";

/** What the registry promises about whose signatures count, and until when. */
export function trustContract(world: () => World): void {
  describe("trust", () => {
    const root = createTestCertificate({ isCa: true, subject: "Root" });
    let registry: Registry;
    let key: Awaited<ReturnType<typeof generateSigningKey>>;
    const source: { current: TrustPolicy } & TrustSource = {
      current: undefined as unknown as TrustPolicy,
      onChange: () => () => undefined,
    };

    /** The trust document of this moment; the registry sees it at once. */
    const trust = async (fields: object = {}, pem = ""): Promise<void> => {
      const text = JSON.stringify({ version: 1, expires: "2099-01-01T00:00:00Z", ...fields });
      source.current = await parseTrustBundle(`${key.publicKeyPem}${root.pem}${pem}`, {
        document: await parseTrustDocument(text),
      });
    };
    const on = (target: Registry): World => ({ ...world(), registry: target });
    const publish = async (changed: Parameters<typeof newManifest>[0] = {}) => {
      const manifest = newManifest(changed);
      const signer = await createPemSigner(key.privateKeyPem);
      return { manifest, ...(await publishExtension(on(registry), manifest, { signer })) };
    };
    const installOf = ({
      extension,
      version,
    }: {
      extension: { id: string };
      version: { version: string };
    }) => ({
      tenantId: newTenant(),
      registryId: extension.id,
      version: version.version,
      grants: "declared" as const,
      actor: "admin",
    });
    beforeAll(async () => {
      key = await generateSigningKey();
      await trust();
      registry = await world().reopen({ trust: source });
    });

    test("a revoked digest cannot be published, installed or updated to", async () => {
      await trust();
      const first = await publish();
      const next = await publish({ ...first.manifest, version: "1.1.0" });
      const installed = installOf(first);
      await registry.install(installed);
      const digest = `sha256:${next.contentHash}`;
      await trust({ revocations: [{ digest, reason: "malware" }] });
      const again = { ...installOf(next), tenantId: installed.tenantId };
      for (const verb of [
        () => registry.install(again),
        () => registry.update(again),
        () => publish({ ...next.manifest }),
      ]) {
        expect(await refusalOf(verb())).toMatchObject({
          code: "revoked_digest",
          details: { reason: "malware" },
        });
      }
      expect((await registry.installs(installed.tenantId))[0]?.version).toBe("1.0.0");
      await registry.install(installOf(first));
    });

    test("a revoked digest is refused where unsigned is allowed", async () => {
      await trust();
      const open = await world().reopen({ trust: source, allowUnsigned: true });
      const { archive, contentHash } = await packExtension(newManifest());
      const request = { archive, signatures: null, principal: world().publisher };
      const published = await open.publish(request);
      await open.install(installOf(published));
      await trust({ revocations: [{ digest: contentHash, reason: "malware" }] });
      expect((await refusalOf(open.publish(request))).code).toBe("revoked_digest");
      expect((await refusalOf(open.install(installOf(published)))).code).toBe("revoked_digest");
    });

    test("what was published unsigned is not installed where unsigned is no longer allowed", async () => {
      await trust();
      const open = await world().reopen({ trust: source, allowUnsigned: true });
      const { archive } = await packExtension(newManifest());
      const published = await open.publish({ archive, signatures: null, principal: world().publisher });
      expect((await refusalOf(registry.install(installOf(published)))).code).toBe("signature_required");
    });

    test("a key revoked with a cut-off keeps what was accepted before and admits nothing after", async () => {
      await trust();
      const before = await publish();
      const since = new Date(world().clock.now + 1000).toISOString();
      await trust({ revocations: [{ key: key.keyId, reason: "rotated", since }] });
      await registry.install(installOf(before));
      world().clock.now += 2000;
      await registry.install(installOf(before));
      expect((await refusalOf(publish())).code).toBe("revoked_key");
      await trust({ revocations: [{ key: key.keyId, reason: "stolen" }] });
      expect((await refusalOf(registry.install(installOf(before)))).code).toBe("revoked_key");
    });

    test("a rotated key takes over its publisher's name only where the policy says so", async () => {
      await trust();
      const { manifest } = await publish();
      const renewed = await generateSigningKey();
      const signer = await createPemSigner(renewed.privateKeyPem);
      const next = () =>
        publishExtension(on(registry), newManifest({ publisher: manifest.publisher }), { signer });
      await trust({}, renewed.publicKeyPem);
      expect((await refusalOf(next())).code).toBe("publisher_not_owned");
      await trust(
        { publishers: { [manifest.publisher]: { keys: [key.keyId, renewed.keyId] } } },
        renewed.publicKeyPem,
      );
      expect((await next()).created).toBe(true);
    });

    test("certificates are judged when a version was accepted, and its publisher is the one they name", async () => {
      await trust();
      const manifest = newManifest();
      const leaf = createTestCertificate({
        issuer: root,
        publishers: [manifest.publisher],
        notAfter: new Date(world().clock.now + 60_000),
      });
      const signer = await createPemSigner(leaf.privateKeyPem, { certificates: leaf.pem });
      const published = await publishExtension(on(registry), manifest, { signer });
      const stranger = publishExtension(on(registry), newManifest(), { signer });
      expect((await refusalOf(stranger)).code).toBe("publisher_not_allowed");
      world().clock.now += 120_000;
      await registry.install(installOf(published));
      const late = publishExtension(on(registry), { ...manifest, version: "1.1.0" }, { signer });
      expect((await refusalOf(late)).code).toBe("certificate_expired");
    });

    test("an expired trust document admits nothing new, and what is installed stays", async () => {
      await trust();
      const published = await publish();
      const installed = installOf(published);
      await registry.install(installed);
      await trust({ expires: new Date(world().clock.now).toISOString() });
      expect(await refusalOf(publish())).toMatchObject({ code: "trust_expired" });
      expect((await refusalOf(registry.install(installOf(published)))).code).toBe("trust_expired");
      const { tenantId, registryId } = installed;
      expect(await registry.resolver.resolve({ tenantId, extensionId: registryId })).not.toBeNull();
      await registry.setEnabled({ tenantId, registryId, enabled: false });
      await registry.setEnabled({ tenantId, registryId, enabled: true });
    });

    test("what is revoked stops, also where the key that signed it is no longer known", async () => {
      await trust();
      const { manifest, ...published } = await publish();
      const { tenantId, registryId } = installOf(published);
      await registry.install({ ...installOf(published), tenantId });
      const { archive } = await packExtension(manifest);
      const { tarDigest } = await readBundle(archive);
      const stranger = await generateSigningKey();
      const isRunning = async () =>
        (await registry.resolver.resolve({ tenantId, extensionId: registryId })) !== null;
      const without = async (fields: object) => {
        source.current = await parseTrustBundle(stranger.publicKeyPem, {
          document: await parseTrustDocument(
            JSON.stringify({ version: 1, expires: "2099-01-01T00:00:00Z", ...fields }),
          ),
        });
      };
      await without({});
      expect(await isRunning()).toBe(true);
      await without({ revocations: [{ publisher: manifest.publisher, reason: "hostile" }] });
      expect(await isRunning()).toBe(false);
      await without({ revocations: [{ digest: tarDigest, reason: "malware" }] });
      expect(await isRunning()).toBe(false);
    });

    test("a refused signature leaves nothing in the store", async () => {
      await trust({ revocations: [{ key: key.keyId, reason: "stolen" }] });
      const { archive, contentHash } = await packExtension(newManifest());
      const signatures = await signArchive(archive, await createPemSigner(key.privateKeyPem));
      const refusal = await refusalOf(
        registry.publish({ archive, signatures, principal: world().publisher }),
      );
      expect(refusal.code).toBe("revoked_key");
      expect(await world().blobs.stat(bundleBlobPath(contentHash))).toBeNull();
    });
  });
}
