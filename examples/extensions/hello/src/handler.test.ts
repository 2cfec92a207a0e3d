import { createMockHostBindings } from "@alga-ext/sdk/testing";
import { expect, test } from "vitest";
import { handler } from "./handler.ts";

test("counts greetings", async () => {
  const host = createMockHostBindings();
  const call = async (method: string): Promise<unknown> => {
    const { body } = await handler(
      {
        context: { tenantId: "acme", extensionId: "hello" },
        http: { method, url: "/greetings", headers: [] },
      },
      host,
    );
    return JSON.parse(new TextDecoder().decode(body ?? undefined));
  };
  expect(await call("GET")).toEqual({ count: 0 });
  expect(await call("POST")).toEqual({ count: 1 });
  expect(await call("GET")).toEqual({ count: 1 });
});
