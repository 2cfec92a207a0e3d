import { expect, test } from "vitest";
import { runnerDomain } from "./runner-domain.ts";

test.each([
  ["acme", "54476593-4127-4b9c-856e-7e4f85daa48f", "acme-54476593.ext.example"],
  [
    "0a1b2c3d-0000-4000-8000-000000000000",
    "ffffffff-4127-4b9c-856e-7e4f85daa48f",
    "0a1b2c3d-ffffffff.ext.example",
  ],
  ["Acme Corporation Ltd", "my-extension-name", "acmecorpora-myextension.ext.example"],
  ["--Ä__b--", "x", "b-x.ext.example"],
  ["日本", "54476593-4127-4b9c-856e-7e4f85daa48f", "54476593.ext.example"],
])("%s and %s", (tenantId, registryId, domain) => {
  expect(runnerDomain(tenantId, registryId, "ext.example")).toBe(domain);
});
