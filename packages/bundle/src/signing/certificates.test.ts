import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { createPemSigner } from "../node/create-pem-signer.ts";
import type { Bundle } from "../node/read-bundle.ts";
import {
  createTestCertificate,
  resignCertificate,
  toExtension,
  type TestCertificate,
  type TestCertificateOptions,
} from "../testing/create-test-certificate.ts";
import { der, oid, sequence } from "../testing/encode-der.ts";
import { codeOf } from "../../test-support/refusal.ts";
import { bundleOf, signedBy, signedWithHeader, signerOf } from "../../test-support/signed-bundle.ts";
import { parseCertificate } from "./certificate.ts";
import { parseTrustBundle, type TrustBundleOptions, type TrustPolicy } from "./trust-policy.ts";
import { verify } from "./verify.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const publishers = ["acme-labs"];

let bundle: Bundle;
let root: TestCertificate;
let trust: TrustPolicy;

beforeAll(async () => {
  bundle = await bundleOf("acme-labs");
  root = createTestCertificate({ subject: "Root", isCa: true });
  trust = await parseTrustBundle(root.pem);
});

type Chain = readonly [TestCertificate, ...TestCertificate[]];

/** What verify says about a bundle signed by the first certificate of a chain. */
const outcome = (chain: Chain, policy = trust, at = NOW): Promise<string> =>
  codeOf(async () =>
    verify(bundle, await signedBy(bundle, [await signerOf(...chain)]), policy, { now: NOW, acceptedAt: at }),
  );
const leafOf = (options: TestCertificateOptions = {}): TestCertificate =>
  createTestCertificate({ subject: "Acme", publishers, issuer: root, ...options });
const intermediateOf = (options: TestCertificateOptions = {}): TestCertificate =>
  createTestCertificate({ subject: "Intermediate", isCa: true, issuer: root, ...options });

