import { generateKeyPairSync } from "node:crypto";
import { STATEMENT_TYP } from "@alga-ext/protocol";
import { base64url } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { createPemSigner } from "../node/create-pem-signer.ts";
import { generateSigningKey, type SigningKey } from "../node/generate-signing-key.ts";
import { pack } from "../node/pack.ts";
import { readBundle, type Bundle } from "../node/read-bundle.ts";
import type { BundleSigner } from "../ports.ts";
import { codeOf } from "../../test-support/refusal.ts";
import { TRUST_TYP } from "./envelope.ts";
import { addSignature, sign } from "./sign.ts";
import { toStatement, type VerifiableBundle } from "./statement.ts";
import { parseTrustBundle, type TrustPolicy } from "./trust-policy.ts";
import { verify } from "./verify.ts";

const CREATED_AT = "2026-01-02T03:04:05.678Z";
const MANIFEST = {
  name: "agreements",
  publisher: "acme-labs",
  version: "0.1.*",
  runtime: "wasm-js@1",
  capabilities: ["cap:storage.kv", "cap:secrets.get", "cap:something.new"],
};

let alice: SigningKey;
let bob: SigningKey;
let aliceSigner: BundleSigner;
let bobSigner: BundleSigner;
let bundle: Bundle;
let trust: TrustPolicy;

const makeBundle = async (manifest: object, page = "<p>"): Promise<Bundle> => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const files = { "manifest.json": text(JSON.stringify(manifest)), "ui/index.html": text(page) };
  return readBundle((await pack(files)).archive);
};
const signed = (subject: VerifiableBundle, signer: BundleSigner, createdAt = CREATED_AT): Promise<string> =>
  sign(toStatement(subject, { createdAt }), signer);
const p256 = (): { privateKeyPem: string; publicKeyPem: string } => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }) as string,
  };
};

beforeAll(async () => {
  alice = await generateSigningKey();
  bob = await generateSigningKey();
  aliceSigner = await createPemSigner(alice.privateKeyPem);
  bobSigner = await createPemSigner(bob.privateKeyPem);
  bundle = await makeBundle(MANIFEST);
  trust = await parseTrustBundle(alice.publicKeyPem);
});

describe("sign and verify", () => {
  test("a trusted key vouches for exactly this bundle", async () => {
    const { statement, keyIds } = await verify(bundle, await signed(bundle, aliceSigner), trust);
    expect(keyIds).toEqual([alice.keyId]);
    expect(statement).toEqual({
      publisher: "acme-labs",
      name: "agreements",
      version: "0.1.*",
      archive: bundle.contentHash,
      tar: bundle.tarDigest,
      files: bundle.list,
      capabilities: ["cap:secrets.get", "cap:something.new", "cap:storage.kv"],
      world: "alga:extension/runner",
      createdAt: CREATED_AT,
    });
  });

  test("ES256 keys work the same way", async () => {
    const key = p256();
    const signatures = await signed(bundle, await createPemSigner(key.privateKeyPem));
    const verified = await verify(bundle, signatures, await parseTrustBundle(key.publicKeyPem));
    expect(verified.keyIds).toHaveLength(1);
  });

  test("the protected header is exactly alg, kid and typ", async () => {
    const { signatures } = JSON.parse(await signed(bundle, aliceSigner)) as {
      signatures: { protected: string }[];
    };
    const header: unknown = JSON.parse(
      new TextDecoder().decode(base64url.decode(signatures[0]?.protected ?? "")),
    );
    expect(header).toEqual({ alg: "EdDSA", kid: alice.keyId, typ: STATEMENT_TYP });
  });

  test("several signatures reach a threshold, one key signing twice does not", async () => {
    const two = await parseTrustBundle(alice.publicKeyPem + bob.publicKeyPem, { threshold: 2 });
    const one = await signed(bundle, aliceSigner);
    expect(await codeOf(() => verify(bundle, one, two))).toBe("threshold_not_met");
    expect(await codeOf(async () => verify(bundle, await addSignature(one, aliceSigner), two))).toBe(
      "threshold_not_met",
    );
    const envelope = JSON.parse(one) as { payload: string; signatures: unknown[] };
    const doubled = JSON.stringify({
      ...envelope,
      signatures: [...envelope.signatures, ...envelope.signatures],
    });
    expect(await codeOf(() => verify(bundle, doubled, two))).toBe("duplicate_signer");
    const both = await addSignature(one, bobSigner);
    expect((await verify(bundle, both, two)).keyIds).toEqual([alice.keyId, bob.keyId].sort());
  });

  test("a second signer can insist on what the statement is about", async () => {
    const signatures = await signed(bundle, aliceSigner);
    expect(await codeOf(() => addSignature(signatures, bobSigner, { bundle }))).toBe("accepted");
    const other = await makeBundle(MANIFEST, "<p>other");
    expect(await codeOf(() => addSignature(signatures, bobSigner, { bundle: other }))).toBe(
      "statement_mismatch",
    );
  });

  test("a signature of a stranger beside a trusted one is ignored", async () => {
    const both = await addSignature(await signed(bundle, bobSigner), aliceSigner);
    expect((await verify(bundle, both, trust)).keyIds).toEqual([alice.keyId]);
  });
});

