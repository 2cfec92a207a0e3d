import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createMemoryStorage, type MemoryEntry } from "@alga-ext/sdk/testing";
import { transpileBytes } from "@bytecodealliance/jco-transpile";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeAgreements } from "../testing/agreements-cases.ts";
import { describeEngine } from "../testing/engine-cases.ts";
import { probeManifest, type Guest, type GuestBench } from "../testing/guest.ts";
import { build } from "./build.ts";

interface Instance {
  handler(request: object): Promise<{
    status: number;
    headers: { name: string; value: string }[];
    body?: Uint8Array;
  }>;
}
type Functions = Record<string, (...args: never[]) => unknown>;

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "alga-ext-guest-"));
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

async function writeProject(name: string, files: Record<string, string>): Promise<string> {
  const dir = join(work, name);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  await linkSdk(dir);
  return dir;
}

/** Projects of authors have the SDK installed; here it is a link to this repository's. */
async function linkSdk(projectDir: string): Promise<void> {
  const scope = join(projectDir, "node_modules", "@alga-ext");
  await mkdir(scope, { recursive: true });
  await symlink(fileURLToPath(new URL("../../../sdk", import.meta.url)), join(scope, "sdk"), "dir");
}

let opened = 0;
async function open(projectDir: string): Promise<Guest> {
  const built = await build({ projectDir, outDir: join(work, `dist-${opened}`) });
  const { files } = await transpileBytes(await readFile(built.componentPath!), {
    name: "guest",
    instantiation: "async",
    asyncMode: "jspi",
    asyncImports: [
      "storage#get",
      "storage#put",
      "storage#delete",
      "storage#list-entries",
      "http#fetch",
      "secrets#get",
    ].map((name) => `alga:extension/${name}`),
    asyncExports: ["handler"],
  });
  const dir = join(work, `out-${opened++}`);
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), bytes);
  }
  const glue = (await import(pathToFileURL(join(dir, "guest.js")).href)) as {
    readonly instantiate: (
      core: (name: string) => Promise<WebAssembly.Module>,
      imports: object,
    ) => Promise<Instance>;
  };
  const modules = new Map<string, Promise<WebAssembly.Module>>();
  const core = (name: string): Promise<WebAssembly.Module> => {
    const module = modules.get(name) ?? readFile(join(dir, name)).then((bytes) => WebAssembly.compile(bytes));
    modules.set(name, module);
    return module;
  };
  const later = (functions: Functions): Functions =>
    Object.fromEntries(
      Object.entries(functions).map(([name, fn]) => [
        name,
        async (...args: never[]) => {
          await new Promise((resolve) => setImmediate(resolve));
          return fn(...args);
        },
      ]),
    );
  const storage = createMemoryStorage();
  const logs: string[] = [];
  const host: Guest["host"] = {
    fetch: () => fail("not-allowed"),
    secret: () => fail("missing"),
    nowMs: Date.UTC(2026, 0, 31),
  };
  const imports = {
    "alga:extension/context": {
      getContext: () => ({ requestId: "req-1", tenantId: "acme", extensionId: "ext" }),
    },
    "alga:extension/storage": later({
      ...storage,
      put: (entry: MemoryEntry) => wide(storage.put({ ...entry, revision: narrow(entry.revision) })),
      get: (namespace: string, key: string) => wide(storage.get(namespace, key)),
      listEntries: (namespace: string, cursor?: string) => storage.listEntries(namespace, cursor).map(wide),
    }),
    "alga:extension/logging": {
      logInfo: (line: string) => logs.push(`info ${line}`),
      logWarn: (line: string) => logs.push(`warn ${line}`),
      logError: (line: string) => logs.push(`error ${line}`),
    },
    "alga:extension/http": later({ fetch: (request: never) => host.fetch(request) }),
    "alga:extension/secrets": later({ get: (key: never) => host.secret(key), listKeys: () => [] }),
    "alga:extension/user": { getUser: () => fail("not-available") },
    "alga:extension/user-v2": { getUser: () => fail("not-available") },
    "wasi:clocks/wall-clock": {
      now: () => ({
        seconds: BigInt(Math.floor(host.nowMs / 1000)),
        nanoseconds: (host.nowMs % 1000) * 1_000_000,
      }),
    },
    "wasi:random/random": {
      getRandomBytes: (length: bigint) => crypto.getRandomValues(new Uint8Array(Number(length))),
    },
  };
  let instance = await glue.instantiate(core, imports);
  return {
    built,
    logs,
    host,
    async restart() {
      instance = await glue.instantiate(core, imports);
    },
    async call(method, url, body) {
      const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
      const answer = await instance.handler({
        context: { requestId: "req-1", tenantId: "acme", extensionId: "ext" },
        http: { method, url, headers: [], body: bytes },
      });
      const text = new TextDecoder().decode(answer.body);
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers.map(({ name, value }) => [name, value])),
        json: text === "" ? null : JSON.parse(text),
      };
    },
  };
}

function fail(payload: string): never {
  throw Object.assign(new Error(payload), { payload });
}
/** u64 is a bigint in the glue. */
function narrow(revision: unknown): number | null {
  return revision === undefined ? null : Number(revision);
}
function wide({ revision, ...rest }: Required<MemoryEntry>): object {
  return { ...rest, revision: BigInt(revision ?? 0) };
}

const bench: GuestBench = { open, writeProject };
describeAgreements(bench);
describeEngine(bench);

describe("what a handler may not do", () => {
  test("import an interface that the manifest does not imply", async () => {
    const handler = `import { get } from "alga:extension/storage"; export const handler = () => get("a", "b");`;
    const projectDir = await writeProject("undeclared", {
      "manifest.json": probeManifest([]),
      "src/handler.js": handler,
    });
    await expect(build({ projectDir })).rejects.toMatchObject({
      code: "undeclared_import",
      details: { imports: ["alga:extension/storage"] },
    });
  });

  test("break while its modules load", async () => {
    const projectDir = await writeProject("broken", {
      "manifest.json": probeManifest([]),
      "src/handler.js": `crypto.randomUUID(); export const handler = () => ({ status: 204 });`,
    });
    await expect(build({ projectDir })).rejects.toMatchObject({ code: "handler_start_failed" });
  });

  test("have syntax errors", async () => {
    const projectDir = await writeProject("syntax", {
      "manifest.json": probeManifest([]),
      "src/handler.ts": "export const = 1;",
    });
    await expect(build({ projectDir })).rejects.toMatchObject({ code: "handler_invalid" });
  });

  test("be missing while endpoints are declared", async () => {
    const projectDir = await writeProject("missing", { "manifest.json": probeManifest([]) });
    await expect(build({ projectDir })).rejects.toMatchObject({ code: "handler_not_found" });
  });
});
