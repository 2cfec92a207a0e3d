import type { Principal } from "@alga-ext/protocol";
import { expect, test } from "vitest";
import { chainAuthenticators } from "./authenticator.ts";

const someone: Principal = {
  tenantId: "acme",
  userId: "ada",
  userType: "internal",
  email: "",
  name: "",
  permissions: [],
};
const request = new Request("http://localhost/");

test("the first that knows the kind of credential decides", async () => {
  const unknown = async () => undefined;
  const bad = async () => null;
  const good = async () => someone;
  expect(await chainAuthenticators(unknown, good)(request)).toBe(someone);
  expect(await chainAuthenticators(unknown, bad, good)(request)).toBeNull();
  expect(await chainAuthenticators(unknown, unknown)(request)).toBeNull();
  expect(await chainAuthenticators()(request)).toBeNull();
});
