import { ALGA_EXTENSION_WIT, WIT_INTERFACES } from "@alga-ext/protocol/wit";
import { CodedError, STORAGE_STATUS, type StorageErrorCode } from "@alga-ext/protocol";
import { describe, expect, it } from "vitest";
import { brokerWith, everything, sessionWith } from "../../test-support/broker.ts";
import { RUNNER_LIMITS } from "../options.ts";
import { HOST_FUNCTIONS } from "../prepare/host-functions.ts";
import { CapabilityRefusal, type CapabilityProvider, type HostStorage } from "../ports.ts";

const withoutInstall = () => sessionWith({ ...everything, scope: { installId: "" } });
const err = (value: string) => ({ kind: "err", value });

describe("createBroker", () => {
  it("has every function of the world", async () => {
    const { ask } = brokerWith();
    for (const [name, functions] of HOST_FUNCTIONS) {
      for (const { js } of functions) {
        const { kind, value } = await ask(`${name}#${js}`, [], sessionWith());
        // Without a grant each answers in its own terms; context has none, so it stops the guest.
        expect([`${name}#${js}`, kind]).toEqual([`${name}#${js}`, name === "context" ? "trap" : kind]);
        expect(JSON.stringify([value])).not.toContain("no such import");
      }
    }
    expect([...HOST_FUNCTIONS.keys()]).toEqual([...WIT_INTERFACES]);
    expect(ALGA_EXTENSION_WIT).toContain("list-page");
  });

  // Contract §4.3, line by line.
  it.each([
    ["context#getContext", { kind: "trap" }],
    ["secrets#get", err("denied")],
    ["secrets#listKeys", { kind: "ok", value: [] }],
    ["http#fetch", err("not-allowed")],
    ["storage#get", err("denied")],
    ["storage#put", err("denied")],
    ["storage#delete", err("denied")],
    ["storage#listEntries", err("denied")],
    ["storage#listPage", err("denied")],
    ["logging#logInfo", { kind: "ok", value: undefined }],
    ["ui-proxy#callRoute", err("denied")],
    ["ui-proxy#call", err("denied")],
    ["user#getUser", err("not-allowed")],
    ["user-v2#getUser", err("not-allowed")],
    ["scheduler#listSchedules", err("denied")],
    ["scheduler#getSchedule", err("denied")],
    ["scheduler#getEndpoints", err("denied")],
    [
      "scheduler#createSchedule",
      { kind: "ok", value: { error: "Permission denied: cap:scheduler.manage not granted" } },
    ],
    [
      "invoicing#createManualInvoice",
      { kind: "ok", value: { error: "Permission denied: cap:invoice.manual.create not granted" } },
    ],
    ["clients#listClients", err("not-allowed")],
    ["services#getService", err("not-allowed")],
    ["config#get", err("denied")],
    ["config#listEntries", err("denied")],
    ["metrics#add", { kind: "ok", value: undefined }],
  ])("without the grant, %s answers %j", async (target, expected) => {
    const session = sessionWith();
    expect(await brokerWith().ask(target, ["x", 1], session)).toMatchObject(expected);
    expect(session.usage).toMatchObject({ logLines: [], metrics: new Map(), storageOps: 0 });
  });

  it.each([
    ["storage#get", err("denied")],
    ["scheduler#getEndpoints", err("denied")],
    ["scheduler#createSchedule", { kind: "ok", value: { success: false, error: "Install ID missing" } }],
    [
      "invoicing#createManualInvoice",
      { kind: "ok", value: { success: false, error: "Permission denied: install_id missing" } },
    ],
    ["clients#getClient", err("not-allowed")],
    ["services#listServices", err("not-allowed")],
  ])("without an install id, %s answers %j", async (target, expected) => {
    const asked: string[] = [];
    const provider = (name: string): CapabilityProvider => ({
      interfaceName: `alga:extension/${name}`,
      call: ({ fn }) => Promise.resolve(void asked.push(fn)),
    });
    const { ask } = brokerWith({ providers: ["clients", "services", "invoicing"].map(provider) });
    expect(await ask(target, [{}], withoutInstall())).toMatchObject(expected);
    expect(asked).toEqual([]);
  });

  it("answers in each interface's own words when nothing stands behind it", async () => {
    const { ask } = brokerWith();
    expect(await ask("storage#get", ["n", "k"])).toEqual(err("internal"));
    expect(await ask("ui-proxy#callRoute", ["/x"])).toEqual(err("route-not-found"));
    expect(await ask("scheduler#listSchedules")).toEqual(err("internal"));
    expect(await ask("scheduler#deleteSchedule", ["s"])).toMatchObject({ value: { success: false } });
    expect(await ask("invoicing#createManualInvoice", [{}])).toMatchObject({ value: { success: false } });
    expect(await ask("clients#getClient", ["c"])).toEqual(err("internal"));
    expect(await ask("user-v2#getUser")).toEqual(err("not-available"));
  });

  it("asks a provider only after grant and arguments were checked", async () => {
    const asked: unknown[] = [];
    const provider: CapabilityProvider = {
      interfaceName: "alga:extension/clients",
      call: ({ fn, scope, user }) => {
        asked.push([scope.tenantId, fn, user?.user_id]);
        if (fn === "getClient") throw new CapabilityRefusal("not-allowed");
        return Promise.resolve({ items: [], totalCount: 0, page: 1, pageSize: 10 });
      },
    };
    const { ask } = brokerWith({ providers: [provider] });
    const user = { user_id: "u", user_email: "", user_name: "", user_type: "internal" };
    const session = sessionWith({ ...everything, user });
    expect(await ask("clients#listClients", [{ page: 1, pageSize: 100 }], session)).toMatchObject({
      kind: "ok",
    });
    expect(await ask("clients#getClient", ["c"])).toEqual(err("not-allowed"));
    for (const input of [{ page: 0 }, { pageSize: 0 }, { pageSize: 101 }]) {
      expect(await ask("clients#listClients", [input])).toEqual(err("invalid-input"));
    }
    expect(await ask("clients#listClients", [{}], sessionWith())).toEqual(err("not-allowed"));
    expect(asked).toEqual([
      ["acme", "listClients", "u"],
      ["acme", "getClient", undefined],
    ]);
  });

  it("traps what nobody linked and a provider's crash, and tells neither's reason", async () => {
    const broken: CapabilityProvider = {
      interfaceName: "alga:extension/services",
      call: () => Promise.reject(new Error("bug with a secret inside")),
    };
    const { ask } = brokerWith({ providers: [broken] });
    expect(await ask("storage#constructor")).toMatchObject({ kind: "trap" });
    expect(await ask("nothing#get")).toMatchObject({ kind: "trap" });
    const crashed = await ask("services#getService", ["s"]);
    expect(crashed).toMatchObject({ kind: "trap" });
    expect(JSON.stringify(crashed)).not.toContain("secret");
  });

  it("counts every host call, also refused ones, by a name out of a fixed set", async () => {
    const counted: string[] = [];
    const { ask } = brokerWith({ onHostCall: (target, outcome) => counted.push(`${target} ${outcome}`) });
    const session = sessionWith({ providers: new Set(["cap:context.read"]), limits: { host_calls: 3 } });
    await ask("context#getContext", [], session);
    await ask("storage#get", [], session);
    await ask(`storage#${"x".repeat(50)}`, [], session);
    expect(await ask("context#getContext", [], session)).toMatchObject({ kind: "trap" });
    await ask("evil:made/up#it", [], session);
    expect(counted).toEqual([
      "alga:extension/context#getContext ok",
      "alga:extension/storage#get denied",
      "unknown trap",
      "alga:extension/context#getContext trap",
      "unknown trap",
    ]);
    expect([...session.usage.exceeded]).toEqual([["host_calls", 3]]);
    expect(session.usage.hostCalls).toBe(3);
  });
});