describe("S01–S07: what verify refuses", () => {
  test("S01 unsigned", async () => {
    for (const nothing of [null, "", "  ", JSON.stringify({ payload: "e30", signatures: [] })]) {
      expect(await codeOf(() => verify(bundle, nothing, trust))).toBe("unsigned");
    }
  });

  test("S01 a signature over another bundle", async () => {
    const other = await makeBundle(MANIFEST, "<p>other");
    const signatures = await signed(other, aliceSigner);
    await expect(verify(bundle, signatures, trust)).rejects.toMatchObject({
      code: "statement_mismatch",
      details: { fields: ["archive", "tar", "files"] },
    });
  });

  test.each([
    ["publisher", { publisher: "globex" }],
    ["name", { name: "invoices" }],
    ["version", { version: "0.2.0" }],
    ["capabilities", { capabilities: [] }],
    ["unknownCapabilities", { unknownCapabilities: [] }],
  ])("S06 the right bytes with another %s", async (_field, change) => {
    const claimed = { ...bundle, manifest: { ...bundle.manifest, ...change } };
    expect(await codeOf(async () => verify(bundle, await signed(claimed, aliceSigner), trust))).toBe(
      "statement_mismatch",
    );
  });

  test.each([
    ["another archive digest", { contentHash: `sha256:${"0".repeat(64)}` }],
    ["another tar digest", { tarDigest: `sha256:${"0".repeat(64)}` }],
    ["a file less", { list: [] }],
  ] as [string, Partial<VerifiableBundle>][])("B12 %s", async (_row, change) => {
    const signatures = await signed({ ...bundle, ...change }, aliceSigner);
    expect(await codeOf(() => verify(bundle, signatures, trust))).toBe("statement_mismatch");
  });

  test("an unknown key", async () => {
    expect(await codeOf(async () => verify(bundle, await signed(bundle, bobSigner), trust))).toBe(
      "untrusted_key",
    );
  });

  test("a key that claims a trusted id", async () => {
    const liar: BundleSigner = { ...bobSigner, keyId: alice.keyId };
    expect(await codeOf(async () => verify(bundle, await signed(bundle, liar), trust))).toBe(
      "signature_invalid",
    );
  });

  test("a key used with another algorithm than its own", async () => {
    const liar: BundleSigner = { ...aliceSigner, alg: "ES256" };
    expect(await codeOf(async () => verify(bundle, await signed(bundle, liar), trust))).toBe(
      "signature_invalid",
    );
  });

  test("one bad signature under a trusted id spoils the rest", async () => {
    const both = await parseTrustBundle(alice.publicKeyPem + bob.publicKeyPem);
    const liar: BundleSigner = { ...aliceSigner, keyId: bob.keyId };
    const signatures = await addSignature(await signed(bundle, aliceSigner), liar);
    expect(await codeOf(() => verify(bundle, signatures, both))).toBe("signature_invalid");
  });

  test("a changed payload", async () => {
    const envelope = JSON.parse(await signed(bundle, aliceSigner)) as object;
    const payload = base64url.encode(
      JSON.stringify(toStatement(bundle, { createdAt: "2020-01-01T00:00:00Z" })),
    );
    expect(await codeOf(() => verify(bundle, JSON.stringify({ ...envelope, payload }), trust))).toBe(
      "signature_invalid",
    );
  });

  test("S05 a key bound to other publishers", async () => {
    const signatures = await signed(bundle, aliceSigner);
    const bind = (publisher: string): Promise<TrustPolicy> =>
      parseTrustBundle(alice.publicKeyPem, { publishers: { [alice.keyId]: [publisher] } });
    expect(await codeOf(async () => verify(bundle, signatures, await bind("globex")))).toBe(
      "publisher_not_allowed",
    );
    expect(await codeOf(async () => verify(bundle, signatures, await bind("Acme-Labs")))).toBe("accepted");
  });

  test("a statement dated days ahead, judged by the caller's clock", async () => {
    const signatures = await signed(bundle, aliceSigner);
    const at = (now: string) => codeOf(() => verify(bundle, signatures, trust, { now: new Date(now) }));
    expect(await at("2025-12-31T00:00:00Z")).toBe("statement_from_future");
    expect(await at("2026-01-01T12:00:00Z")).toBe("accepted");
  });
});

