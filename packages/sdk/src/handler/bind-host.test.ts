import { describe, expect, test } from "vitest";
import { SDK_STATUS } from "../errors.ts";
import type { HostBindings } from "../ports.ts";
import { createMemoryStorage } from "../testing/create-memory-storage.ts";
import { bindHost } from "./bind-host.ts";
import type { WitImports } from "./call-import.ts";

const witError = (payload: string): Error => Object.assign(new Error(payload), { payload });
const throwing = (payload: string) => (): never => {
  throw witError(payload);
};

describe("errors", () => {
  const cases: [
    name: string,
    imports: WitImports,
    call: (host: HostBindings) => Promise<unknown>,
    code: string,
  ][] = [
    ["secrets", { secrets: { get: throwing("expired") } }, (host) => host.secrets.get("k"), "secret_expired"],
    [
      "http",
      { http: { fetch: throwing("invalid-url") } },
      (host) => host.http.fetch({ method: "GET", url: "x", headers: [] }),
      "http_invalid_url",
    ],
    [
      "storage",
      { storage: { get: throwing("denied") } },
      (host) => host.storage.get("n", "k"),
      "storage_denied",
    ],
    [
      "ui-proxy",
      { "ui-proxy": { callRoute: throwing("route-not-found") } },
      (host) => host.uiProxy.callRoute("/x"),
      "proxy_route_not_found",
    ],
    [
      "user",
      { user: { getUser: throwing("not-available") } },
      (host) => host.user.getUser(),
      "user_not_available",
    ],
    [
      "scheduler",
      { scheduler: { listSchedules: throwing("quota-exceeded") } },
      (host) => host.scheduler.list(),
      "scheduler_quota_exceeded",
    ],
    ["config", { config: { get: throwing("denied") } }, (host) => host.config.get("k"), "config_denied"],
    [
      "ui-proxy with a method",
      { "ui-proxy": { call: throwing("denied") } },
      (host) => host.uiProxy.call("DELETE", "/x"),
      "proxy_denied",
    ],
    [
      "clients",
      { clients: { getClient: throwing("not-allowed") } },
      (host) => host.clients.get("c"),
      "client_not_allowed",
    ],
    [
      "services",
      { services: { listServices: throwing("invalid-input") } },
      (host) => host.services.list(),
      "service_invalid_input",
    ],
    [
      "an error nobody knows",
      { storage: { get: throwing("surprise") } },
      (host) => host.storage.get("n", "k"),
      "storage_internal",
    ],
  ];
  test.each(cases)("of %s become codes", async (_, imports, call, code) => {
    await expect(call(bindHost(imports))).rejects.toMatchObject({
      name: "SdkError",
      code,
      status: SDK_STATUS[code as keyof typeof SDK_STATUS],
    });
  });

  test("say which interface is not imported", async () => {
    const host = bindHost({});
    const missing = { code: "capability_not_declared" };
    await expect(host.storage.list("n")).rejects.toMatchObject({
      ...missing,
      details: { interface: "storage" },
    });
    await expect(host.logging.info("x")).rejects.toMatchObject(missing);
    await expect(host.context.get()).rejects.toMatchObject(missing);
    await expect(host.invoicing.createManualInvoice({ clientId: "c", items: [] })).rejects.toMatchObject(
      missing,
    );
  });
});

describe("values on the way in", () => {
  test("lose what is null", async () => {
    const host = bindHost({
      context: {
        getContext: () => ({
          requestId: null,
          tenantId: "t",
          extensionId: "e",
          installId: "i",
          versionId: null,
        }),
      },
      clients: {
        getClient: (id: string) =>
          id === "none" ? null : { clientId: id, clientName: "C", clientType: null, isInactive: false },
        listClients: () => ({
          items: [{ clientId: "c", clientName: "C", isInactive: true, billingEmail: null }],
          totalCount: 1,
          page: 1,
          pageSize: 25,
        }),
      },
    });
    expect(await host.context.get()).toEqual({ tenantId: "t", extensionId: "e", installId: "i" });
    expect(await host.clients.get("none")).toBeNull();
    expect(await host.clients.get("c")).toEqual({ clientId: "c", clientName: "C", isInactive: false });
    expect((await host.clients.list()).items).toEqual([{ clientId: "c", clientName: "C", isInactive: true }]);
  });

  test("prefer the newer user interface", async () => {
    const wire = {
      tenantId: "t",
      clientName: "",
      userId: "u",
      userEmail: "e",
      userName: "n",
      userType: "internal",
    };
    const older = bindHost({ user: { getUser: () => wire } });
    expect(await older.user.getUser()).toEqual(wire);
    const newer = bindHost({
      user: { getUser: () => wire },
      "user-v2": {
        getUser: () => ({
          ...wire,
          clientId: null,
          additionalFields: [
            ["locale", "de"],
            ["zone", "UTC"],
          ],
        }),
      },
    });
    expect(await newer.user.getUser()).toEqual({ ...wire, additionalFields: { locale: "de", zone: "UTC" } });
  });
});