describe("logging", () => {
  it("cuts a line before it looks at it, and leaves no part of a secret", async () => {
    const { ask } = brokerWith();
    const secret = "k".repeat(40);
    const session = sessionWith({
      ...everything,
      secrets: { values: new Map([["a", secret]]), expiresAt: null },
    });
    const huge = "\u007f".repeat(8 << 20);
    const edge = "x".repeat(RUNNER_LIMITS.logLineBytes - 20) + secret;
    const started = performance.now();
    for (const message of [huge, edge, `1\n${secret}`]) {
      expect(await ask("logging#logInfo", [message], session)).toMatchObject({ kind: "ok" });
    }
    expect(performance.now() - started).toBeLessThan(200);
    const messages = session.usage.logLines.map(({ message }) => message);
    expect(messages[0]).toBe("\\u007f".repeat(2_000).slice(0, RUNNER_LIMITS.logLineBytes));
    expect(messages[1]).toBe(`${"x".repeat(RUNNER_LIMITS.logLineBytes - 20)}[secret]`);
    expect(messages[2]).toBe("1\\u000a[secret]");
  });

  it("L15: keeps lines and bytes under their caps, whatever comes", async () => {
    const { ask } = brokerWith();
    const few = sessionWith({ ...everything, limits: { log_lines: 2 } });
    for (const line of ["a", "b", "c", "d"]) await ask("logging#logWarn", [line], few);
    expect(few.usage.logLines.map(({ message }) => message)).toEqual(["a", "b"]);
    expect([few.usage.droppedLines, [...few.usage.exceeded]]).toEqual([2, [["log_lines", 2]]]);

    const short = sessionWith({ ...everything, limits: { log_bytes: 10 } });
    for (const line of ["12345678", "too long", "x"]) await ask("logging#logError", [line], short);
    expect(short.usage.logLines.map(({ message }) => message)).toEqual(["12345678"]);
    expect([short.usage.droppedLines, [...short.usage.exceeded]]).toEqual([2, [["log_bytes", 10]]]);
  });
});

