import { beforeAll, describe, expect, it } from "vitest";
import { parseTrustBundle, parseTrustDocument, sign, toStatement, type TrustPolicy } from "@alga-ext/bundle";
import { createPemSigner, generateSigningKey, readBundle } from "@alga-ext/bundle/node";
import { createTestCertificate, type TestCertificate } from "@alga-ext/bundle/testing";
import type { BundleSource, ContentHash } from "@alga-ext/protocol";
import { packTestBundle } from "../../test-support/test-runner.ts";
import type { AcceptedBundle } from "../ports.ts";
import { createBundleStore, type BundleStoreOptions } from "./bundle-store.ts";

const NOW = Date.parse("2026-06-01T00:00:00Z");
const ACCEPTED = new Date("2026-03-01T00:00:00Z");

let publicKeyPem: string;
let keyId: string;
let signed: AcceptedBundle;
let hash: ContentHash;
let tar: ContentHash;
let leaf: TestCertificate;
let certified: string;

beforeAll(async () => {
  const key = await generateSigningKey();
  ({ publicKeyPem, keyId } = key);
  const { archive, contentHash, tarDigest } = await packTestBundle({ ui: { "index.html": "<p>" } }, "store");
  [hash, tar] = [contentHash, tarDigest];
  const statement = toStatement(await readBundle(archive), { createdAt: "2026-02-28T00:00:00Z" });
  signed = {
    archive,
    signatures: await sign(statement, await createPemSigner(key.privateKeyPem)),
    acceptedAt: ACCEPTED,
  };
  leaf = createTestCertificate({ publishers: ["tests"], notAfter: new Date("2026-04-01T00:00:00Z") });
  certified = await sign(statement, await createPemSigner(leaf.privateKeyPem, { certificates: leaf.pem }));
});

const policyOf = async (fields: object = {}, pem = publicKeyPem): Promise<TrustPolicy> =>
  parseTrustBundle(pem, {
    document: await parseTrustDocument(
      JSON.stringify({ version: 1, expires: "2027-01-01T00:00:00Z", ...fields }),
    ),
  });

/** A store over one bundle, whose trust the test changes. */
function setUp(current: TrustPolicy | null, options: Partial<BundleStoreOptions> = {}, stored = signed) {
  const trust = { current: current as TrustPolicy, onChange: () => () => undefined };
  let opened = 0;
  const source: BundleSource = {
    open: () => {
      opened += 1;
      return Promise.resolve(stored);
    },
  };
  const store = createBundleStore({
    source,
    trust: current === null ? null : trust,
    allowUnsigned: false,
    now: () => NOW,
    ...options,
  });
  return { store, trust, opened: () => opened };
}
const reasonOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "loaded",
    (error: { details?: { reason?: unknown } }) => error.details?.reason,
  );