describe("chains that hold", () => {
  test("leaf, and the operator holds the root", async () => {
    const leaf = leafOf();
    const signatures = await signedBy(bundle, [await signerOf(leaf)]);
    const verified = await verify(bundle, signatures, trust, { now: NOW });
    expect(verified.keyIds).toEqual([leaf.keyId]);
    expect(verified.signers).toEqual([
      {
        keyId: leaf.keyId,
        boundBy: "certificate",
        certificate: { fingerprint: leaf.fingerprint, subject: "Acme", notAfter: "2045-01-01T00:00:00.000Z" },
      },
    ]);
  });

  test("through an intermediate, with and without the root in the signature", async () => {
    const intermediate = intermediateOf();
    const leaf = leafOf({ issuer: intermediate });
    expect(await outcome([leaf, intermediate])).toBe("accepted");
    expect(await outcome([leaf, intermediate, root])).toBe("accepted");
    expect(await outcome([leaf])).toBe("untrusted_chain");
    expect(await outcome([leaf], await parseTrustBundle(intermediate.pem))).toBe("accepted");
  });

  test.each(["ed25519", "p256", "rsa3072"] as const)("issued with %s", async (key) => {
    const authority = createTestCertificate({ isCa: true, key });
    const policy = await parseTrustBundle(authority.pem);
    expect(await outcome([leafOf({ issuer: authority, key: "p256" })], policy)).toBe("accepted");
  });

  test("without key identifiers, the issuer's key still decides", async () => {
    const authority = createTestCertificate({ isCa: true, withoutKeyIds: true });
    const leaf = leafOf({ issuer: authority, withoutKeyIds: true });
    expect(await outcome([leaf], await parseTrustBundle(authority.pem))).toBe("accepted");
  });

  test("two authorities of one name are told apart by their keys", async () => {
    const options = { subject: "Same", isCa: true, withoutKeyIds: true };
    const [old, renewed] = [createTestCertificate(options), createTestCertificate(options)];
    const policy = await parseTrustBundle(old.pem + renewed.pem);
    expect(await outcome([leafOf({ issuer: renewed, withoutKeyIds: true })], policy)).toBe("accepted");
  });

  test("an issuer limited to purposes that include this one, or any", async () => {
    for (const purpose of [CODE_SIGNING, "2.5.29.37.0"]) {
      const intermediate = intermediateOf({ extendedKeyUsage: [purpose] });
      expect(await outcome([leafOf({ issuer: intermediate }), intermediate])).toBe("accepted");
    }
  });

  test("a pinned publisher certificate, brought or only named by its key", async () => {
    const leaf = leafOf();
    const policy = await parseTrustBundle(leaf.pem);
    expect(await outcome([leaf], policy)).toBe("accepted");
    const signer = await createPemSigner(leaf.privateKeyPem);
    const verified = await verify(bundle, await signedBy(bundle, [signer]), policy, { now: NOW });
    expect(verified.signers[0]?.certificate?.fingerprint).toBe(leaf.fingerprint);
  });

  test("a pinned certificate and its renewal for the same key", async () => {
    const old = leafOf({ notAfter: new Date("2026-03-01T00:00:00Z") });
    const renewed = leafOf({ key: old });
    const policy = await parseTrustBundle(old.pem + renewed.pem);
    const signatures = await signedBy(bundle, [await createPemSigner(old.privateKeyPem)]);
    const verified = await verify(bundle, signatures, policy, { now: NOW });
    expect(verified.signers[0]?.certificate?.fingerprint).toBe(renewed.fingerprint);
  });

  test("a bare key of the trust bundle counts whatever certificates come along", async () => {
    const leaf = createTestCertificate();
    expect(await outcome([leaf], await parseTrustBundle(leaf.publicKeyPem))).toBe("accepted");
  });

  test("publishers in any case, percent-encoded, several in one certificate", async () => {
    const leaf = leafOf({ publishers: ["globex", "ACME-Labs", "ünïcode & co"] });
    expect(await outcome([leaf])).toBe("accepted");
    const other = await bundleOf("Ünïcode & Co");
    const signatures = await signedBy(other, [await signerOf(leaf)]);
    expect(await codeOf(() => verify(other, signatures, trust, { now: NOW }))).toBe("accepted");
  });
});

describe("S02: chains of strangers", () => {
  test("a self-signed leaf", async () => {
    expect(await outcome([createTestCertificate({ publishers })])).toBe("untrusted_chain");
  });

  test("a chain to a root of its own", async () => {
    const own = createTestCertificate({ subject: "Root", isCa: true });
    expect(await outcome([leafOf({ issuer: own }), own])).toBe("untrusted_chain");
  });

  test("the right names over a wrong signature: names alone match nothing", async () => {
    const mallory = createTestCertificate({ isCa: true });
    expect(await outcome([leafOf({ forgedBy: mallory })])).toBe("untrusted_chain");
    expect(await outcome([leafOf({ forgedBy: mallory }), root])).toBe("untrusted_chain");
    const twin = createTestCertificate({ subject: "Root", isCa: true, withoutKeyIds: true });
    expect(await outcome([leafOf({ issuer: twin, withoutKeyIds: true })])).toBe("untrusted_chain");
  });

  test("the right key under another name", async () => {
    const renamed = createTestCertificate({ subject: "Rooot" }).name;
    expect(await outcome([leafOf({ issuer: { ...root, name: renamed } })])).toBe("untrusted_chain");
  });

  test("a certificate that names two signature algorithms", async () => {
    const other = createTestCertificate({ subject: "Root", isCa: true, key: "p256" });
    const leaf = leafOf({ issuer: { ...root, publicKeyPem: other.publicKeyPem } });
    const odd = resignCertificate({ tbs: leaf.tbs, issuer: other });
    const x5c = [Buffer.from(odd).toString("base64")];
    const signatures = await signedWithHeader(bundle, await createPemSigner(leaf.privateKeyPem), { x5c });
    const policy = await parseTrustBundle(other.pem);
    expect(await codeOf(() => verify(bundle, signatures, policy, { now: NOW }))).toBe(
      "certificate_malformed",
    );
  });

  test("key identifiers that disagree", async () => {
    const other = createTestCertificate({ subject: "Root", isCa: true });
    const leaf = leafOf({ issuer: { ...other, name: root.name }, forgedBy: root });
    expect(await outcome([leaf])).toBe("untrusted_chain");
  });

  test("an unrelated certificate in between", async () => {
    expect(await outcome([leafOf(), intermediateOf(), root])).toBe("untrusted_chain");
  });

  test("a trusted certificate that is not the signer's", async () => {
    const [leaf, mallory] = [leafOf(), createTestCertificate()];
    const signer = await createPemSigner(mallory.privateKeyPem);
    const x5c = [Buffer.from(leaf.der).toString("base64")];
    const check = async (change: object) =>
      codeOf(async () =>
        verify(bundle, await signedWithHeader(bundle, signer, { x5c, ...change }), trust, { now: NOW }),
      );
    expect(await check({})).toBe("signature_malformed");
    expect(await check({ kid: leaf.keyId })).toBe("signature_invalid");
  });

  test("the key of an authority signs no bundles", async () => {
    expect(await outcome([root])).toBe("key_usage");
    const signatures = await signedBy(bundle, [await createPemSigner(root.privateKeyPem)]);
    expect(await codeOf(() => verify(bundle, signatures, trust, { now: NOW }))).toBe("untrusted_key");
  });
});