describe("storage", () => {
  it.each<[StorageErrorCode, string]>([
    ["UNAUTHORIZED", "denied"],
    ["NAMESPACE_DENIED", "denied"],
    ["QUOTA_EXCEEDED", "denied"],
    ["NOT_FOUND", "missing"],
    ["REVISION_MISMATCH", "conflict"],
    ["VALIDATION_FAILED", "internal"],
  ])("turns the host's %s into %s", async (code, value) => {
    const storage: HostStorage = {
      storage: () => Promise.reject(new CodedError(code, STORAGE_STATUS[code], "no")),
    };
    expect(await brokerWith({ storage }).ask("storage#get", ["n", "k"])).toEqual(err(value));
  });

  it("reads values of legacy writers and survives arguments of the wrong type", async () => {
    const stored: unknown[] = ["aGk=", "plain text", { _bytes_b64: "aGk=" }, { a: 1 }];
    const seen: unknown[] = [];
    const storage: HostStorage = {
      storage: (_scope, operation) => {
        seen.push(operation);
        const value = stored.shift() as string;
        return Promise.resolve({
          namespace: "n",
          key: "k",
          revision: 1,
          value,
          metadata: {},
          ttlExpiresAt: null,
          createdAt: "",
          updatedAt: "",
        });
      },
    };
    const { ask } = brokerWith({ storage });
    const texts: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      const { value } = (await ask("storage#get", ["n", "k"])) as unknown as { value: { value: Uint8Array } };
      texts.push(Buffer.from(value.value).toString("utf8"));
    }
    expect(texts).toEqual(["hi", "plain text", "hi", '{"a":1}']);
    await ask("storage#put", [{ namespace: 1, key: null, value: "text", revision: 5 }]);
    expect(seen.at(-1)).toEqual({
      operation: "put",
      namespace: "",
      key: "",
      value: "",
      metadata: { encoding: "base64-bytes" },
    });
  });

  it("R18: hands the cursor of a page to the guest, and a missing key is missing", async () => {
    const seen: unknown[] = [];
    const item = { tenantId: "t", extensionInstallId: "i", namespace: "n", key: "a", revision: 2 };
    const storage: HostStorage = {
      storage: (_scope, operation) => {
        seen.push(operation);
        if (operation.operation === "delete") return Promise.resolve({ success: false });
        const times = { ttlExpiresAt: null, createdAt: "", updatedAt: "" };
        return Promise.resolve({
          items: [{ ...item, ...times }],
          nextCursor: seen.length > 1 ? null : "next",
        });
      },
    };
    const { ask } = brokerWith({ storage });
    expect(await ask("storage#listPage", ["n", {}])).toMatchObject({
      value: { entries: [{ key: "a", revision: 2n }], cursor: "next" },
    });
    const options = { cursor: "next", limit: 4_000_000_000, keyPrefix: "a/" };
    expect(await ask("storage#listPage", ["n", options])).toMatchObject({ value: { cursor: null } });
    expect(seen).toEqual([
      { operation: "list", namespace: "n", includeValues: true, includeMetadata: true },
      {
        operation: "list",
        namespace: "n",
        includeValues: true,
        includeMetadata: true,
        cursor: "next",
        limit: 100,
        keyPrefix: "a/",
      },
    ]);
    expect(await ask("storage#delete", ["n", "gone"])).toEqual(err("missing"));
  });

  it("refuses what is above the limit of operations, and goes on with everything else", async () => {
    const storage: HostStorage = { storage: () => Promise.resolve({ success: true }) };
    const { ask } = brokerWith({ storage });
    const session = sessionWith({ ...everything, limits: { storage_ops: 2 } });
    const results = [];
    for (let index = 0; index < 3; index += 1)
      results.push((await ask("storage#delete", ["n", "k"], session)).kind);
    expect(results).toEqual(["ok", "ok", "err"]);
    expect([...session.usage.exceeded]).toEqual([["storage_ops", 2]]);
    expect(await ask("context#getContext", [], session)).toMatchObject({ kind: "ok" });
  });
});