describe("headers and envelopes that are refused", () => {
  /** Alice signs a header of the attacker's choice, so only the header rules stand in the way. */
  const withHeader = async (
    change: Record<string, unknown>,
    outer: Record<string, unknown> = {},
  ): Promise<string> => {
    const fields = { alg: "EdDSA", kid: alice.keyId, typ: STATEMENT_TYP, ...change };
    const header = base64url.encode(JSON.stringify(fields));
    const payload = base64url.encode(JSON.stringify(toStatement(bundle, { createdAt: CREATED_AT })));
    const signature = base64url.encode(
      await aliceSigner.sign(new TextEncoder().encode(`${header}.${payload}`)),
    );
    return JSON.stringify({ payload, signatures: [{ protected: header, signature, ...outer }] });
  };

  test("the untouched header passes", async () => {
    expect(await codeOf(async () => verify(bundle, await withHeader({}), trust))).toBe("accepted");
  });

  test.each([
    ["jwk", { jwk: {} }, "forbidden_header"],
    ["jku", { jku: "https://keys.example/" }, "forbidden_header"],
    ["x5u", { x5u: "https://keys.example/" }, "forbidden_header"],
    ["x5t", { "x5t#S256": "AAAA" }, "forbidden_header"],
    ["crit", { crit: ["exp"] }, "forbidden_header"],
    ["b64", { b64: false, crit: ["b64"] }, "forbidden_header"],
    ["a name of no standard", { keys: [] }, "forbidden_header"],
    ["an empty x5c", { x5c: [] }, "signature_malformed"],
    ["an x5c that is no list", { x5c: "AAAA" }, "signature_malformed"],
    ["an x5c of base64url", { x5c: ["-_-_"] }, "signature_malformed"],
    ["an x5c without end", { x5c: Array.from({ length: 9 }, () => "AAAA") }, "signature_malformed"],
    ["an x5c of something else", { x5c: ["AAAA"] }, "certificate_malformed"],
    ["alg none", { alg: "none" }, "unsupported_algorithm"],
    ["alg HS256", { alg: "HS256" }, "unsupported_algorithm"],
    ["alg RS256", { alg: "RS256" }, "unsupported_algorithm"],
    ["alg Ed25519", { alg: "Ed25519" }, "unsupported_algorithm"],
    ["another typ", { typ: "JWT" }, "signature_malformed"],
    ["the typ of a trust document", { typ: TRUST_TYP }, "signature_malformed"],
    ["no typ", { typ: undefined }, "signature_malformed"],
    ["no kid", { kid: undefined }, "signature_malformed"],
    ["kid as a path", { kid: "../../key" }, "signature_malformed"],
    ["kid __proto__", { kid: "__proto__" }, "signature_malformed"],
  ])("%s", async (_row, change, code) => {
    expect(await codeOf(async () => verify(bundle, await withHeader(change), trust))).toBe(code);
  });

  test("an unprotected header", async () => {
    const signatures = await withHeader({}, { header: { jwk: {} } });
    expect(await codeOf(() => verify(bundle, signatures, trust))).toBe("forbidden_header");
  });

  test.each([
    ["not JSON", "x"],
    ["a compact JWS", "e30.e30.e30"],
    ["null", "null"],
    ["a list", "[]"],
    ["flattened", JSON.stringify({ payload: "e30", protected: "e30", signature: "" })],
    ["no payload", JSON.stringify({ signatures: [{}] })],
    ["padded base64", JSON.stringify({ payload: "e30=", signatures: [{ protected: "e30", signature: "" }] })],
    ["signatures as text", JSON.stringify({ payload: "e30", signatures: "x" })],
    ["more fields", JSON.stringify({ payload: "e30", signatures: [{}], extra: 1 })],
  ])("%s", async (_row, signatures) => {
    expect(await codeOf(() => verify(bundle, signatures, trust))).toBe("signature_malformed");
  });

  test("too many signatures, or too much text, however valid", async () => {
    const signatures = await signed(bundle, aliceSigner);
    const envelope = JSON.parse(signatures) as { payload: string; signatures: unknown[] };
    const times = (count: number): string =>
      JSON.stringify({
        ...envelope,
        signatures: Array.from({ length: count }, () => envelope.signatures[0]),
      });
    expect(await codeOf(() => verify(bundle, times(16), trust))).toBe("accepted");
    expect(await codeOf(() => verify(bundle, times(17), trust))).toBe("signature_malformed");
    expect(await codeOf(() => verify(bundle, signatures + " ".repeat(9_000_000), trust))).toBe(
      "signature_malformed",
    );
  });

  test.each([
    ["not JSON", "x"],
    ["a list", "[]"],
    ["an unknown field", "more"],
    ["a wrong world", "world"],
    ["a time that is none", "createdAt"],
  ])("a signed payload that is no statement: %s", async (_row, content) => {
    const statement = toStatement(bundle, { createdAt: CREATED_AT });
    const text =
      content in statement || content === "more" ? JSON.stringify({ ...statement, [content]: "x" }) : content;
    const payload = base64url.encode(text);
    const signatures = await addSignature(
      JSON.stringify({
        payload,
        signatures: JSON.parse(await signed(bundle, bobSigner)).signatures as unknown,
      }),
      aliceSigner,
    );
    expect(await codeOf(() => verify(bundle, signatures, trust))).toBe("signature_malformed");
  });
});