describe("S03: chains that are not what they must be", () => {
  test.each([
    ["without extended key usage", { extendedKeyUsage: null }, "ext_key_usage"],
    ["for servers", { extendedKeyUsage: [SERVER_AUTH] }, "ext_key_usage"],
    ["for anything", { extendedKeyUsage: ["2.5.29.37.0"] }, "ext_key_usage"],
    ["without key usage", { keyUsage: null }, "key_usage"],
    ["for encryption", { keyUsage: [2] }, "key_usage"],
    [
      "that signs certificates",
      { isCa: true, keyUsage: [0, 5], extendedKeyUsage: [CODE_SIGNING] },
      "key_usage",
    ],
    ["expired", { notAfter: new Date("2026-05-01T00:00:00Z") }, "certificate_expired"],
    ["not yet valid", { notBefore: new Date("2026-07-01T00:00:00Z") }, "certificate_not_yet_valid"],
    ["with a P-384 key", { key: "p384" }, "unsupported_algorithm"],
    ["with an RSA key", { key: "rsa3072" }, "unsupported_algorithm"],
    [
      "with a critical extension nobody knows",
      { extensions: [toExtension("1.2.3.4", der(0x05), true)] },
      "critical_extension",
    ],
    ["with name constraints", { extensions: [toExtension("2.5.29.30", sequence())] }, "critical_extension"],
    [
      "with one extension twice",
      { extensions: [toExtension("2.5.29.37", sequence(oid(CODE_SIGNING)))] },
      "certificate_malformed",
    ],
  ] as [string, TestCertificateOptions, string][])("a leaf %s", async (_row, options, code) => {
    const leaf = leafOf(options);
    const [kind] = options.key === undefined ? [] : [options.key];
    // Keys that cannot sign a bundle are claimed by one that can.
    const signer = await createPemSigner(kind === undefined ? leaf.privateKeyPem : leafOf().privateKeyPem);
    const x5c = [Buffer.from(leaf.der).toString("base64")];
    const signatures = await signedWithHeader(bundle, signer, { kid: leaf.keyId, x5c });
    expect(await codeOf(() => verify(bundle, signatures, trust, { now: NOW }))).toBe(code);
  });

  test.each([
    ["without the CA bit", { isCa: false, keyUsage: [5] }, "not_a_ca"],
    ["that may not sign certificates", { keyUsage: [0, 6] }, "key_usage"],
    ["without key usage", { keyUsage: null }, "key_usage"],
    ["for servers only", { extendedKeyUsage: [SERVER_AUTH] }, "ext_key_usage"],
    ["expired", { notAfter: new Date("2026-05-01T00:00:00Z") }, "certificate_expired"],
    ["not yet valid", { notBefore: new Date("2026-07-01T00:00:00Z") }, "certificate_not_yet_valid"],
    [
      "with a critical extension",
      { extensions: [toExtension("1.2.3.4", der(0x05), true)] },
      "critical_extension",
    ],
    ["with a weak key", { key: "rsa2048" }, "unsupported_algorithm"],
    ["with a P-384 key", { key: "p384" }, "unsupported_algorithm"],
  ] as [string, TestCertificateOptions, string][])("an intermediate %s", async (_row, options, code) => {
    const intermediate = intermediateOf(options);
    expect(await outcome([leafOf({ issuer: intermediate }), intermediate])).toBe(code);
  });

  test.each([
    ["that may not sign certificates", { keyUsage: [0] }, "key_usage"],
    ["expired", { notAfter: new Date("2026-05-01T00:00:00Z") }, "certificate_expired"],
    ["without the CA bit", { isCa: false }, "not_a_ca"],
  ] as [string, TestCertificateOptions, string][])("an anchor %s", async (_row, options, code) => {
    const anchor = createTestCertificate({ subject: "Anchor", isCa: true, ...options });
    const policy = await parseTrustBundle(anchor.pem + root.pem);
    expect(await outcome([leafOf({ issuer: anchor })], policy)).toBe(code);
  });

  test("path length: the constraint of an issuer, and three in all", async () => {
    const narrow = createTestCertificate({ isCa: true, pathLength: 0 });
    const below = intermediateOf({ issuer: narrow });
    const policy = await parseTrustBundle(narrow.pem);
    expect(await outcome([leafOf({ issuer: narrow })], policy)).toBe("accepted");
    expect(await outcome([leafOf({ issuer: below }), below], policy)).toBe("chain_too_long");

    const first = intermediateOf();
    const second = intermediateOf({ subject: "Second", issuer: first });
    const leaf = leafOf({ issuer: second });
    expect(await outcome([leaf, second, first])).toBe("chain_too_long");
    expect(await outcome([leaf, second, first, root])).toBe("chain_too_long");
    expect(await outcome([leaf, second], await parseTrustBundle(first.pem))).toBe("accepted");
  });

  test("pinned certificates are judged too", async () => {
    const rows: [TestCertificateOptions, string][] = [
      [{ notAfter: new Date("2026-05-01T00:00:00Z") }, "certificate_expired"],
      [{ extendedKeyUsage: null }, "ext_key_usage"],
      [{ publishers: [] }, "publisher_not_allowed"],
    ];
    for (const [options, code] of rows) {
      const leaf = leafOf(options);
      const policy = await parseTrustBundle(leaf.pem);
      expect(await outcome([leaf], policy)).toBe(code);
      const signatures = await signedBy(bundle, [await createPemSigner(leaf.privateKeyPem)]);
      expect(await codeOf(() => verify(bundle, signatures, policy, { now: NOW }))).toBe(code);
    }
  });

  test("validity is judged when the bundle was accepted, not when it is loaded", async () => {
    const leaf = leafOf({
      notBefore: new Date("2026-01-01T00:00:00Z"),
      notAfter: new Date("2026-05-01T00:00:00Z"),
    });
    expect(await outcome([leaf], trust, new Date("2026-04-30T00:00:00Z"))).toBe("accepted");
    expect(await outcome([leaf], trust, NOW)).toBe("certificate_expired");
    expect(await outcome([leaf], trust, new Date("2025-12-31T12:00:00Z"))).toBe("certificate_not_yet_valid");
  });

  test("the purpose is the operator's to choose", async () => {
    const own = "1.3.6.1.4.1.55555.1";
    const policy = await parseTrustBundle(root.pem, { extendedKeyUsage: own });
    expect(await outcome([leafOf()], policy)).toBe("ext_key_usage");
    expect(await outcome([leafOf({ extendedKeyUsage: [own] })], policy)).toBe("accepted");
  });
});

