import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createApiClient, type ProxyCaller } from "./api-client.ts";
import { ApiError } from "./api-error.ts";

type Call = Parameters<ProxyCaller["callProxy"]>;

function answering(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): ProxyCaller & { calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    callProxy: async (...call) => {
      calls.push(call);
      return { status, headers, body: new TextEncoder().encode(body) };
    },
  };
}

describe("createApiClient", () => {
  it("sends JSON and reads JSON", async () => {
    const bridge = answering(201, '{"id":"1"}');
    const api = createApiClient(bridge);
    expect(await api.post("/agreements", { title: "Zürich ✓ 株式会社" }, { timeoutMs: 5 })).toEqual({
      id: "1",
    });
    expect(bridge.calls[0]).toEqual([
      "/agreements",
      {
        method: "POST",
        headers: { accept: "application/json", "content-type": "application/json" },
        body: '{"title":"Zürich ✓ 株式会社"}',
        timeoutMs: 5,
      },
    ]);
  });

  it("sends no body and no content type where there is nothing to send", async () => {
    const bridge = answering(200, "[]");
    const api = createApiClient(bridge);
    await api.get("/a");
    await api.delete("/a");
    await api.post("/a");
    await api.put("/a", null);
    await api.patch("/a", 0);
    expect(bridge.calls.map(([, options]) => [options?.method, options?.body])).toEqual([
      ["GET", undefined],
      ["DELETE", undefined],
      ["POST", undefined],
      ["PUT", "null"],
      ["PATCH", "0"],
    ]);
    expect(bridge.calls[0]?.[1]?.headers).toEqual({ accept: "application/json" });
  });

  it("answers null for an empty success", async () => {
    expect(await createApiClient(answering(204, "")).delete("/a")).toBeNull();
  });

  it.each([
    [404, '{"error":"endpoint_not_found"}', "endpoint_not_found", { error: "endpoint_not_found" }, false],
    [502, "<html>", null, "<html>", true],
    [429, "", null, null, true],
    [400, '["x"]', null, ["x"], false],
    [422, '{"error":{"nested":1}}', null, { error: { nested: 1 } }, false],
  ])("turns a %i into an ApiError with its body", async (status, text, error, body, retryable) => {
    const api = createApiClient(answering(status, text, { "x-request-id": "r7" }));
    const failure: unknown = await api.get("/a").catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({
      code: "request_failed",
      status,
      error,
      body,
      requestId: "r7",
      retryable,
    });
  });

  it("says when a success is not JSON", async () => {
    await expect(createApiClient(answering(200, "<html>")).get("/a")).rejects.toMatchObject({
      code: "invalid_json",
      status: 200,
      body: "<html>",
    });
  });

  it("takes a body without a JSON form for a caller mistake", async () => {
    await expect(createApiClient(answering(200, "")).post("/a", () => 1)).rejects.toThrow(TypeError);
  });

  it("passes bridge failures on", async () => {
    const broken = createApiClient({ callProxy: () => Promise.reject(new RangeError("closed")) });
    await expect(broken.get("/a")).rejects.toThrow(RangeError);
  });

  it("gives back any JSON value it sent", async () => {
    const echo = createApiClient({
      callProxy: async (_route, options) => ({
        status: 200,
        headers: {},
        body: new TextEncoder().encode(options?.body as string),
      }),
    });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(JSON.stringify(await echo.post("/echo", value))).toBe(JSON.stringify(value));
      }),
    );
  });
});
