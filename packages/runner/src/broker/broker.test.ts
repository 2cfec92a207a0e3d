import { CodedError, STORAGE_STATUS, type StorageErrorCode } from "@alga-ext/protocol";
import { describe, expect, it } from "vitest";
import type { WireValue } from "../frames/wire-value.ts";
import { RUNNER_LIMITS } from "../options.ts";
import { CapabilityRefusal, type CapabilityProvider, type HostStorage } from "../ports.ts";
import { createBroker, toGrants, type BrokerOptions } from "./broker.ts";
import type { CallSession } from "./call-session.ts";

const ALL = toGrants([
  "cap:context.read",
  "storage.kv",
  "CAP:client.read",
  "cap:service.read",
  "cap:scheduler.manage",
  "cap:invoice.manual.create",
  "cap:ui.proxy",
  "cap:log",
  "cap:unknown",
]);

function sessionWith(overrides: Partial<CallSession> = {}, installId = "install-1"): CallSession {
  return {
    scope: {
      tenantId: "acme",
      extensionId: "ext",
      installId,
      requestId: null,
      versionId: null,
      contentHash: `sha256:${"0".repeat(64)}`,
      callToken: null,
    },
    providers: ALL,
    egress: [],
    secrets: { values: new Map(), expiresAt: null },
    user: null,
    signal: new AbortController().signal,
    usage: { hostCalls: 0, egressBytes: 0, logLines: [], droppedLines: 0 },
    ...overrides,
  };
}

function brokerWith(options: Partial<BrokerOptions> = {}) {
  const broker = createBroker({
    limits: RUNNER_LIMITS,
    egress: { fetch: () => Promise.resolve({ error: "not-allowed", bytes: 0 }) },
    storage: null,
    providers: [],
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => 0,
    ...options,
  });
  return (target: string, args: readonly WireValue[] = [], session = sessionWith()) =>
    broker.answer(session, `alga:extension/${target}`, args);
}

