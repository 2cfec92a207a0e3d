import { beforeAll, describe, expect, test } from "vitest";
import { createPemSigner } from "../node/create-pem-signer.ts";
import { generateSigningKey, type SigningKey } from "../node/generate-signing-key.ts";
import type { Bundle } from "../node/read-bundle.ts";
import type { BundleSigner } from "../ports.ts";
import { createTestCertificate } from "../testing/create-test-certificate.ts";
import { codeOf } from "../../test-support/refusal.ts";
import { bundleOf, signedBy, signerOf } from "../../test-support/signed-bundle.ts";
import { parseTrustDocument } from "./parse-trust-document.ts";
import { signTrustDocument } from "./sign-trust-document.ts";
import { parseTrustBundle, trustState, type TrustBundleOptions, type TrustPolicy } from "./trust-policy.ts";
import { updateTrustDocument } from "./update-trust-document.ts";
import { assertAllowed, bundleSubject, verify, verifyStatement, type VerifyOptions } from "./verify.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const EXPIRES = "2027-01-01T00:00:00Z";

interface Party extends SigningKey {
  readonly signer: BundleSigner;
}
const party = async (): Promise<Party> => {
  const key = await generateSigningKey();
  return { ...key, signer: await createPemSigner(key.privateKeyPem) };
};

let bundle: Bundle;
let alice: Party;
let bob: Party;
let carol: Party;
beforeAll(async () => {
  bundle = await bundleOf("acme-labs");
  [alice, bob, carol] = await Promise.all([party(), party(), party()]);
});

const documentOf = (fields: object = {}): string =>
  JSON.stringify({ version: 1, expires: EXPIRES, ...fields });
const policyOf = async (fields: object, options: TrustBundleOptions = {}): Promise<TrustPolicy> =>
  parseTrustBundle(alice.publicKeyPem + bob.publicKeyPem + carol.publicKeyPem, {
    ...options,
    document: await parseTrustDocument(documentOf(fields)),
  });
const outcome = (
  policy: TrustPolicy,
  parties: readonly [Party, ...Party[]],
  options: VerifyOptions = {},
): Promise<string> =>
  codeOf(async () => {
    const [first, ...rest] = parties.map(({ signer }) => signer);
    return verify(bundle, await signedBy(bundle, [first!, ...rest]), policy, { now: NOW, ...options });
  });

describe("publishers of a trust document", () => {
  test("only listed keys sign for a listed publisher", async () => {
    const policy = await policyOf({ publishers: { "Acme-Labs": { keys: [alice.keyId] } } });
    expect(await outcome(policy, [alice])).toBe("accepted");
    expect(await outcome(policy, [bob])).toBe("publisher_not_allowed");
  });

  test("a key listed for one publisher signs for no other, an unlisted key for any that is not listed", async () => {
    const policy = await policyOf({ publishers: { globex: { keys: [alice.keyId] } } });
    expect(await outcome(policy, [alice])).toBe("publisher_not_allowed");
    expect(await outcome(policy, [bob])).toBe("accepted");
  });

  test("says who bound the signer", async () => {
    const signatures = await signedBy(bundle, [alice.signer]);
    const boundBy = async (fields: object) =>
      (await verify(bundle, signatures, await policyOf(fields), { now: NOW })).signers[0]?.boundBy;
    expect(await boundBy({ publishers: { "acme-labs": { keys: [alice.keyId] } } })).toBe("operator");
    expect(await boundBy({})).toBe("none");
  });

  test("2 of 3 keys", async () => {
    const keys = [alice.keyId, bob.keyId, carol.keyId];
    const policy = await policyOf({ publishers: { "acme-labs": { keys, threshold: 2 } } });
    expect(await outcome(policy, [alice])).toBe("threshold_not_met");
    expect(await outcome(policy, [alice, carol])).toBe("accepted");
    expect(await outcome(policy, [alice, bob, carol])).toBe("accepted");
    const envelope = JSON.parse(await signedBy(bundle, [alice.signer])) as { signatures: unknown[] };
    const twice = JSON.stringify({
      ...envelope,
      signatures: [...envelope.signatures, ...envelope.signatures],
    });
    expect(await codeOf(() => verify(bundle, twice, policy, { now: NOW }))).toBe("duplicate_signer");
  });

  test("a threshold of a publisher without listed signers counts too", async () => {
    const policy = await policyOf({ publishers: { "acme-labs": { threshold: 2 } } });
    expect(await outcome(policy, [alice])).toBe("threshold_not_met");
    expect(await outcome(policy, [alice, bob])).toBe("accepted");
  });

  test("certificates are listed by fingerprint, and need not name the publisher then", async () => {
    const root = createTestCertificate({ isCa: true });
    const [listed, other] = [
      createTestCertificate({ issuer: root }),
      createTestCertificate({ issuer: root, publishers: ["acme-labs"] }),
    ];
    const colons = listed.fingerprint.toUpperCase().match(/../g)?.join(":");
    const document = await parseTrustDocument(
      documentOf({ publishers: { "acme-labs": { certificates: [colons] } } }),
    );
    const policy = await parseTrustBundle(root.pem, { document });
    const check = (leaf: typeof root) =>
      codeOf(async () =>
        verify(bundle, await signedBy(bundle, [await signerOf(leaf)]), policy, { now: NOW }),
      );
    expect(await check(listed)).toBe("accepted");
    expect(await check(other)).toBe("publisher_not_allowed");
  });

  test("keys have their time, judged at acceptance", async () => {
    const window = { id: alice.keyId, notBefore: "2026-02-01T00:00:00Z", notAfter: "2026-03-01T00:00:00Z" };
    const policy = await policyOf({ publishers: { "acme-labs": { keys: [window] } } });
    const at = (text: string) => outcome(policy, [alice], { acceptedAt: new Date(text) });
    expect(await at("2026-01-31T00:00:00Z")).toBe("key_not_yet_valid");
    expect(await at("2026-02-15T00:00:00Z")).toBe("accepted");
    expect(await at("2026-03-02T00:00:00Z")).toBe("key_expired");
  });

  test("the purpose of certificates can be set there", async () => {
    const own = "1.3.6.1.4.1.55555.1";
    const policy = await policyOf({ extendedKeyUsage: own });
    expect(policy.extendedKeyUsage).toBe(own);
  });
});

