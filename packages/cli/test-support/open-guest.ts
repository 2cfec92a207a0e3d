import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createMemoryStorage, type MemoryEntry } from "@alga-ext/sdk/testing";
import { transpileBytes } from "@bytecodealliance/jco-transpile";
import { build, type BuildResult } from "../src/build/build.ts";

/** A component that jco made runnable in this process, with host functions that all answer asynchronously. */
export interface Guest {
  readonly built: BuildResult;
  call(method: string, url: string, body?: unknown): Promise<Answer>;
  /** A new instance from the same code: pristine state. */
  restart(): Promise<void>;
  readonly logs: string[];
  readonly host: { fetch: (request: WireRequest) => unknown; secret: (key: string) => string; nowMs: number };
}
/** A request as the host sees it. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { name: string; value: string }[];
  readonly body?: Uint8Array;
}
/** What the handler answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly json: unknown;
}

interface Instance {
  handler(request: object): Promise<{
    status: number;
    headers: { name: string; value: string }[];
    body?: Uint8Array;
  }>;
}
type Functions = Record<string, (...args: never[]) => unknown>;

/** Build a project and make its component runnable here; everything is written below `workDir`. */
export async function openGuest(projectDir: string, workDir: string): Promise<Guest> {
  const built = await build({ projectDir, outDir: join(workDir, "dist") });
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
  const dir = join(workDir, "transpiled");
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
