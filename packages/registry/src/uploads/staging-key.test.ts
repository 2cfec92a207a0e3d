import { expect, test } from "vitest";
import { parseStagingKey, stagingKey } from "./staging-key.ts";

test("a staging key leads back to its id, and nothing else does", () => {
  const id = "54476593-4127-4b9c-856e-7e4f85daa48f";
  expect(parseStagingKey(stagingKey(id))).toBe(id);
  for (const key of [
    "",
    `sha256/_staging/${id}/../x/bundle.tar.zst`,
    `sha256/_staging/${id}/bundle.tar.zst\n`,
    `/sha256/_staging/${id}/bundle.tar.zst`,
    `sha256/_staging/${id.toUpperCase()}/bundle.tar.zst`,
    `sha256/ab/${"a".repeat(64)}.tar.zst`,
    `tenants/acme/_staging/${id}/bundle.tar.zst`,
  ]) {
    expect(parseStagingKey(key)).toBeNull();
  }
});
