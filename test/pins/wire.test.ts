import { expect, test } from "vitest";
import {
  CALL_TOKEN_TYP,
  HANDSHAKE_TYP,
  RUNNER_AUDIENCE,
  STATEMENT_TYP,
  STORAGE_STATUS,
  WIRE_STATUS,
  bundleBlobPath,
  bundleSignaturePath,
} from "@alga-ext/protocol";
import { ALGA_EXTENSION_WIT, WIT_INTERFACES, WIT_PACKAGE, WIT_WORLD } from "@alga-ext/protocol/wit";

// Names on the wire never change their meaning: adding a line here is fine, changing one is not.
test("public error codes keep their statuses", () => {
  expect(WIRE_STATUS).toMatchObject({
    unauthenticated: 401,
    invalid_session: 401,
    tenant_mismatch: 403,
    forbidden: 403,
    extension_not_available: 404,
    endpoint_not_found: 404,
    not_installed: 404,
    payload_too_large: 413,
    rate_limited: 429,
    bad_gateway: 502,
    runner_crashed: 502,
    access_policy_unavailable: 503,
    deadline_exceeded: 504,
  });
});

test("storage error codes keep their statuses", () => {
  expect(STORAGE_STATUS).toEqual({
    VALIDATION_FAILED: 400,
    LIMIT_EXCEEDED: 400,
    UNAUTHORIZED: 401,
    NAMESPACE_DENIED: 403,
    NOT_FOUND: 404,
    REVISION_MISMATCH: 409,
    QUOTA_EXCEEDED: 429,
    RATE_LIMITED: 429,
    INTERNAL_ERROR: 500,
  });
});

test("token and statement types", () => {
  expect([CALL_TOKEN_TYP, HANDSHAKE_TYP, RUNNER_AUDIENCE, STATEMENT_TYP]).toEqual([
    "ext-exec+jwt",
    "ext-handshake+jwt",
    "alga-ext-runner",
    "alga-ext-statement+json",
  ]);
});

test("the WIT world guests are built for", () => {
  expect([WIT_PACKAGE, WIT_WORLD]).toEqual(["alga:extension", "runner"]);
  const imports = [...ALGA_EXTENSION_WIT.matchAll(/^ {2}import ([a-z0-9-]+);$/gm)].map((match) => match[1]);
  expect(imports).toEqual([...WIT_INTERFACES]);
  expect(ALGA_EXTENSION_WIT).toContain("export handler: func(request: execute-request) -> execute-response;");
});

test("the blob layout that registry and runner share", () => {
  const hash = `sha256:${"ab".repeat(32)}` as const;
  expect(bundleBlobPath(hash)).toBe(`sha256/ab/${"ab".repeat(32)}.tar.zst`);
  expect(bundleSignaturePath(hash)).toBe(`sha256/ab/${"ab".repeat(32)}.tar.zst.jws`);
});
