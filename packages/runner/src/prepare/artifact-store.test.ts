import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunnerError } from "../errors.ts";
import { decodeArtifact, encodeArtifact, type Artifact } from "./artifact.ts";
import { createArtifactStore, TOOLCHAIN } from "./artifact-store.ts";

const ARTIFACT: Artifact = {
  glue: "function instantiate() {}",
  modules: [{ name: "a.wasm", bytes: Uint8Array.of(1, 2, 3) }],
  imports: ["alga:extension/logging"],
  hostFunctions: [],
  memoryCapBytes: 65_536,
  isRestorable: true,
};
let directory: string;
let made: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "alga-artifacts-"));
  made = 0;
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = () =>
  createArtifactStore({
    directory,
    memoryCapBytes: 65_536,
    prepare: () => {
      made += 1;
      return Promise.resolve(ARTIFACT);
    },
  });

describe("createArtifactStore", () => {
  it("prepares once, then reads memory, then disk", async () => {
    const store = open();
    const [first, second] = await Promise.all([
      store.get("d", new Uint8Array()),
      store.get("d", new Uint8Array()),
    ]);
    expect(first).toBe(second);
    expect(await open().get("d", new Uint8Array())).toMatchObject({
      glue: ARTIFACT.glue,
      imports: ARTIFACT.imports,
    });
    expect(made).toBe(1);
  });

  it("gives what it was told to read ahead, and reads again what was let go of", async () => {
    await open().get("d", new Uint8Array());
    const path = join(directory, readdirSync(directory)[0] ?? "");
    const readAhead = async (letsGo: boolean) => {
      utimesSync(path, 0, 0);
      const store = open();
      const letGo = store.anticipate("d");
      // A file that was read has its time set.
      while (statSync(path).mtimeMs === 0) await new Promise((resolve) => setImmediate(resolve));
      if (letsGo) letGo();
      return store;
    };
    const [holding, empty] = [await readAhead(false), await readAhead(true)];
    rmSync(path);
    expect(await holding.get("d", new Uint8Array())).toMatchObject({ glue: ARTIFACT.glue });
    expect(made).toBe(1);
    await empty.get("d", new Uint8Array());
    expect(made).toBe(2);
  });

  it.each([
    ["edited", (bytes: Buffer) => bytes.fill(120, bytes.length - 2)],
    ["torn", (bytes: Buffer) => bytes.subarray(0, 20)],
  ])("makes an artifact anew that was %s on disk", async (_name, spoil) => {
    await open().get("d", new Uint8Array());
    const path = join(directory, readdirSync(directory)[0] ?? "");
    writeFileSync(path, spoil(readFileSync(path)));
    expect(await open().get("d", new Uint8Array())).toMatchObject({ glue: ARTIFACT.glue });
    expect(made).toBe(2);
  });

  it("serves from memory when the disk cannot be written, and says so", async () => {
    const troubles: unknown[] = [];
    const file = join(directory, "file");
    writeFileSync(file, "");
    const store = createArtifactStore({
      directory: join(file, "artifacts"),
      memoryCapBytes: 65_536,
      prepare: () => Promise.resolve(ARTIFACT),
      onDiskTrouble: (error) => void troubles.push(error),
    });
    const first = await store.get("d", new Uint8Array());
    expect(await store.get("d", new Uint8Array())).toBe(first);
    expect(troubles).toHaveLength(1);
  });

  it("tells where it found what it was asked for", async () => {
    const looks: unknown[] = [];
    const opened = () =>
      createArtifactStore({
        directory,
        memoryCapBytes: 65_536,
        prepare: () => Promise.resolve(ARTIFACT),
        onLook: (cache, isHit) => void looks.push([cache, isHit]),
      });
    const store = opened();
    await store.get("d", new Uint8Array());
    await store.get("d", new Uint8Array());
    await opened().get("d", new Uint8Array());
    expect(looks).toEqual([
      ["artifact_memory", false],
      ["artifact_disk", false],
      ["artifact_memory", true],
      ["artifact_memory", false],
      ["artifact_disk", true],
    ]);
  });

  it("remembers a refusal, but not one for lack of resources", async () => {
    for (const [reason, tries] of [
      ["types", 1],
      ["limits", 2],
    ] as const) {
      let calls = 0;
      const store = createArtifactStore({
        directory,
        memoryCapBytes: 1,
        prepare: () => {
          calls += 1;
          return Promise.reject(new RunnerError("component_rejected", "no", { details: { reason } }));
        },
      });
      await expect(store.get("d", new Uint8Array())).rejects.toMatchObject({ code: "component_rejected" });
      await expect(store.get("d", new Uint8Array())).rejects.toMatchObject({ code: "component_rejected" });
      expect(calls).toBe(tries);
    }
  });

  it("names the toolchain that is installed", () => {
    const require = createRequire(import.meta.url);
    const manifest = join(
      dirname(require.resolve("@bytecodealliance/jco-transpile/component")),
      "..",
      "package.json",
    );
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
    expect(TOOLCHAIN).toContain(`jco-transpile@${version} `);
  });
});

describe("encodeArtifact", () => {
  it("round-trips", () => {
    const decoded = decodeArtifact(encodeArtifact(ARTIFACT));
    expect(decoded).toEqual({ ...ARTIFACT, modules: [{ name: "a.wasm", bytes: Buffer.from([1, 2, 3]) }] });
  });
});
