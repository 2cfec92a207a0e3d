import { expect, test } from "vitest";
import { createMockHostBindings } from "./create-mock-host-bindings.ts";

test("keeps values, knows its ids, stays silent", async () => {
  const host = createMockHostBindings();
  await host.storage.putJson("n", "k", [1]);
  expect(await host.storage.getJson("n", "k")).toEqual([1]);
  expect(await host.context.get()).toEqual({
    requestId: "req-mock",
    tenantId: "tenant-mock",
    extensionId: "extension-mock",
  });
  await host.logging.error("nobody hears");
});

test("refuses what nobody mocked, by name", async () => {
  const host = createMockHostBindings({ secrets: { get: async (key) => `value of ${key}` } });
  expect(await host.secrets.get("k")).toBe("value of k");
  await expect(host.secrets.list()).rejects.toThrow("mock secrets.list not implemented");
  await expect(host.http.fetch({ method: "GET", url: "https://x", headers: [] })).rejects.toThrow(
    "mock http.fetch not implemented",
  );
});
