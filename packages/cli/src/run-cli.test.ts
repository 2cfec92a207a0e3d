import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateKey } from "./generate-key.ts";
import { runCli } from "./run-cli.ts";
import { createWorkFolder, MANIFEST, type WorkFolder } from "../test-support/work-folder.ts";

let work: WorkFolder;
beforeEach(async () => {
  work = await createWorkFolder();
});
afterEach(async () => {
  await work.remove();
});

async function cli(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runCli(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    env,
  });
  return { code, out, err };
}

describe("the bin", () => {
  test("packs, makes keys and signs", async () => {
    const file = await work.packed();
    expect(await cli(["pack", work.dir])).toMatchObject({ code: 0, err: "" });
    expect((await cli(["keygen", join(work.dir, "k.pem")])).code).toBe(0);
    const signed = await cli(["sign", file, "--key", join(work.dir, "k.pem"), "--json"]);
    expect(JSON.parse(signed.out)).toMatchObject({ signatureFile: `${file}.jws` });
  });

  test.each([
    ["no verb", ["frob"], 2, "usage"],
    ["a missing option", ["sign", "x"], 2, "usage"],
    ["a missing API key", ["publish", "x"], 2, "usage"],
    ["no project", ["build", "nowhere"], 3, "project_not_found"],
    ["no file", ["publish", "nowhere", "--api-key", "k"], 3, "file_unusable"],
  ])("exits as documented for %s", async (_, args, code, error) => {
    const plain = await cli(args);
    expect(plain).toMatchObject({ code, out: "" });
    expect(plain.err).not.toBe("");
    const machine = await cli(["--json", ...args]);
    expect(machine.code).toBe(code);
    expect(JSON.parse(machine.out)).toMatchObject({ error: { code: error } });
  });

  test("names each problem of a manifest", async () => {
    await work.write({ "manifest.json": '{\n  "name": "",\n  "version": 1\n}' });
    const { code, err } = await cli(["build", work.dir]);
    expect(code).toBe(3);
    expect(err).toContain("/version");
  });

  test("a build that fails is 4, an archive that is refused 5", async () => {
    await work.write({ "manifest.json": MANIFEST, "bad.tar.zst": "x" });
    expect((await cli(["build", work.dir])).code).toBe(4);
    await generateKey({ file: join(work.dir, "k.pem") });
    expect((await cli(["sign", join(work.dir, "bad.tar.zst"), "--key", join(work.dir, "k.pem")])).code).toBe(
      5,
    );
  });

  test("help and version succeed", async () => {
    expect((await cli(["--help"])).code).toBe(0);
    expect((await cli(["--version"])).out).toMatch(/^\d+\.\d+\.\d+/);
  });
});
