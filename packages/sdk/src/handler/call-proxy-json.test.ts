import { expect, test } from "vitest";
import { callProxyJson } from "./call-proxy-json.ts";
import { normalizeUserData } from "./normalize-user-data.ts";

test("callProxyJson sends and reads JSON, and says when the answer is not", async () => {
  const sent: unknown[] = [];
  const proxy = {
    callRoute: async (route: string, payload?: Uint8Array) => {
      sent.push([route, payload === undefined ? null : new TextDecoder().decode(payload)]);
      return new TextEncoder().encode(route === "/bad" ? "<html>" : '{"ok":true}');
    },
  };
  expect(await callProxyJson(proxy, "/a")).toEqual({ ok: true });
  expect(await callProxyJson(proxy, "/a", { x: 1 })).toEqual({ ok: true });
  expect(sent).toEqual([
    ["/a", null],
    ["/a", '{"x":1}'],
  ]);
  await expect(callProxyJson(proxy, "/bad")).rejects.toMatchObject({ code: "invalid_json" });
});

test("normalizeUserData takes pairs and maps", () => {
  const user = {
    tenantId: "t",
    clientName: "c",
    userId: "u",
    userEmail: "e",
    userName: "n",
    userType: "client",
  };
  expect(normalizeUserData({ ...user, additionalFields: [["a", "1"]] })).toEqual({
    ...user,
    additionalFields: { a: "1" },
  });
  expect(normalizeUserData({ ...user, additionalFields: { a: "1" } })).toEqual({
    ...user,
    additionalFields: { a: "1" },
  });
  expect(normalizeUserData({ ...user, clientId: null, additionalFields: null })).toEqual(user);
});