describe("parseTrustBundle", () => {
  test("reads several keys with comments between them", async () => {
    const key = p256();
    const policy = await parseTrustBundle(
      `# Acme Labs\n${alice.publicKeyPem}\n# backup\n${key.publicKeyPem}`,
    );
    expect([...policy.keys.values()].map((one) => one.alg).sort()).toEqual(["ES256", "EdDSA"]);
    expect(policy.keys.get(alice.keyId)?.publishers).toBeNull();
    expect(policy.threshold).toBe(1);
  });

  test("other kinds of PEM certificates get an error of their own, not silence", async () => {
    const request = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n";
    expect(await codeOf(() => parseTrustBundle(alice.publicKeyPem + request))).toBe(
      "unsupported_trust_material",
    );
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    expect(await codeOf(() => parseTrustBundle(alice.publicKeyPem + broken))).toBe("invalid_trust_bundle");
  });

  test("refuses what is not a usable list of public keys", async () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({
      type: "spki",
      format: "pem",
    });
    const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({
      type: "spki",
      format: "pem",
    });
    const offCurve = p256().publicKeyPem.replace(/.{8}\n-----END/, "AAAAAA==\n-----END");
    const rows = ["", "no key here", alice.privateKeyPem, rsa as string, p384 as string, offCurve];
    rows.push(alice.publicKeyPem + bob.publicKeyPem.slice(0, -10));
    rows.push(alice.publicKeyPem.slice(0, -30), "-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----\n");
    for (const pem of rows) expect(await codeOf(() => parseTrustBundle(pem))).toBe("invalid_trust_bundle");
  });

  test("refuses a policy that cannot hold", async () => {
    const pem = alice.publicKeyPem;
    expect(await codeOf(() => parseTrustBundle(pem, { threshold: 2 }))).toBe("invalid_trust_bundle");
    expect(await codeOf(() => parseTrustBundle(pem, { threshold: 0 }))).toBe("invalid_trust_bundle");
    const publishers = { [bob.keyId]: ["acme-labs"] };
    expect(await codeOf(() => parseTrustBundle(pem, { publishers }))).toBe("invalid_trust_bundle");
  });
});

describe("createPemSigner", () => {
  test("key ids agree everywhere", () => {
    expect(aliceSigner.keyId).toBe(alice.keyId);
    expect(alice.keyId).toMatch(/^[0-9a-f]{32}$/);
    expect([...trust.keys.keys()]).toEqual([alice.keyId]);
  });

  test("refuses other keys", async () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    for (const pem of ["", "x", alice.publicKeyPem, rsa as string]) {
      expect(await codeOf(() => createPemSigner(pem))).toBe("invalid_key");
    }
  });
});