describe("S05: a certificate for another publisher", () => {
  test.each([
    ["another name", ["globex"]],
    ["no name", []],
    ["a longer name", ["acme-labs-evil"]],
    ["broken encoding", ["acme-labs"], "urn:alga:publisher:%E0%A4%A"],
    ["another urn", ["acme-labs"], "urn:alga:tenant:acme-labs"],
    ["another urn of the same length", ["acme-labs"], "urn:evil:publisher:acme-labs"],
  ] as [string, string[], string?][])("%s", async (_row, names, uri) => {
    const other =
      uri === undefined
        ? {}
        : { extensions: [toExtension("2.5.29.17", sequence(der(0x86, Buffer.from(uri))))] };
    const leaf = leafOf({ publishers: uri === undefined ? names : [], ...other });
    expect(await outcome([leaf])).toBe("publisher_not_allowed");
  });

  test("a DNS name or common name that reads like the URI", async () => {
    const dns = toExtension("2.5.29.17", sequence(der(0x82, Buffer.from("urn:alga:publisher:acme-labs"))));
    const leaf = leafOf({ subject: "urn:alga:publisher:acme-labs", publishers: [], extensions: [dns] });
    expect(await outcome([leaf])).toBe("publisher_not_allowed");
  });

  test("the trust bundle's options bind a pinned certificate's key", async () => {
    const leaf = leafOf({ publishers: [] });
    const bind = (options: TrustBundleOptions) => parseTrustBundle(leaf.pem, options);
    const named = await bind({ publishers: { [leaf.keyId]: ["Acme-Labs"] } });
    expect(await outcome([leaf], named)).toBe("accepted");
    const other = await bind({ publishers: { [leaf.keyId]: ["globex"] } });
    expect(await outcome([leaf], other)).toBe("publisher_not_allowed");
  });
});

