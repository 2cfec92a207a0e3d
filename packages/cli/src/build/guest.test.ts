import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createMemoryStorage, type MemoryEntry } from "@alga-ext/sdk/testing";
import { transpileBytes } from "@bytecodealliance/jco-transpile";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "./build.ts";

/** A component that jco made runnable in this process, with host functions that all answer asynchronously. */
interface Guest {
  call(method: string, url: string, body?: unknown): Promise<Answer>;
  /** A new instance from the same code: pristine state. */
  restart(): Promise<void>;
  readonly logs: string[];
  readonly host: { fetch: (request: WireRequest) => unknown; secret: (key: string) => string; nowMs: number };
}
interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { name: string; value: string }[];
  readonly body?: Uint8Array;
}
interface Answer {
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
  return dir;
}

function manifest(capabilities: string[]): string {
  const endpoint = { method: "GET", path: "/:any", handler: "dist/main" };
  return JSON.stringify({
    name: "probe",
    publisher: "tests",
    version: "1.0.0",
    runtime: "wasm-js@1",
    capabilities,
    api: { endpoints: [endpoint] },
  });
}

let transpiled = 0;
async function run(componentPath: string): Promise<Guest> {
  const { files } = await transpileBytes(await readFile(componentPath), {
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
  const dir = join(work, `out-${transpiled++}`);
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

describe("the agreements example", () => {
  let guest: Guest;
  const draft = {
    title: "Wartung für Zoë 🚀 – 年間契約",
    customer: "Globex & Söhne",
    status: "active",
    value: 48000.5,
    currency: "EUR",
    startDate: "2026-01-01",
    endDate: "2026-12-31",
    notes: "first line\nsecond “line”",
  };
  beforeAll(async () => {
    const example = fileURLToPath(new URL("../../../../examples/extensions/agreements", import.meta.url));
    const { componentPath, warnings } = await build({
      projectDir: example,
      outDir: join(work, "agreements"),
    });
    expect(warnings).toEqual([]);
    guest = await run(componentPath!);
  });

  test("creates, lists, reads, replaces and deletes through asynchronous host calls", async () => {
    const created = await guest.call("POST", "/agreements", draft);
    expect(created).toMatchObject({
      status: 201,
      headers: { "content-type": "application/json" },
      json: draft,
    });
    const { id, createdAt } = created.json as { id: string; createdAt: string };
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(createdAt).toBe("2026-01-31T00:00:00.000Z");
    expect((await guest.call("GET", "/agreements")).json).toEqual({ items: [created.json] });

    guest.host.nowMs += 1500;
    const replaced = await guest.call("PUT", `/agreements/${id}`, { ...draft, status: "ended" });
    expect(replaced.json).toEqual({
      ...(created.json as object),
      status: "ended",
      updatedAt: "2026-01-31T00:00:01.500Z",
    });
    await guest.restart();
    expect((await guest.call("GET", `/agreements/${id}`)).json).toEqual(replaced.json);
    expect((await guest.call("DELETE", `/agreements/${id}`)).status).toBe(204);
    expect(await guest.call("GET", `/agreements/${id}`)).toMatchObject({
      status: 404,
      json: { error: "agreement_not_found" },
    });
    expect(guest.logs).toContain(`info Deleted agreement ${id}`);
  });

  test("pages through more entries than the host answers at once", async () => {
    const titles = Array.from({ length: 60 }, (_, index) => `Agreement ${index}`);
    for (const title of titles) await guest.call("POST", "/agreements", { ...draft, title });
    const { items } = (await guest.call("GET", "/agreements")).json as { items: { title: string }[] };
    expect(items.map(({ title }) => title).toSorted()).toEqual(titles.toSorted());
  });

  test("says which fields are wrong", async () => {
    const answer = await guest.call("POST", "/agreements", {
      ...draft,
      title: " ",
      value: -1,
      endDate: "2025-01-01",
    });
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ error: "validation_failed" });
    expect(Object.keys((answer.json as { fields: object }).fields).toSorted()).toEqual([
      "endDate",
      "title",
      "value",
    ]);
  });

  test("asks for the standing with its key, and says why there is none", async () => {
    const created = (await guest.call("POST", "/agreements", draft)).json as { id: string };
    const standing = `/agreements/${created.id}/standing`;
    expect(await guest.call("GET", standing)).toMatchObject({
      status: 502,
      json: { error: "standing_unavailable", reason: "secret_missing" },
    });
    guest.host.secret = (key) => `${key}!`;
    expect((await guest.call("GET", standing)).json).toMatchObject({ reason: "http_not_allowed" });
    const seen: WireRequest[] = [];
    guest.host.fetch = (request) => {
      seen.push(request);
      const body = new TextEncoder().encode(
        JSON.stringify({ customer: draft.customer, standing: "good", score: 801 }),
      );
      return { status: 200, headers: [], body };
    };
    expect((await guest.call("GET", standing)).json).toEqual({
      customer: draft.customer,
      standing: "good",
      score: 801,
    });
    expect(seen[0]).toMatchObject({
      method: "GET",
      url: "https://api.ledgerline.example/v1/customers/Globex%20%26%20S%C3%B6hne/standing",
      headers: [
        { name: "authorization", value: "Bearer ledgerline_api_key!" },
        { name: "accept", value: "application/json" },
      ],
    });
  });
});

describe("what a handler may not do", () => {
  test("import an interface that the manifest does not imply", async () => {
    const handler = `import { get } from "alga:extension/storage"; export const handler = () => get("a", "b");`;
    const projectDir = await writeProject("undeclared", {
      "manifest.json": manifest([]),
      "src/handler.js": handler,
    });
    await expect(build({ projectDir })).rejects.toMatchObject({
      code: "undeclared_import",
      details: { imports: ["alga:extension/storage"] },
    });
  });

  test("break while its modules load", async () => {
    const projectDir = await writeProject("broken", {
      "manifest.json": manifest([]),
      "src/handler.js": `crypto.randomUUID(); export const handler = () => ({ status: 204 });`,
    });
    await expect(build({ projectDir })).rejects.toMatchObject({ code: "handler_start_failed" });
  });

  test("have syntax errors", async () => {
    const projectDir = await writeProject("syntax", {
      "manifest.json": manifest([]),
      "src/handler.ts": "export const = 1;",
    });
    await expect(build({ projectDir })).rejects.toMatchObject({ code: "handler_invalid" });
  });

  test("be missing while endpoints are declared", async () => {
    const projectDir = await writeProject("missing", { "manifest.json": manifest([]) });
    await expect(build({ projectDir })).rejects.toMatchObject({ code: "handler_not_found" });
  });
});
