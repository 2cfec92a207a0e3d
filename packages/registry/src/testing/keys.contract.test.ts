import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { createAwsKmsKeys } from "../adapters/aws-kms-keys.ts";
import { addFileKey, createFileKeyProvider, dropOldFileKeys } from "../adapters/file-keys.ts";
import { createVaultTransitKeys } from "../adapters/vault-transit-keys.ts";
import { KEY_PROVIDER_CASES } from "./keys.contract.ts";
import { createFakeKms, KMS_ALIAS } from "./kit/fake-kms.ts";
import { startFakeVault } from "./kit/fake-vault.ts";
import { createMemoryKeys } from "./kit/memory-keys.ts";

describe("memory", () => {
  test.each(KEY_PROVIDER_CASES)("$name", async ({ run }) => {
    const keys = createMemoryKeys();
    await run({ open: () => keys, rotate: async () => keys.rotate(), dropOld: async () => keys.forgetOld() });
  });
});

describe("file", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "ext-keys-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test.each(KEY_PROVIDER_CASES)("$name", async ({ name, run }) => {
    const path = join(dir, Buffer.from(name).toString("hex").slice(0, 60), "kek");
    await run({
      open: () => createFileKeyProvider(path),
      rotate: async () => void (await addFileKey(path)),
      dropOld: async () => void (await dropOldFileKeys(path)),
    });
  });
});

describe.each([
  ["a key that derives", true],
  ["a key that does not derive", false],
])("vault transit with %s", (_kind, derived) => {
  test.each(KEY_PROVIDER_CASES)("$name", async ({ run }) => {
    const vault = await startFakeVault({ derived });
    try {
      await run({
        open: () => createVaultTransitKeys({ address: vault.address, token: () => vault.token, key: "kek" }),
        rotate: async () => vault.rotate(),
        dropOld: async () => vault.dropOld(),
      });
    } finally {
      await vault.close();
    }
  });
});

describe("aws kms", () => {
  test.each(KEY_PROVIDER_CASES)("$name", async ({ run }) => {
    const client = createFakeKms();
    await run({
      open: () => createAwsKmsKeys({ client, keyId: KMS_ALIAS }),
      rotate: async () => client.rotate(),
      dropOld: async () => client.dropOld(),
    });
  });
});