describe("thresholds across certificates", () => {
  test("2 of 3 publishers' certificates, a stranger's does not count", async () => {
    const policy = await parseTrustBundle(root.pem, { threshold: 2 });
    const [one, two] = [leafOf(), leafOf()];
    const stranger = createTestCertificate({ publishers });
    const check = async (chains: readonly [TestCertificate, ...TestCertificate[]]) => {
      const [first, ...rest] = await Promise.all(chains.map((chain) => signerOf(chain)));
      return verify(bundle, await signedBy(bundle, [first!, ...rest]), policy, { now: NOW });
    };
    expect(await codeOf(() => check([one]))).toBe("threshold_not_met");
    await expect(check([one, stranger])).rejects.toMatchObject({
      code: "threshold_not_met",
      details: { refused: [{ keyId: stranger.keyId, code: "untrusted_chain" }] },
    });
    const verified = await check([one, stranger, two]);
    expect(verified.keyIds).toEqual([one.keyId, two.keyId].toSorted());
    expect(verified.refused).toEqual([{ keyId: stranger.keyId, code: "untrusted_chain" }]);
  });

  test("two certificates of one key are one signer", async () => {
    const one = leafOf();
    const two = leafOf({ key: one });
    const policy = await parseTrustBundle(root.pem, { threshold: 2 });
    const [a, b] = await Promise.all(
      [one, two].map(
        async (leaf) =>
          JSON.parse(await signedBy(bundle, [await signerOf(leaf)])) as {
            payload: string;
            signatures: unknown[];
          },
      ),
    );
    const both = JSON.stringify({ payload: a!.payload, signatures: [...a!.signatures, ...b!.signatures] });
    expect(await codeOf(() => verify(bundle, both, policy, { now: NOW }))).toBe("duplicate_signer");
  });
});

