import { X509Certificate } from "node:crypto";
import { deepStrictEqual, ok } from "node:assert";
import { STATEMENT_TYP, type JsonValue } from "@alga-ext/protocol";
import * as fc from "fast-check";
import { base64url } from "jose";
import { BundleError } from "../src/errors.ts";
import { createPemSigner } from "../src/node/create-pem-signer.ts";
import { generateSigningKey } from "../src/node/generate-signing-key.ts";
import { parseCertificate } from "../src/signing/certificate.ts";
import { parseTrustDocument } from "../src/signing/parse-trust-document.ts";
import { signTrustDocument } from "../src/signing/sign-trust-document.ts";
import { toStatement } from "../src/signing/statement.ts";
import { parseTrustBundle } from "../src/signing/trust-policy.ts";
import { updateTrustDocument } from "../src/signing/update-trust-document.ts";
import { verify, type VerifiedBundle } from "../src/signing/verify.ts";
import { createTestCertificate, resignCertificate } from "../src/testing/create-test-certificate.ts";
import { bundleOf, CREATED_AT, signedBy, signerOf } from "./signed-bundle.ts";

/** One property about hostile signatures, and how much of a run it gets. */
export interface SignatureProperty {
  readonly name: string;
  readonly share: number;
  readonly property: fc.IAsyncProperty<unknown>;
}

type JsonEdit = (value: JsonValue) => JsonValue;
interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}
type BytesEdit = (bytes: Uint8Array) => Uint8Array;

const ODD: readonly JsonValue[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  "",
  "none",
  "HS256",
  "ES256",
  "EdDSA",
  STATEMENT_TYP,
  "__proto__",
  "0".repeat(32),
  "\u0000",
  [],
  [[]],
  {},
  { kid: "0".repeat(32) },
];
const NAMES = [
  "jwk",
  "jku",
  "x5u",
  "x5c",
  "x5t",
  "crit",
  "b64",
  "header",
  "__proto__",
  "constructor",
  "payload",
  "toString",
];

/** Change one place of a JSON value: drop, replace, add, repeat or rename. */
const jsonEdit: fc.Arbitrary<JsonEdit> = fc
  .record({
    at: fc.nat(200),
    kind: fc.constantFrom("drop", "replace", "add", "repeat", "rename"),
    odd: fc.oneof(fc.constantFrom(...ODD), fc.string({ maxLength: 12 })),
    name: fc.constantFrom(...NAMES),
  })
  .map(({ at, kind, odd, name }): JsonEdit => {
    return (root) => {
      const copy: Record<string, unknown> = { root: structuredClone(root) };
      const places: Place[] = [];
      const walk = (holder: Record<string, unknown> | unknown[], key: string): void => {
        places.push({ holder, key });
        const value = (holder as Record<string, unknown>)[key];
        if (typeof value === "object" && value !== null)
          for (const inner of Object.keys(value)) walk(value as Record<string, unknown>, inner);
      };
      walk(copy, "root");
      const { holder, key } = places.at(at % places.length) as Place;
      const value = (holder as Record<string, unknown>)[key];
      if (Array.isArray(holder)) {
        if (kind === "drop") holder.splice(Number(key), 1);
        else if (kind === "replace") holder[Number(key)] = odd;
        else if (kind === "add") holder.push(odd);
        else holder.push(structuredClone(value));
      } else if (kind === "replace") holder[key] = odd;
      else if (kind === "drop" && holder !== copy) delete holder[key];
      else if (typeof value === "object" && value !== null && !Array.isArray(value))
        Object.defineProperty(value, name, {
          value: odd,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      else if (holder !== copy) {
        delete holder[key];
        holder[name === "__proto__" ? "proto" : name] = value;
      }
      return copy["root"] as JsonValue;
    };
  });

/** Change bytes: flip, overwrite, cut out, insert, repeat a stretch. */
const bytesEdit: fc.Arbitrary<BytesEdit> = fc
  .record({
    at: fc.nat(4000),
    kind: fc.constantFrom("flip", "write", "cut", "insert", "repeat"),
    value: fc.oneof(
      fc.constantFrom(0, 1, 0x02, 0x06, 0x30, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa3, 0xff),
      fc.nat(255),
    ),
    count: fc.integer({ min: 1, max: 12 }),
  })
  .map(({ at, kind, value, count }): BytesEdit => {
    return (bytes) => {
      const place = bytes.length === 0 ? 0 : at % bytes.length;
      const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place)];
      if (kind === "flip")
        return Uint8Array.from([...head, (tail[0] ?? 0) ^ (1 << (value & 7)), ...tail.subarray(1)]);
      if (kind === "write") return Uint8Array.from([...head, value, ...tail.subarray(1)]);
      if (kind === "cut") return Uint8Array.from([...head, ...tail.subarray(count)]);
      if (kind === "insert") return Uint8Array.from([...head, ...new Uint8Array(count).fill(value), ...tail]);
      return Uint8Array.from([...head, ...tail.subarray(0, count), ...tail]);
    };
  });

