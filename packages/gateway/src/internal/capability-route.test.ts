import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CALL_TOKEN_HEADER, CodedError, type HostApi } from "@alga-ext/protocol";
import { createCallAuthority } from "../call-authority.ts";
import type { CallAuthority, HostCapability, HostCapabilityRequest } from "../ports.ts";
import { generateCallKeys } from "../testing/call-keys.ts";
import { createTestGateway, type TestGateway } from "../testing/create-test-gateway.ts";
import { anInstall, createFakeInstalls } from "../testing/tenants.ts";

const runnerAuthToken = "runner-token-of-this-test";
const own = anInstall({ providers: ["cap:ticket.read", "cap:scheduler.manage"] });
const foreign = anInstall({
  tenantId: "globex",
  installId: "99999999-9999-4999-8999-999999999999",
  providers: ["cap:log.emit"],
});
const path = (route: string, install = own) => `/api/internal/ext-${route}/install/${install.installId}`;

let calls: CallAuthority;
let asked: HostCapabilityRequest[];
let answer: HostCapability["call"];
let schedules: NonNullable<HostApi["scheduler"]>;
let gateway: TestGateway;

beforeAll(async () => {
  const keys = await generateCallKeys();
  calls = await createCallAuthority({
    issuer: "gateway-1",
    privateKeyPem: keys.gatewayPrivatePem,
    runnerPublicKeyPem: keys.runnerPublicPem,
  });
});

beforeEach(() => {
  asked = [];
  answer = async () => ({ status: 200, body: { ok: 1 } });
  schedules = async () => ({ schedules: [] });
  gateway = createTestGateway({
    calls,
    runnerAuthToken,
    installs: createFakeInstalls([own, foreign]),
    hostApi: { storage: async () => ({ success: true }), scheduler: (...args) => schedules(...args) },
    capabilities: [
      {
        route: "tickets",
        grant: "cap:ticket.read",
        call: (request) => {
          asked.push(request);
          return answer(request);
        },
      },
    ],
  });
});

async function post(to: string, body: unknown, install = own, headers: Record<string, string> = {}) {
  const { kid } = await calls.handshake();
  const token = await calls.token(
    {
      sub: install.installId,
      tenant: install.tenantId,
      ext: install.registryId,
      hash: install.contentHash,
      method: "GET",
      path: "/",
      bh: "x",
      timeoutMs: 1000,
    },
    { kid },
  );
  const response = await gateway.call(to, {
    method: "POST",
    headers: { "x-runner-auth": runnerAuthToken, [CALL_TOKEN_HEADER]: token, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  expect(response.headers.get("cache-control")).toBe("no-store");
  return [response.status, await response.json()];
}

describe("a capability of the host", () => {
  test("is asked for the call's own install, whatever the body claims", async () => {
    const body = { operation: "list", tenantId: "globex", user: { userId: "u", userType: "internal" } };
    expect(await post(path("tickets"), body)).toEqual([200, { ok: 1 }]);
    expect(asked).toEqual([
      {
        tenantId: own.tenantId,
        installId: own.installId,
        extensionId: own.registryId,
        user: { userId: "u", userType: "internal" },
        body,
      },
    ]);
  });

  test.each<[string, () => Promise<unknown>, number, string]>([
    ["another install's call", () => post(path("tickets"), {}, foreign), 401, "UNAUTHORIZED"],
    ["a wrong runner", () => post(path("tickets"), {}, own, { "x-runner-auth": "x" }), 401, "UNAUTHORIZED"],
    [
      "a wrong call",
      () => post(path("tickets"), {}, own, { [CALL_TOKEN_HEADER]: "a.b.c" }),
      401,
      "UNAUTHORIZED",
    ],
    ["no grant", () => post(path("tickets", foreign), {}, foreign), 403, "NOT_ALLOWED"],
    ["no JSON", () => post(path("tickets"), "{"), 400, "INVALID_INPUT"],
    ["no object", () => post(path("tickets"), "[]"), 400, "INVALID_INPUT"],
    ["half a user", () => post(path("tickets"), { user: { userId: "u" } }), 400, "INVALID_INPUT"],
    ["a large body", () => post(path("tickets"), { x: "x".repeat(1 << 20) }), 400, "INVALID_INPUT"],
  ])("refuses %s before it is asked", async (_name, attempt, status, code) => {
    expect(await attempt()).toMatchObject([status, { code }]);
    expect(asked).toEqual([]);
  });

  test("refuses in its own codes, and fails without a word about how", async () => {
    answer = () => Promise.reject(new CodedError("INVALID_INPUT", 400, "No.", { details: { field: "a" } }));
    expect(await post(path("tickets"), {})).toEqual([
      400,
      { error: "No.", code: "INVALID_INPUT", details: { field: "a" } },
    ]);
    answer = () => Promise.reject(new Error("relation does not exist"));
    const failed = await post(path("tickets"), {});
    expect(failed).toMatchObject([500, { code: "INTERNAL_ERROR" }]);
    expect(JSON.stringify(failed)).not.toContain("relation");
  });

  test("is only there by its own name, and only for POST", async () => {
    await expect(gateway.call(path("clients"), { method: "POST" })).rejects.toThrow(TypeError);
    expect((await gateway.call(path("tickets"))).status).toBe(405);
    const taken = (route: string) => ({ route, grant: "cap:x", call: answer });
    for (const route of ["storage", "scheduler", "runner", "Upper", "a/b", ""])
      expect(() =>
        createTestGateway({
          hostApi: { storage: async () => ({ success: true }), scheduler: schedules },
          capabilities: [taken(route)],
        }),
      ).toThrow(TypeError);
  });
});

describe("the scheduler", () => {
  test("answers 201 for what it made, 400 for what it would not", async () => {
    const seen: unknown[] = [];
    schedules = async (scope, operation) => {
      seen.push([scope, operation]);
      return { success: true, scheduleId: "s" };
    };
    const create = { operation: "create", endpoint: "/run", cron: "0 5 * * *" };
    expect(await post(path("scheduler"), { ...create, user: null })).toEqual([
      201,
      { success: true, scheduleId: "s" },
    ]);
    expect(seen).toEqual([[{ tenantId: own.tenantId, installId: own.installId }, create]]);
    expect(await post(path("scheduler"), { operation: "delete", scheduleId: "s" })).toMatchObject([200, {}]);
    const refused = { success: false, error: "No.", fieldErrors: { cron: "six" } } as const;
    schedules = async () => refused;
    expect(await post(path("scheduler"), create)).toEqual([400, refused]);
  });

  test("refuses in the host's codes", async () => {
    schedules = () => Promise.reject(new CodedError("RATE_LIMITED", 429, "Slow down."));
    expect(await post(path("scheduler"), { operation: "list" })).toEqual([
      429,
      { error: "Slow down.", code: "RATE_LIMITED" },
    ]);
    for (const operation of ["drop", undefined, 1, "toString"])
      expect(await post(path("scheduler"), { operation })).toMatchObject([
        400,
        { code: "VALIDATION_FAILED" },
      ]);
    expect(await post(path("scheduler", foreign), { operation: "list" }, foreign)).toMatchObject([403, {}]);
  });
});
