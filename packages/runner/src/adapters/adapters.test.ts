import { describe, expect, it } from "vitest";
import type { CallScope } from "../ports.ts";
import { createHttpHostStorage } from "./http-host-storage.ts";
import { createHttpInstallValidator } from "./http-install-validator.ts";

const HASH = `sha256:${"a".repeat(64)}` as const;
const scope: CallScope = {
  tenantId: "acme",
  extensionId: "e",
  installId: "i/1",
  requestId: "r",
  versionId: null,
  contentHash: HASH,
  callToken: "token",
};

/** A fetch that records its request and answers this. */
function fakeFetch(status: number, body: unknown) {
  const seen: Request[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    seen.push(new Request(input as string, init));
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  };
  return { seen, fetch };
}

describe("createHttpHostStorage", () => {
  it("posts to the host's route with both credentials", async () => {
    const { seen, fetch } = fakeFetch(200, { success: true });
    const storage = createHttpHostStorage({ baseUrl: "http://host:3000/api/", token: "runner", fetch });
    const operation = { operation: "delete", namespace: "n", key: "k" } as const;
    expect(await storage.storage(scope, operation, { signal: new AbortController().signal })).toEqual({
      success: true,
    });
    expect(seen[0]?.url).toBe("http://host:3000/api/internal/ext-storage/install/i%2F1");
    expect(seen[0]?.headers.get("x-runner-auth")).toBe("runner");
    expect(seen[0]?.headers.get("x-alga-call")).toBe("token");
    expect(await seen[0]?.json()).toEqual(operation);
  });

  it.each([
    [404, { code: "NOT_FOUND" }, "NOT_FOUND"],
    [429, { code: "QUOTA_EXCEEDED" }, "QUOTA_EXCEEDED"],
    [409, {}, "REVISION_MISMATCH"],
    [500, "oops", "INTERNAL_ERROR"],
    [418, { code: "toString" }, "INTERNAL_ERROR"],
  ])("turns %s %j into %s", async (status, body, code) => {
    const storage = createHttpHostStorage({
      baseUrl: "http://host",
      token: "t",
      fetch: fakeFetch(status, body).fetch,
    });
    const get = storage.storage(
      scope,
      { operation: "get", namespace: "n", key: "k" },
      { signal: new AbortController().signal },
    );
    await expect(get).rejects.toMatchObject({ code });
  });
});

describe("createHttpInstallValidator", () => {
  it("asks the registry and rejects when it cannot tell", async () => {
    const signal = new AbortController().signal;
    const { seen, fetch } = fakeFetch(200, { valid: true });
    const options = { baseUrl: "http://host", apiKey: "k" };
    const query = { registryId: "e", contentHash: HASH };
    expect(await createHttpInstallValidator({ ...options, fetch }).validate(query, { signal })).toBe(true);
    expect(seen[0]?.url).toBe(
      `http://host/api/installs/validate?extension=e&hash=${encodeURIComponent(HASH)}`,
    );
    expect(seen[0]?.headers.get("x-api-key")).toBe("k");
    const validate = (status: number, body: unknown) =>
      createHttpInstallValidator({ ...options, fetch: fakeFetch(status, body).fetch }).validate(
        { ...query, tenantId: "acme" },
        { signal },
      );
    expect(await validate(200, { valid: false })).toBe(false);
    expect(await validate(404, {})).toBe(false);
    await expect(validate(500, {})).rejects.toThrow();
  });
});