describe("S09: revocation", () => {
  const revoke = (...revocations: object[]): Promise<TrustPolicy> => policyOf({ revocations });
  const reason = "key left on a train";

  test("by archive digest and by tar digest, whoever signed", async () => {
    for (const digest of [bundle.contentHash, bundle.tarDigest, bundle.contentHash.slice(7)]) {
      const policy = await revoke({ digest, reason });
      expect(await outcome(policy, [alice])).toBe("revoked_digest");
      expect(await codeOf(async () => assertAllowed(policy, bundleSubject(bundle), { now: NOW }))).toBe(
        "revoked_digest",
      );
      expect(
        await codeOf(async () =>
          verifyStatement(bundle.contentHash, await signedBy(bundle, [alice.signer]), policy, { now: NOW }),
        ),
      ).toBe("revoked_digest");
    }
  });

  test("by publisher, in any case", async () => {
    const policy = await revoke({ publisher: "ACME-labs", reason });
    expect(await outcome(policy, [alice])).toBe("revoked_publisher");
    const signatures = await signedBy(bundle, [alice.signer]);
    expect(await codeOf(() => verifyStatement(bundle.contentHash, signatures, policy, { now: NOW }))).toBe(
      "revoked_publisher",
    );
  });

  test("by key: another one still suffices, unless two are needed", async () => {
    const revocations = [{ key: alice.keyId, reason }];
    expect(await outcome(await policyOf({ revocations }), [alice])).toBe("revoked_key");
    expect(await outcome(await policyOf({ revocations }), [alice, bob])).toBe("accepted");
    expect(await outcome(await policyOf({ revocations }, { threshold: 2 }), [alice, bob])).toBe(
      "threshold_not_met",
    );
  });

  test("by certificate: the leaf, what issued it, and either's key", async () => {
    const root = createTestCertificate({ isCa: true });
    const intermediate = createTestCertificate({ subject: "I", isCa: true, issuer: root });
    const leaf = createTestCertificate({ subject: "L", issuer: intermediate, publishers: ["acme-labs"] });
    const signatures = await signedBy(bundle, [await signerOf(leaf, intermediate)]);
    const check = async (revocation: object) => {
      const document = await parseTrustDocument(documentOf({ revocations: [revocation] }));
      const policy = await parseTrustBundle(root.pem, { document });
      return codeOf(() => verify(bundle, signatures, policy, { now: NOW }));
    };
    for (const one of [leaf, intermediate, root]) {
      expect(await check({ certificate: one.fingerprint, reason })).toBe("revoked_certificate");
      expect(await check({ key: one.keyId, reason })).toBe("revoked_key");
    }
    expect(await check({ certificate: "0".repeat(64), reason })).toBe("accepted");
  });

  test("a pinned certificate that is only named by its key", async () => {
    const leaf = createTestCertificate({ publishers: ["acme-labs"] });
    const document = await parseTrustDocument(
      documentOf({ revocations: [{ certificate: leaf.fingerprint, reason }] }),
    );
    const policy = await parseTrustBundle(leaf.pem, { document });
    const signatures = await signedBy(bundle, [await createPemSigner(leaf.privateKeyPem)]);
    expect(await codeOf(() => verify(bundle, signatures, policy, { now: NOW }))).toBe("revoked_certificate");
  });

  test("a revoked certificate of a key that is trusted bare", async () => {
    const leaf = createTestCertificate();
    const document = await parseTrustDocument(
      documentOf({ revocations: [{ certificate: leaf.fingerprint, reason }] }),
    );
    const policy = await parseTrustBundle(leaf.publicKeyPem, { document });
    const signatures = await signedBy(bundle, [await signerOf(leaf)]);
    expect(await codeOf(() => verify(bundle, signatures, policy, { now: NOW }))).toBe("revoked_certificate");
  });

  test("a cut-off spares what was accepted before it; without one nothing is spared", async () => {
    const since = "2026-04-01T00:00:00Z";
    const before = new Date("2026-03-31T23:59:59Z");
    for (const target of [{ key: alice.keyId }, { publisher: "acme-labs" }, { digest: bundle.contentHash }]) {
      const code = `revoked_${Object.keys(target)[0]}`;
      const policy = await revoke({ ...target, reason, since });
      expect(await outcome(policy, [alice], { acceptedAt: before })).toBe("accepted");
      expect(await outcome(policy, [alice], { acceptedAt: new Date(since) })).toBe(code);
      expect(await outcome(policy, [alice])).toBe(code);
      expect(await outcome(await revoke({ ...target, reason }), [alice], { acceptedAt: before })).toBe(code);
    }
  });

  test("a rotated key: both for a while, then the old one only for what it signed before", async () => {
    const both = { publishers: { "acme-labs": { keys: [alice.keyId, bob.keyId] } } };
    const overlap = await policyOf(both);
    expect(await outcome(overlap, [alice])).toBe("accepted");
    expect(await outcome(overlap, [bob])).toBe("accepted");
    const rotated = await policyOf({
      ...both,
      version: 2,
      revocations: [{ key: alice.keyId, reason: "rotated", since: "2026-05-01T00:00:00Z" }],
    });
    expect(await outcome(rotated, [alice], { acceptedAt: new Date("2026-04-01T00:00:00Z") })).toBe(
      "accepted",
    );
    expect(await outcome(rotated, [alice])).toBe("revoked_key");
    expect(await outcome(rotated, [bob])).toBe("accepted");
  });
});