const edits = <T>(edit: fc.Arbitrary<(value: T) => T>): fc.Arbitrary<(value: T) => T> =>
  fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((list) => (value: T) => list.reduce((so, one) => one(so), value));

/** What it answered, or null for a typed refusal; anything else thrown is a finding. */
async function verdict<T>(run: () => Promise<T>, count: (code: string) => void): Promise<T | null> {
  try {
    const answer = await run();
    count("accepted");
    return answer;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    count(error.code);
    return null;
  }
}

interface Part {
  readonly protected: string;
  readonly signature: string;
}
interface Envelope {
  readonly payload: string;
  readonly signatures: readonly [Part, ...Part[]];
}

/**
 * Properties of everything that decides about trust, over structure-aware mutations of valid input.
 *
 * @param count Hears of every outcome: a refusal's code, or `accepted`.
 */
export async function signatureProperties(
  count: (code: string) => void = () => undefined,
): Promise<SignatureProperty[]> {
  const now = new Date("2026-06-01T00:00:00Z");
  const bundle = await bundleOf("acme-labs");
  const key = await generateSigningKey();
  const bare = await createPemSigner(key.privateKeyPem);
  const root = createTestCertificate({ subject: "Root", isCa: true, key: "p256" });
  const leaf = createTestCertificate({
    subject: "Leaf",
    issuer: root,
    publishers: ["acme-labs"],
    key: "p256",
  });
  const trust = await parseTrustBundle(key.publicKeyPem + root.pem);
  const text = await signedBy(bundle, [bare, await signerOf(leaf, root)]);
  const statement = toStatement(bundle, { createdAt: CREATED_AT });
  const known = new Set([key.keyId, leaf.keyId]);

  const judge = (signatures: string): Promise<VerifiedBundle | null> =>
    verdict(() => verify(bundle, signatures, trust, { now }), count);
  /** Whatever is accepted says what was signed, by who signed it. */
  const assertSame = (verified: VerifiedBundle | null): void => {
    if (verified === null) return;
    deepStrictEqual(verified.statement, statement);
    ok(verified.keyIds.length > 0 && verified.keyIds.every((keyId) => known.has(keyId)));
  };
  const encode = (value: JsonValue | Uint8Array): string =>
    base64url.encode(value instanceof Uint8Array ? value : (JSON.stringify(value) ?? ""));
  const decodeJson = (part: string): JsonValue =>
    JSON.parse(Buffer.from(part, "base64url").toString()) as JsonValue;
  const first = (JSON.parse(text) as Envelope).signatures[0];

  const document = JSON.stringify({
    version: 2,
    expires: "2027-01-01T00:00:00Z",
    publishers: {
      "acme-labs": { keys: [key.keyId, { id: leaf.keyId, notAfter: "2027-01-01T00:00:00Z" }], threshold: 1 },
    },
    revocations: [{ digest: bundle.contentHash, reason: "r", since: "2026-01-01T00:00:00Z" }],
    roots: { keys: [key.publicKeyPem], threshold: 1 },
  });
  const signedDocument = await signTrustDocument(document, bare);
  const current = await parseTrustDocument(
    await signTrustDocument(document.replace('"version":2', '"version":1'), bare),
  );

  return [
    {
      name: "the text of an envelope",
      share: 2,
      property: fc.asyncProperty(edits(bytesEdit), async (edit) => {
        assertSame(await judge(Buffer.from(edit(Buffer.from(text))).toString("utf8")));
      }),
    },
    {
      name: "the structure of an envelope",
      share: 3,
      property: fc.asyncProperty(edits(jsonEdit), async (edit) => {
        assertSame(await judge(JSON.stringify(edit(JSON.parse(text) as JsonValue)) ?? ""));
      }),
    },
    {
      name: "headers and payload, not signed again",
      share: 3,
      property: fc.asyncProperty(
        edits(jsonEdit),
        fc.constantFrom("payload", "header", "both"),
        fc.nat(1),
        async (edit, where, index) => {
          const envelope = JSON.parse(text) as Envelope;
          const payload = where === "header" ? envelope.payload : encode(edit(decodeJson(envelope.payload)));
          const signatures = envelope.signatures.map((one, at) =>
            at === index && where !== "payload"
              ? { ...one, protected: encode(edit(decodeJson(one.protected))) }
              : one,
          );
          assertSame(await judge(JSON.stringify({ payload, signatures })));
        },
      ),
    },
    {
      name: "headers that a trusted key signs",
      share: 3,
      property: fc.asyncProperty(edits(jsonEdit), async (edit) => {
        const header = edit(decodeJson(first.protected));
        const { payload } = JSON.parse(text) as Envelope;
        const part = encode(header);
        const signature = encode(await bare.sign(Buffer.from(`${part}.${payload}`)));
        const verified = await judge(
          JSON.stringify({ payload, signatures: [{ protected: part, signature }] }),
        );
        assertSame(verified);
        if (verified === null) return;
        deepStrictEqual(header, { alg: "EdDSA", kid: key.keyId, typ: STATEMENT_TYP });
      }),
    },
    {
      name: "statements that a trusted key signs",
      share: 3,
      property: fc.asyncProperty(edits(jsonEdit), async (edit) => {
        const edited = edit(statement as unknown as JsonValue);
        const payload = encode(edited);
        const signature = encode(await bare.sign(Buffer.from(`${first.protected}.${payload}`)));
        const verified = await judge(
          JSON.stringify({ payload, signatures: [{ protected: first.protected, signature }] }),
        );
        if (verified === null) return;
        deepStrictEqual({ ...verified.statement, createdAt: CREATED_AT }, statement);
      }),
    },
    {
      name: "certificates as bytes",
      share: 4,
      property: fc.asyncProperty(edits(bytesEdit), async (edit) => {
        const der = edit(leaf.der);
        const ours = await verdict(() => parseCertificate(der), count);
        if (ours === null) return;
        const theirs = parseWithOpenssl(der);
        if (theirs === null) return;
        deepStrictEqual(
          [ours.isCa, ours.notBefore, ours.notAfter],
          [theirs.ca, theirs.validFromDate.getTime(), theirs.validToDate.getTime()],
        );
      }),
    },
    {
      name: "certificates that the trusted root signs",
      share: 4,
      property: fc.asyncProperty(edits(bytesEdit), async (edit) => {
        const odd = resignCertificate({ tbs: edit(leaf.tbs), issuer: root });
        const x5c = [Buffer.from(odd).toString("base64")];
        const header = encode({ alg: "ES256", kid: leaf.keyId, typ: STATEMENT_TYP, x5c });
        const { payload } = JSON.parse(text) as Envelope;
        const signature = encode(await (await signerOf(leaf)).sign(Buffer.from(`${header}.${payload}`)));
        const verified = await judge(
          JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
        );
        assertSame(verified);
        if (verified === null) return;
        // Whatever we accept, OpenSSL reads the same way.
        const theirs = parseWithOpenssl(odd);
        ok(theirs !== null, `OpenSSL does not read ${Buffer.from(odd).toString("base64")}`);
        ok(!theirs.ca && theirs.verify(new X509Certificate(root.der).publicKey));
        ok(theirs.validFromDate <= now && now <= theirs.validToDate);
        ok(theirs.keyUsage.includes("1.3.6.1.5.5.7.3.3"));
        ok(/URI:urn:alga:publisher:acme-labs/i.test(theirs.subjectAltName ?? ""));
      }),
    },
    {
      name: "trust documents as text",
      share: 1,
      property: fc.asyncProperty(edits(bytesEdit), async (edit) => {
        const odd = Buffer.from(edit(Buffer.from(signedDocument))).toString("utf8");
        const next = await verdict(() => updateTrustDocument(current, odd, { now }), count);
        if (next !== null) deepStrictEqual(next.text, document);
      }),
    },
    {
      name: "trust documents that the root signs",
      share: 2,
      property: fc.asyncProperty(edits(jsonEdit), async (edit) => {
        const payload = encode(edit(JSON.parse(document) as JsonValue));
        const { signatures } = JSON.parse(signedDocument) as Envelope;
        const part = signatures[0].protected;
        const signature = encode(await bare.sign(Buffer.from(`${part}.${payload}`)));
        const odd = JSON.stringify({ payload, signatures: [{ protected: part, signature }] });
        const next = await verdict(() => updateTrustDocument(current, odd, { now }), count);
        if (next !== null)
          ok(next.version > current.version && next.expires > now.getTime() && next.roots !== null);
      }),
    },
  ];
}

function parseWithOpenssl(der: Uint8Array) {
  try {
    return new X509Certificate(der);
  } catch {
    return null;
  }
}