describe("trust bundles with certificates", () => {
  test("a key bare and in a certificate at once is ambiguous", async () => {
    const leaf = leafOf();
    for (const pem of [leaf.pem + leaf.publicKeyPem, leaf.publicKeyPem + leaf.pem]) {
      expect(await codeOf(() => parseTrustBundle(pem))).toBe("invalid_trust_bundle");
    }
  });

  test.each([
    ["an authority with a weak key", { isCa: true, key: "rsa2048" }],
    ["an authority with a P-384 key", { isCa: true, key: "p384" }],
    ["a publisher with an RSA key", { key: "rsa3072" }],
  ] as [string, TestCertificateOptions][])("%s is not accepted", async (_row, options) => {
    const { pem } = createTestCertificate(options);
    expect(await codeOf(() => parseTrustBundle(pem))).toBe("unsupported_trust_material");
  });

  test("a threshold that publishers' keys alone cannot reach may be reached through an authority", async () => {
    expect(await codeOf(() => parseTrustBundle(root.pem, { threshold: 2 }))).toBe("accepted");
    expect(await codeOf(() => parseTrustBundle(leafOf().pem, { threshold: 2 }))).toBe("invalid_trust_bundle");
  });
});

describe("createPemSigner with certificates", () => {
  test("refuses a chain that is not the key's, or none", async () => {
    const leaf = leafOf();
    for (const certificates of [root.pem, "", leaf.publicKeyPem, leaf.pem.slice(0, -12)]) {
      expect(await codeOf(() => createPemSigner(leaf.privateKeyPem, { certificates }))).toBe("invalid_key");
    }
  });
});

describe("parseCertificate", () => {
  test.each(["ed25519", "p256", "p384", "rsa3072"] as const)("reads %s as OpenSSL does", async (key) => {
    for (const options of [
      { isCa: true, pathLength: 1 },
      { publishers },
      { notAfter: new Date("2061-01-01T00:00:00Z") },
    ]) {
      const made = createTestCertificate({ subject: "Näme", key, ...options });
      const [ours, theirs] = [await parseCertificate(made.der), new X509Certificate(made.der)];
      expect({
        fingerprint: ours.fingerprint,
        isCa: ours.isCa,
        subject: `CN=${ours.subject}`,
        notBefore: ours.notBefore,
        notAfter: ours.notAfter,
        spki: Buffer.from(ours.spki),
        purposes: ours.extendedKeyUsage ?? undefined,
        names: ours.uris.map((uri) => `URI:${uri}`).join(", ") || undefined,
      }).toEqual({
        fingerprint: theirs.fingerprint256.replaceAll(":", "").toLowerCase(),
        isCa: theirs.ca,
        subject: theirs.subject,
        notBefore: theirs.validFromDate.getTime(),
        notAfter: theirs.validToDate.getTime(),
        spki: theirs.publicKey.export({ type: "spki", format: "der" }),
        purposes: theirs.keyUsage,
        names: theirs.subjectAltName,
      });
    }
  });

  test.each([
    ["a value that is no text", (name: Uint8Array) => name.with(11, 0)],
    ["text that is not UTF-8", (name: Uint8Array) => name.with(13, 0x80)],
  ])("refuses a name with %s, as OpenSSL does", async (_row, change) => {
    const made = createTestCertificate({ subject: "Mallory" });
    const at = Buffer.from(made.tbs).lastIndexOf(made.name);
    const tbs = Uint8Array.from([
      ...made.tbs.subarray(0, at),
      ...change(made.name),
      ...made.tbs.subarray(at + made.name.length),
    ]);
    const odd = resignCertificate({ tbs, issuer: made });
    expect(() => new X509Certificate(odd)).toThrow();
    expect(await codeOf(() => parseCertificate(odd))).toBe("certificate_malformed");
  });

  test("control characters of a subject reach no terminal", async () => {
    const { subject } = await parseCertificate(createTestCertificate({ subject: "A\u001b[2J\u202eB" }).der);
    expect(subject).toBe("A\ufffd[2J\ufffdB");
  });
});