describe("an expired trust document", () => {
  const later = new Date("2027-01-01T00:00:00Z");

  test("admits nothing new and flags what was admitted", async () => {
    const policy = await policyOf({});
    expect(trustState(policy, NOW)).toBe("current");
    expect(trustState(policy, later)).toBe("expired");
    expect(await outcome(policy, [alice], { now: later })).toBe("trust_expired");
    const signatures = await signedBy(bundle, [alice.signer]);
    const kept = await verify(bundle, signatures, policy, {
      now: later,
      acceptedAt: NOW,
      expiredTrust: "flag",
    });
    expect(kept.trustState).toBe("expired");
    const fresh = await verify(bundle, signatures, policy, { now: NOW });
    expect(fresh.trustState).toBe("current");
  });

  test("still revokes", async () => {
    const policy = await policyOf({ revocations: [{ digest: bundle.contentHash, reason: "malware" }] });
    expect(await outcome(policy, [alice], { now: later, expiredTrust: "flag" })).toBe("revoked_digest");
  });
});

describe("verifyStatement", () => {
  test("is about one archive", async () => {
    const policy = await policyOf({});
    const signatures = await signedBy(bundle, [alice.signer]);
    const verified = await verifyStatement(bundle.contentHash, signatures, policy, { now: NOW });
    expect(verified.keyIds).toEqual([alice.keyId]);
    await expect(verifyStatement(bundle.tarDigest, signatures, policy, { now: NOW })).rejects.toMatchObject({
      code: "statement_mismatch",
      details: { fields: ["archive"] },
    });
    expect(await codeOf(() => verifyStatement(bundle.contentHash, null, policy, { now: NOW }))).toBe(
      "unsigned",
    );
  });
});

