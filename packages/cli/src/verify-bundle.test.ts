import { join } from "node:path";
import { createTestCertificate } from "@alga-ext/bundle/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateKey } from "./generate-key.ts";
import { runCli } from "./run-cli.ts";
import { signBundle } from "./sign-bundle.ts";
import { createWorkFolder, type WorkFolder } from "../test-support/work-folder.ts";

let work: WorkFolder;
let file: string;
const at = (name: string): string => join(work.dir, name);
beforeEach(async () => {
  work = await createWorkFolder();
  file = await work.packed();
});
afterEach(async () => {
  await work.remove();
});

async function cli(args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runCli(args, { out: (text) => (out += text), err: (text) => (err += text), env: {} });
  return { code, out, err };
}
const errorOf = (out: string): unknown => (JSON.parse(out) as { error?: { code: unknown } }).error?.code;

describe("alga-ext verify", () => {
  test("says who signed, by certificate, and what it is", async () => {
    const root = createTestCertificate({ isCa: true });
    const leaf = createTestCertificate({ subject: "Tests Ltd", issuer: root, publishers: ["tests"] });
    await work.write({ "root.pem": root.pem, "leaf.pem": leaf.privateKeyPem, "chain.pem": leaf.pem });
    expect((await cli(["sign", file, "--key", at("leaf.pem"), "--cert", at("chain.pem")])).code).toBe(0);
    const text = await cli(["verify", file, "--trust", at("root.pem")]);
    expect(text).toMatchObject({ code: 0, err: "" });
    for (const part of ["tests.packed 1.2.*", "sha256:", "Tests Ltd", leaf.keyId, leaf.fingerprint])
      expect(text.out).toContain(part);
    const { out } = await cli(["--json", "verify", file, "--trust", at("root.pem")]);
    expect(JSON.parse(out)).toMatchObject({
      publisher: "tests",
      signers: [
        { keyId: leaf.keyId, boundBy: "certificate", certificate: { fingerprint: leaf.fingerprint } },
      ],
      refused: [],
      trustState: "current",
    });
    const late = ["--json", "verify", file, "--trust", at("root.pem"), "--at", "2050-01-01T00:00:00Z"];
    const expired = await cli(late);
    expect([expired.code, errorOf(expired.out)]).toEqual([5, "certificate_expired"]);
  });

  test("names what does not count, whether or not the rest is enough", async () => {
    const [mine, other] = [
      await generateKey({ file: at("a.pem") }),
      await generateKey({ file: at("b.pem") }),
    ];
    await signBundle({ file, privateKeyFile: at("a.pem") });
    await signBundle({ file, privateKeyFile: at("b.pem"), add: true });
    const enough = await cli(["verify", file, "--trust", mine.publicKeyFile]);
    expect(enough.code).toBe(0);
    expect(enough.err).toContain(`${other.keyId} does not count [untrusted_key]`);
    await work.write({
      "policy.json": JSON.stringify({
        version: 1,
        expires: "2999-01-01T00:00:00Z",
        publishers: { tests: { threshold: 2 } },
      }),
    });
    const args = ["verify", file, "--trust", mine.publicKeyFile, "--policy", at("policy.json")];
    const short = await cli(args);
    expect(short.code).toBe(5);
    expect(short.err).toContain("[threshold_not_met]");
    expect(short.err).toContain(`${other.keyId} does not count [untrusted_key]`);
    expect(errorOf((await cli(["--json", ...args])).out)).toBe("threshold_not_met");
  });

  test("refuses what is revoked, unsigned or not readable, each with its code", async () => {
    const key = await generateKey({ file: at("a.pem") });
    const trust = ["--trust", key.publicKeyFile];
    const unsigned = await cli(["--json", "verify", file, ...trust]);
    expect([unsigned.code, errorOf(unsigned.out)]).toEqual([5, "unsigned"]);
    const { contentHash } = await signBundle({ file, privateKeyFile: at("a.pem") });
    const revocations = [{ digest: contentHash, reason: "malware" }];
    await work.write({
      "policy.json": JSON.stringify({ version: 1, expires: "2999-01-01T00:00:00Z", revocations }),
      "bad.json": "{}",
    });
    for (const [args, code, error] of [
      [["--policy", at("policy.json")], 5, "revoked_digest"],
      [["--policy", at("bad.json")], 5, "invalid_trust_document"],
      [["--policy", at("none.json")], 3, "file_unusable"],
      [["--at", "tomorrow"], 2, "usage"],
    ] as const) {
      const result = await cli(["--json", "verify", file, ...trust, ...args]);
      expect([result.code, errorOf(result.out)]).toEqual([code, error]);
    }
    expect((await cli(["verify", file])).code).toBe(2);
  });
});
