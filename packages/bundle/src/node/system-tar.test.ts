import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FILES } from "../../test-support/bundle-files.ts";
import { codeOf } from "../../test-support/refusal.ts";
import * as kit from "../../test-support/tar.ts";
import { zstdFrame } from "../../test-support/zstd.ts";
import { pack } from "./pack.ts";
import { readBundle } from "./read-bundle.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "alga-bundle-"));
  for (const [path, bytes] of Object.entries(FILES)) {
    const file = join(directory, "project", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    await chmod(file, 0o755);
    await utimes(file, 1_700_000_000.5, 1_700_000_000.5);
  }
  await mkdir(join(directory, "linked"));
  await writeFile(join(directory, "linked", "manifest.json"), FILES["manifest.json"]!);
  await symlink("/etc/passwd", join(directory, "linked", "x"));
});
afterAll(() => rm(directory, { recursive: true }));

const has = (program: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
const HAS_TAR = has("tar");
const HAS_ZSTD = has("zstd");

/** `tar` of the machine; where there is none, the bytes GNU tar writes for these arguments. */
function tar(folder: string, members: readonly string[], ...options: readonly string[]): Uint8Array {
  if (HAS_TAR) {
    return execFileSync("tar", [...options, "-cf", "-", "-C", join(directory, folder), ...members], {
      maxBuffer: 2 ** 26,
    });
  }
  const prefix = members[0] === "." ? "./" : members[0] === "project" ? "project/" : "";
  const gnu = (header: Uint8Array): void => {
    kit.put(header, 257, "ustar  \0author");
    kit.put(header, 100, "0000755\0");
    kit.put(header, 136, "15012345670\0");
    header.fill(0, 329, 345);
  };
  const isLink = folder === "linked";
  return kit.join(
    kit.entry(prefix || "ui/", "", (header) => (gnu(header), kit.put(header, 156, "5"))),
    ...(isLink
      ? [
          kit.entry(
            "./x",
            "",
            (header) => (gnu(header), kit.put(header, 156, "2"), kit.put(header, 157, "/etc/passwd")),
          ),
        ]
      : Object.entries(FILES).map(([path, bytes]) =>
          kit.entry(prefix + path, Buffer.from(bytes).toString("latin1"), gnu),
        )),
    kit.END,
    new Uint8Array(8192),
  );
}

/** `zstd` of the machine on a pipe; where there is none, the same frame from Node. */
function zstd(bytes: Uint8Array, ...options: readonly string[]): Uint8Array {
  if (HAS_ZSTD) return execFileSync("zstd", [...options, "-q", "-c"], { input: bytes, maxBuffer: 2 ** 26 });
  return zstdFrame(bytes);
}

describe("archives of the machine's own tar and zstd", () => {
  const MEMBERS = ["ui", "manifest.json", "dist"];
  test.each([
    ["tar c . | zstd -19", () => zstd(tar("project", ["."]), "-19")],
    ["tar c . | zstd -19 -T0", () => zstd(tar("project", ["."]), "-19", "-T0")],
    ["tar c . | zstd -1", () => zstd(tar("project", ["."]), "-1")],
    ["tar c ui manifest.json dist | zstd", () => zstd(tar("project", MEMBERS))],
    ["tar c project | zstd", () => zstd(tar(".", ["project"]))],
    ["tar --format=ustar", () => zstd(tar("project", ["."], "--format=ustar"))],
    ["tar --format=gnu", () => zstd(tar("project", MEMBERS, "--format=gnu"))],
    ["tar with an owner and a mode", () => zstd(tar("project", ["."], "--owner=me:1000", "--mode=0777"))],
  ])("%s", async (_row, archive) => {
    const bytes = archive();
    const bundle = await readBundle(bytes);
    expect(bundle.profile).toBe("tolerant");
    expect(new Map(bundle.files)).toEqual(new Map(Object.entries(FILES)));
    expect(bundle.list).toEqual((await pack(FILES)).files);
    expect(await codeOf(() => readBundle(bytes, { profile: "canonical" }))).toBe("not_canonical");
  });

  test("tar --zstd in one step", async () => {
    const archive =
      HAS_TAR && HAS_ZSTD
        ? execFileSync("tar", ["--zstd", "-cf", "-", "-C", join(directory, "project"), "."])
        : zstd(tar("project", ["."]));
    expect((await readBundle(archive)).list).toEqual((await pack(FILES)).files);
  });

  test("a symbolic link in the folder is refused, whatever it points to", async () => {
    expect(await codeOf(() => readBundle(zstd(tar("linked", ["."]))))).toBe("unsafe_entry");
  });

  test("PAX headers are refused, and GNU long names", async () => {
    // Fractions of a second make tar write PAX records.
    const pax = HAS_TAR
      ? tar("project", ["."], "--format=posix")
      : kit.join(
          kit.entry("p", "30 mtime=1700000000.500000000\n", (h) => kit.put(h, 156, "x")),
          kit.END,
        );
    expect(await codeOf(() => readBundle(zstd(pax)))).toBe("unsafe_entry");
  });
});

test("what we pack, the machine's own tools take apart to the same files", async () => {
  const { archive } = await pack(FILES);
  const file = join(directory, "bundle.tar.zst");
  await writeFile(file, archive);
  const listed =
    HAS_TAR && HAS_ZSTD ? execFileSync("tar", ["--zstd", "-tf", file], { encoding: "utf8" }) : null;
  expect(listed?.trim().split("\n") ?? Object.keys(FILES).sort()).toEqual(Object.keys(FILES).sort());
});