describe("parseTrustDocument", () => {
  test.each([
    ["not JSON", "x"],
    ["a list", "[]"],
    ["no version", JSON.stringify({ expires: EXPIRES })],
    ["version 0", documentOf({ version: 0 })],
    ["version 1.5", documentOf({ version: 1.5 })],
    ["no expiry", JSON.stringify({ version: 1 })],
    ["a date without time", documentOf({ expires: "2027-01-01" })],
    ["a day that does not exist", documentOf({ expires: "2027-13-01T00:00:00Z" })],
    ["an unknown field", documentOf({ allowUnsigned: true })],
    ["a misspelt field of a publisher", documentOf({ publishers: { a: { key: [] } } })],
    ["a key that is none", documentOf({ publishers: { a: { keys: ["abc"] } } })],
    ["a threshold out of reach", documentOf({ publishers: { a: { keys: ["0".repeat(32)], threshold: 2 } } })],
    ["a threshold of 0", documentOf({ publishers: { a: { threshold: 0 } } })],
    ["a publisher twice", documentOf({ publishers: { a: {}, A: {} } })],
    ["a revocation without reason", documentOf({ revocations: [{ key: "0".repeat(32) }] })],
    ["a revocation of nothing", documentOf({ revocations: [{ reason: "r" }] })],
    [
      "a revocation of two things",
      documentOf({ revocations: [{ key: "0".repeat(32), publisher: "a", reason: "r" }] }),
    ],
    ["a revoked digest that is none", documentOf({ revocations: [{ digest: "sha256:00", reason: "r" }] })],
    ["a revoked key that is none", documentOf({ revocations: [{ key: "K", reason: "r" }] })],
    ["a fingerprint of sha1", documentOf({ revocations: [{ certificate: "0".repeat(40), reason: "r" }] })],
    ["a purpose that is no OID", documentOf({ extendedKeyUsage: "codeSigning" })],
    ["roots without keys", documentOf({ roots: { keys: [], threshold: 1 } })],
    ["a root that is no key", documentOf({ roots: { keys: ["x"], threshold: 1 } })],
  ])("%s", async (_row, text) => {
    expect(await codeOf(() => parseTrustDocument(text))).toBe("invalid_trust_document");
  });

  test("a publisher called __proto__ is only a name", async () => {
    const text = `{"version":1,"expires":"${EXPIRES}","publishers":{"__proto__":{"threshold":3}}}`;
    expect((await parseTrustDocument(text)).publishers.get("__proto__")?.threshold).toBe(3);
  });
});