describe("values on the way out", () => {
  test("are checked before the engine would end the call", async () => {
    const reached: unknown[] = [];
    const record = (...args: unknown[]): object => {
      reached.push(args);
      return { success: true };
    };
    const host = bindHost({
      storage: { put: record, get: record },
      scheduler: { createSchedule: record, updateSchedule: record },
      invoicing: { createManualInvoice: record },
      clients: { listClients: record },
      http: { fetch: record },
      "ui-proxy": { callRoute: record },
    });
    const wrong: Promise<unknown>[] = [
      host.storage.get(1 as never, "k"),
      host.storage.put({ namespace: "n", key: "k", value: "text" as never }),
      host.storage.put({ namespace: "n", key: "k", value: new Uint8Array(1), revision: 1.5 }),
      host.storage.put({ namespace: "n", key: undefined as never, value: new Uint8Array(1) }),
      host.scheduler.create({ endpoint: "e" } as never),
      host.scheduler.update("id", { enabled: "yes" as never }),
      host.invoicing.createManualInvoice({
        clientId: "c",
        items: [{ serviceId: "s", quantity: "2" as never, description: "", rate: 1 }],
      }),
      host.invoicing.createManualInvoice({
        clientId: "c",
        items: [{ serviceId: "s", quantity: 2, description: "", rate: 1, discountType: "half" as never }],
      }),
      host.clients.list({ page: -1 }),
      host.clients.list({ page: 2 ** 32 }),
      host.http.fetch({ method: "GET", url: "https://x", headers: [{ name: "a" } as never] }),
      host.http.fetch({ method: "POST", url: "https://x", headers: [], body: "text" as never }),
      host.uiProxy.callRoute("/x", "text" as never),
    ];
    for (const call of wrong) await expect(call).rejects.toThrow(TypeError);
    expect(reached).toEqual([]);
  });

  test("carry lone surrogates as U+FFFD", async () => {
    const keys: string[] = [];
    const lines: string[] = [];
    const host = bindHost({
      secrets: { get: (key: string) => (keys.push(key), "") },
      logging: { logInfo: (line: string) => lines.push(line) },
    });
    await host.secrets.get("a\ud800b");
    await host.logging.info("\udc00");
    await host.logging.info({ toString: () => "odd" } as never);
    expect(keys).toEqual(["a\ufffdb"]);
    expect(lines).toEqual(["\ufffd", "odd"]);
  });
});

describe("storage", () => {
  const create = (): HostBindings["storage"] => bindHost({ storage: createMemoryStorage() }).storage;

  test("answers null for a missing key, and bytes with revisions otherwise", async () => {
    const storage = create();
    expect(await storage.get("n", "k")).toBeNull();
    expect(await storage.getEntry("n", "k")).toBeNull();
    expect(await storage.getJson("n", "k")).toBeNull();
    expect(await storage.put({ namespace: "n", key: "k", value: Uint8Array.of(1) })).toMatchObject({
      key: "k",
      revision: 1,
    });
    expect(await storage.putJson("n", "k", { ä: 1 })).toMatchObject({ revision: 2 });
    expect(await storage.getJson("n", "k")).toEqual({ ä: 1 });
    await expect(storage.putJson("n", "k", 1, { revision: 1 })).rejects.toMatchObject({
      code: "storage_conflict",
    });
    await storage.delete("n", "k");
    await expect(storage.delete("n", "k")).rejects.toMatchObject({ code: "storage_missing" });
  });

  test("lists every page, in key order, with keys of any script", async () => {
    const storage = create();
    const keys = Array.from(
      { length: 130 },
      (_, index) => `${index % 3 === 0 ? "ключ🚀" : "key"}-${String(index).padStart(3, "0")}`,
    );
    for (const key of keys) await storage.putJson("n", key, key);
    await storage.putJson("other", "x", 1);
    const entries = await storage.listJson("n");
    expect(entries.map(({ key }) => key)).toEqual(keys.toSorted((one, other) => (one < other ? -1 : 1)));
    expect(entries.every(({ key, value }) => key === value)).toBe(true);
    expect(await storage.list("empty")).toEqual([]);
  });

  test("stops when a host ignores cursors", async () => {
    const page = [{ namespace: "n", key: "a", value: Uint8Array.of(1), revision: 1 }];
    const { storage } = bindHost({ storage: { listEntries: () => page } });
    expect(await storage.list("n")).toEqual([{ key: "a", value: Uint8Array.of(1), revision: 1 }]);
  });

  test("says which stored value is not JSON", async () => {
    const storage = create();
    await storage.put({ namespace: "n", key: "k", value: Uint8Array.of(0x7b) });
    await expect(storage.getJson("n", "k")).rejects.toMatchObject({ code: "invalid_json" });
    await expect(storage.listJson("n")).rejects.toMatchObject({ code: "invalid_json" });
  });
});

describe("config and metrics", () => {
  test("settings are text by name, null when unset", async () => {
    const settings = [["region", "eu"]] as const;
    const get = (key: string) => settings.find(([name]) => name === key)?.[1];
    const host = bindHost({ config: { get, listEntries: () => settings } });
    expect([await host.config.get("region"), await host.config.get("x")]).toEqual(["eu", null]);
    expect(await host.config.list()).toEqual({ region: "eu" });
  });

  test("numbers are passed on, anything else is a mistake", async () => {
    const seen: unknown[] = [];
    const host = bindHost({
      metrics: { add: (...args) => seen.push(args), observe: (...args) => seen.push(args) },
    });
    await host.metrics.add("jobs");
    await host.metrics.observe("ms", 1.5);
    expect(seen).toEqual([
      ["jobs", 1],
      ["ms", 1.5],
    ]);
    await expect(host.metrics.observe("ms", Number.NaN)).rejects.toThrow(TypeError);
  });
});

describe("pages of storage", () => {
  test("carry the cursor, and lose and repeat nothing", async () => {
    const host = bindHost({ storage: createMemoryStorage() });
    const keys = Array.from({ length: 7 }, (_, index) => `a/${index}`);
    for (const key of [...keys, "b"]) await host.storage.putJson("n", key, 1);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const more = cursor === undefined ? {} : { cursor };
      const page = await host.storage.listPage("n", { limit: 3, keyPrefix: "a/", ...more });
      seen.push(...page.entries.map(({ key }) => key));
      ({ cursor } = page);
    } while (cursor !== undefined);
    expect(seen).toEqual(keys);
  });
});