describe("createBundleStore", () => {
  it("loads a signed bundle once", async () => {
    const { store, opened } = setUp(await policyOf());
    const [one, two] = await Promise.all([store.load(hash), store.load(hash)]);
    expect(one).toBe(two);
    expect(await store.load(hash)).toBe(one);
    expect(opened()).toBe(1);
    expect(one.ui.has("index.html")).toBe(true);
  });

  it.each([
    ["digest of the archive", () => ({ digest: hash }), "revoked_digest"],
    ["digest of the tar", () => ({ digest: tar }), "revoked_digest"],
    ["publisher", () => ({ publisher: "tests" }), "revoked_publisher"],
    ["key", () => ({ key: keyId }), "revoked_key"],
  ])("S09: refuses a revoked %s, and drops it when it was loaded before", async (_row, target, code) => {
    const revoked = await policyOf({ revocations: [{ ...target(), reason: "r" }] });
    expect(await reasonOf(setUp(revoked).store.load(hash))).toBe(code);

    const { store, trust, opened } = setUp(await policyOf());
    await store.load(hash);
    expect([...(await store.recheck())]).toEqual([hash]);
    trust.current = revoked;
    expect([...(await store.recheck())]).toEqual([]);
    expect(await reasonOf(store.load(hash))).toBe(code);
    expect(opened()).toBe(2);
  });

  it("drops what a key signed that is no longer trusted, or no longer enough", async () => {
    const other = (await generateSigningKey()).publicKeyPem;
    for (const [next, code] of [
      [await policyOf({}, other), "untrusted_key"],
      [await policyOf({ publishers: { tests: { threshold: 2 } } }), "threshold_not_met"],
    ] as const) {
      const { store, trust } = setUp(await policyOf());
      await store.load(hash);
      trust.current = next;
      expect((await store.recheck()).size).toBe(0);
      expect(await reasonOf(store.load(hash))).toBe(code);
    }
  });

  it("spares what was accepted before a revocation's cut-off, as far as the source knows", async () => {
    const since = "2026-05-01T00:00:00Z";
    const policy = await policyOf({ revocations: [{ key: keyId, reason: "rotated", since }] });
    expect(await reasonOf(setUp(policy).store.load(hash))).toBe("loaded");
    const { acceptedAt: _, ...undated } = signed;
    expect(await reasonOf(setUp(policy, {}, undated).store.load(hash))).toBe("revoked_key");
  });

  it("believes no acceptance that is older than the signature", async () => {
    const early = { ...signed, acceptedAt: new Date(0) };
    expect(await reasonOf(setUp(await policyOf(), {}, early).store.load(hash))).toBe("statement_from_future");
  });

  it("judges certificates when the bundle was accepted", async () => {
    const policy = await policyOf({}, leaf.pem);
    const stored = { ...signed, signatures: certified };
    expect(await reasonOf(setUp(policy, {}, stored).store.load(hash))).toBe("loaded");
    const late = { ...stored, acceptedAt: new Date(NOW) };
    expect(await reasonOf(setUp(policy, {}, late).store.load(hash))).toBe("certificate_expired");
  });

  it("goes on running what was accepted when the trust document expires", async () => {
    const { store } = setUp(await policyOf({ expires: "2026-05-01T00:00:00Z" }));
    expect(await reasonOf(store.load(hash))).toBe("loaded");
  });

  it("judges by the trust of the moment it ends loading", async () => {
    const revoked = await policyOf({ revocations: [{ digest: hash, reason: "r" }] });
    const { promise, resolve } = Promise.withResolvers<AcceptedBundle>();
    const { store, trust } = setUp(await policyOf(), { source: { open: () => promise } });
    const loading = store.load(hash);
    resolve(signed);
    // The first policy is read when judging begins; changing it right after must still count.
    let seen: TrustPolicy = trust.current;
    let reads = 0;
    Object.defineProperty(trust, "current", {
      get: () => {
        reads += 1;
        const answer = seen;
        seen = revoked;
        return answer;
      },
    });
    expect(await reasonOf(loading)).toBe("revoked_digest");
    expect(reads).toBeGreaterThan(1);
  });

  it("holds revocations where unsigned bundles are taken", async () => {
    const unsigned = { archive: signed.archive, signatures: null };
    const open = { allowUnsigned: true };
    const other = (await generateSigningKey()).publicKeyPem;
    expect(await reasonOf(setUp(null, open, unsigned).store.load(hash))).toBe("loaded");
    expect(await reasonOf(setUp(await policyOf(), open, unsigned).store.load(hash))).toBe("loaded");
    expect(await reasonOf(setUp(await policyOf({}, other), open).store.load(hash))).toBe("loaded");
    for (const target of [{ digest: hash }, { publisher: "tests" }]) {
      const policy = await policyOf({ revocations: [{ ...target, reason: "r" }] });
      expect(await reasonOf(setUp(policy, open, unsigned).store.load(hash))).toMatch(/^revoked_/);
    }
    const policy = await policyOf({ revocations: [{ key: keyId, reason: "r" }] });
    expect(await reasonOf(setUp(policy, open).store.load(hash))).toBe("revoked_key");
  });

  it("refuses unsigned bundles otherwise", async () => {
    const unsigned = { archive: signed.archive, signatures: null };
    expect(await reasonOf(setUp(await policyOf(), {}, unsigned).store.load(hash))).toBe("unsigned");
    expect(await reasonOf(setUp(null, {}, unsigned).store.load(hash))).toBe("untrusted_key");
  });
});