describe("createBroker", () => {
  it("answers in each interface's own words when nothing stands behind it", async () => {
    const answer = brokerWith();
    expect(await answer("storage#get", ["n", "k"])).toEqual({ kind: "err", value: "internal" });
    expect(await answer("ui-proxy#callRoute", ["/x"])).toEqual({ kind: "err", value: "route-not-found" });
    expect(await answer("ui-proxy#callRoute", [" /a/../b "])).toEqual({ kind: "err", value: "bad-request" });
    // Refused by its length alone: taking it apart would stall everybody.
    expect(await answer("ui-proxy#callRoute", [`/${"/x".repeat(2_048)}`])).toEqual({
      kind: "err",
      value: "bad-request",
    });
    expect(await answer("scheduler#listSchedules")).toEqual({ kind: "err", value: "internal" });
    expect(await answer("scheduler#deleteSchedule", ["s"])).toMatchObject({
      kind: "ok",
      value: { success: false },
    });
    expect(await answer("invoicing#createManualInvoice", [{}])).toMatchObject({ value: { success: false } });
    expect(await answer("clients#getClient", ["c"])).toEqual({ kind: "err", value: "internal" });
  });

  it("refuses without an install id as the contract words it", async () => {
    const answer = brokerWith();
    const session = sessionWith({}, "");
    expect(await answer("storage#get", ["n", "k"], session)).toEqual({ kind: "err", value: "denied" });
    expect(await answer("scheduler#getEndpoints", [], session)).toEqual({ kind: "err", value: "denied" });
    expect(await answer("scheduler#createSchedule", [{}], session)).toMatchObject({
      value: { error: "Install ID missing" },
    });
    expect(await answer("invoicing#createManualInvoice", [{}], session)).toMatchObject({
      value: { error: "Permission denied: install_id missing" },
    });
    expect(await answer("services#listServices", [{}], session)).toEqual({
      kind: "err",
      value: "not-allowed",
    });
  });

  it("asks a provider only after grant and arguments were checked", async () => {
    const asked: string[] = [];
    const provider: CapabilityProvider = {
      interfaceName: "alga:extension/clients",
      call: ({ fn, scope }) => {
        asked.push(`${scope.tenantId} ${fn}`);
        if (fn === "getClient") throw new CapabilityRefusal("not-allowed");
        return Promise.resolve({ items: [], totalCount: 0, page: 1, pageSize: 10 });
      },
    };
    const answer = brokerWith({ providers: [provider] });
    expect(await answer("clients#listClients", [{ page: 1, pageSize: 100 }])).toMatchObject({ kind: "ok" });
    expect(await answer("clients#getClient", ["c"])).toEqual({ kind: "err", value: "not-allowed" });
    for (const input of [{ page: 0 }, { pageSize: 0 }, { pageSize: 101 }]) {
      expect(await answer("clients#listClients", [input])).toEqual({ kind: "err", value: "invalid-input" });
    }
    const denied = sessionWith({ providers: new Set() });
    expect(await answer("clients#listClients", [{}], denied)).toEqual({ kind: "err", value: "not-allowed" });
    expect(asked).toEqual(["acme listClients", "acme getClient"]);
    expect(() => brokerWith({ providers: [{ ...provider, interfaceName: "evil:host/out" }] })).toThrow(
      TypeError,
    );
  });

  it("traps what nobody linked, a provider's crash and too many host calls", async () => {
    const broken: CapabilityProvider = {
      interfaceName: "alga:extension/services",
      call: () => Promise.reject(new Error("bug with a secret inside")),
    };
    const answer = brokerWith({ providers: [broken], limits: { ...RUNNER_LIMITS, hostCalls: 1 } });
    expect(await answer("storage#constructor")).toMatchObject({ kind: "trap" });
    expect(await answer("nothing#get")).toMatchObject({ kind: "trap" });
    const crashed = await answer("services#getService", ["s"]);
    expect(crashed).toMatchObject({ kind: "trap" });
    expect(JSON.stringify(crashed)).not.toContain("secret");
    const session = sessionWith();
    expect(await answer("context#getContext", [], session)).toMatchObject({ kind: "ok" });
    expect(await answer("context#getContext", [], session)).toMatchObject({ kind: "trap" });
    const denied = sessionWith({ providers: new Set() });
    expect(await answer("storage#get", ["n", "k"], denied)).toEqual({ kind: "err", value: "denied" });
    expect(await answer("storage#get", ["n", "k"], denied)).toMatchObject({ kind: "trap" });
  });

  it("cuts a log line before it looks at it, and leaves no part of a secret", async () => {
    const answer = brokerWith();
    const secret = "k".repeat(40);
    const session = sessionWith({ secrets: { values: new Map([["a", secret]]), expiresAt: null } });
    const huge = "\u007f".repeat(8 << 20);
    const edge = "x".repeat(RUNNER_LIMITS.logLineBytes - 20) + secret;
    const started = performance.now();
    for (const message of [huge, edge, `1\n${secret}`]) {
      expect(await answer("logging#logInfo", [message], session)).toMatchObject({ kind: "ok" });
    }
    expect(performance.now() - started).toBeLessThan(200);
    const messages = session.usage.logLines.map(({ message }) => message);
    expect(messages[0]).toBe("\\u007f".repeat(2_000).slice(0, RUNNER_LIMITS.logLineBytes));
    expect(messages[1]).toBe(`${"x".repeat(RUNNER_LIMITS.logLineBytes - 20)}[secret]`);
    expect(messages[2]).toBe("1\\u000a[secret]");
  });

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
    expect(await brokerWith({ storage })("storage#get", ["n", "k"])).toEqual({ kind: "err", value });
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
    const answer = brokerWith({ storage });
    const texts: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      const { value } = (await answer("storage#get", ["n", "k"])) as unknown as {
        value: { value: Uint8Array };
      };
      texts.push(Buffer.from(value.value).toString("utf8"));
    }
    expect(texts).toEqual(["hi", "plain text", "hi", '{"a":1}']);
    await answer("storage#put", [{ namespace: 1, key: null, value: "text", revision: 5 }]);
    expect(seen.at(-1)).toEqual({
      operation: "put",
      namespace: "",
      key: "",
      value: "",
      metadata: { encoding: "base64-bytes" },
    });
  });
});