describe("secrets", () => {
  it("R16: answers expired from the very moment, for one and for all", async () => {
    const secrets = { values: new Map([["key", "value"]]), expiresAt: 1_000 };
    const session = sessionWith({ ...everything, secrets });
    const before = brokerWith({ now: () => 999 });
    expect(await before.ask("secrets#get", ["key"], session)).toEqual({ kind: "ok", value: "value" });
    expect(await before.ask("secrets#get", ["none"], session)).toEqual(err("missing"));
    expect(await before.ask("secrets#listKeys", [], session)).toEqual({ kind: "ok", value: ["key"] });
    const after = brokerWith({ now: () => 1_000 });
    expect(await after.ask("secrets#get", ["key"], session)).toEqual(err("expired"));
    expect(await after.ask("secrets#listKeys", [], session)).toEqual({ kind: "ok", value: [] });
  });
});

describe("config", () => {
  it("R20: reads the settings of the install, own names only", async () => {
    const session = sessionWith({ ...everything, config: { region: "eu", api: "1" } });
    const { ask } = brokerWith();
    expect(await ask("config#get", ["region"], session)).toEqual({ kind: "ok", value: "eu" });
    expect(await ask("config#get", ["constructor"], session)).toEqual({ kind: "ok", value: null });
    expect(await ask("config#listEntries", [], session)).toEqual({
      kind: "ok",
      value: [
        ["api", "1"],
        ["region", "eu"],
      ],
    });
  });
});

describe("metrics", () => {
  it("keeps sums and distributions by name, few and well named", async () => {
    const session = sessionWith(everything);
    const { ask } = brokerWith();
    for (const value of [1, 2.5, Number.NaN, Infinity])
      await ask("metrics#add", ["jobs.done", value], session);
    for (const value of [3, 1]) await ask("metrics#observe", ["wait_ms", value], session);
    // One name is of one kind.
    await ask("metrics#observe", ["jobs.done", 9], session);
    await ask("metrics#add", ["wait_ms", 9], session);
    for (const name of ["Bad", "", "a".repeat(65), "a\nb", "__proto__", "a..b"])
      await ask("metrics#add", [name, 1], session);
    expect([...session.usage.metrics.values()]).toEqual([
      { name: "jobs.done", kind: "counter", sum: 3.5 },
      { name: "wait_ms", kind: "distribution", count: 2, sum: 4, min: 1, max: 3 },
    ]);
    for (let index = 0; index < 100; index += 1) await ask("metrics#add", [`n${index}`, 1], session);
    expect(session.usage.metrics.size).toBe(32);
  });
});