describe("S07: the next version of a trust document", () => {
  const roots = (parties: readonly Party[], threshold: number) => ({
    roots: { keys: parties.map(({ publicKeyPem }) => publicKeyPem), threshold },
  });
  const signedDocument = async (fields: object, parties: readonly Party[]): Promise<string> => {
    let text = documentOf(fields);
    for (const { signer } of parties) text = await signTrustDocument(text, signer);
    return text;
  };
  const update = async (current: string, next: string): Promise<string> =>
    codeOf(async () => updateTrustDocument(await parseTrustDocument(current), next, { now: NOW }));

  test("a version goes up, by one or more, and never down or sideways", async () => {
    const current = documentOf({ version: 3 });
    expect(await update(current, documentOf({ version: 4 }))).toBe("accepted");
    expect(await update(current, documentOf({ version: 9 }))).toBe("accepted");
    expect(await update(current, documentOf({ version: 2 }))).toBe("trust_version_not_newer");
    expect(await update(current, documentOf({ version: 3, expires: "2028-01-01T00:00:00Z" }))).toBe(
      "trust_version_not_newer",
    );
    const parsed = await parseTrustDocument(current);
    expect(await updateTrustDocument(parsed, current)).toBe(parsed);
  });

  test("one that has expired", async () => {
    expect(await update(documentOf(), documentOf({ version: 2, expires: "2026-05-31T00:00:00Z" }))).toBe(
      "trust_expired",
    );
  });

  test("2 of 3 roots must sign, one signing twice is one", async () => {
    const trio = roots([alice, bob, carol], 2);
    const current = await signedDocument({ ...trio }, [alice, bob]);
    const next = { ...trio, version: 2 };
    expect(await update(current, await signedDocument(next, [bob, carol]))).toBe("accepted");
    expect(await update(current, await signedDocument(next, [bob]))).toBe("threshold_not_met");
    expect(await update(current, documentOf(next))).toBe("unsigned");
    const once = JSON.parse(await signedDocument(next, [bob])) as { signatures: unknown[] };
    const twice = JSON.stringify({ ...once, signatures: [...once.signatures, ...once.signatures] });
    expect(await update(current, twice)).toBe("duplicate_signer");
    const stranger = await party();
    expect(await update(current, await signedDocument(next, [bob, stranger]))).toBe("threshold_not_met");
  });

  test("new roots need enough of the old and enough of the new", async () => {
    const current = await signedDocument({ ...roots([alice, bob], 2) }, [alice, bob]);
    const dave = await party();
    const next = { ...roots([carol, dave], 2), version: 2 };
    expect(await update(current, await signedDocument(next, [carol, dave]))).toBe("threshold_not_met");
    expect(await update(current, await signedDocument(next, [alice, bob]))).toBe("threshold_not_met");
    expect(await update(current, await signedDocument(next, [alice, carol, dave]))).toBe("threshold_not_met");
    expect(await update(current, await signedDocument(next, [alice, bob, carol, dave]))).toBe("accepted");
  });

  test("roots cannot be dropped, not even by themselves", async () => {
    const current = await signedDocument({ ...roots([alice], 1) }, [alice]);
    expect(await update(current, await signedDocument({ version: 2 }, [alice]))).toBe(
      "invalid_trust_document",
    );
    expect(await update(current, documentOf({ version: 2 }))).toBe("unsigned");
  });

  test("a signature that does not hold, or is over something else", async () => {
    const own = { ...roots([alice], 1) };
    const current = await signedDocument(own, [alice]);
    const next = JSON.parse(await signedDocument({ ...own, version: 2 }, [alice])) as object;
    const { payload } = JSON.parse(await signedDocument({ ...own, version: 3 }, [alice])) as {
      payload: string;
    };
    expect(await update(current, JSON.stringify({ ...next, payload }))).toBe("signature_invalid");
    const bundleSignature = JSON.parse(await signedBy(bundle, [alice.signer])) as { signatures: unknown };
    const confused = JSON.stringify({ ...next, signatures: bundleSignature.signatures });
    expect(await update(current, confused)).toBe("signature_malformed");
  });

  test("the first one must be signed by its own roots", async () => {
    const own = { ...roots([alice, bob], 2) };
    expect(await codeOf(async () => parseTrustDocument(await signedDocument(own, [alice, bob])))).toBe(
      "accepted",
    );
    expect(await codeOf(async () => parseTrustDocument(await signedDocument(own, [alice])))).toBe(
      "threshold_not_met",
    );
    expect(await codeOf(() => parseTrustDocument(documentOf(own)))).toBe("unsigned");
  });

  test("certificates have no say about roots", async () => {
    const leaf = createTestCertificate();
    const own = { ...roots([{ ...leaf, signer: await signerOf(leaf) }], 1) };
    const text = await signTrustDocument(documentOf(own), await signerOf(leaf));
    const { signatures } = JSON.parse(text) as { signatures: { protected: string }[] };
    expect(Buffer.from(signatures[0]!.protected, "base64url").toString()).not.toContain("x5c");
    expect(await codeOf(() => parseTrustDocument(text))).toBe("accepted");
  });

  test("a chain in its header is refused", async () => {
    const own = { ...roots([alice], 1) };
    const payload = Buffer.from(documentOf(own)).toString("base64url");
    const fields = { alg: "EdDSA", kid: alice.keyId, typ: "alga-ext-trust+json", x5c: ["AAAA"] };
    const header = Buffer.from(JSON.stringify(fields)).toString("base64url");
    const signature = Buffer.from(await alice.signer.sign(Buffer.from(`${header}.${payload}`))).toString(
      "base64url",
    );
    const text = JSON.stringify({ payload, signatures: [{ protected: header, signature }] });
    expect(await codeOf(() => parseTrustDocument(text))).toBe("forbidden_header");
  });

  test("nothing that is no trust document gets signed", async () => {
    expect(await codeOf(() => signTrustDocument(documentOf({ version: 0 }), alice.signer))).toBe(
      "invalid_trust_document",
    );
  });
});
