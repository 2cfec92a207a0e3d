import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createFakeKms, KMS_ALIAS } from "../testing/kit/fake-kms.ts";
import { createAwsKmsKeys, type KmsClient } from "./aws-kms-keys.ts";

test.each(["ThrottlingException", "KMSInvalidStateException", "AccessDeniedException", "TimeoutError"])(
  "%s counts as away",
  async (failure) => {
    const client = createFakeKms();
    const keys = createAwsKmsKeys({ client, keyId: KMS_ALIAS });
    const wrapped = await keys.wrap(randomBytes(32), "c");
    client.failure = failure;
    const away = { code: "key_provider_unavailable", status: 503, retryable: true };
    await expect(keys.wrap(randomBytes(32), "c")).rejects.toMatchObject(away);
    await expect(keys.unwrap(wrapped, "c")).rejects.toMatchObject(away);
    await expect(keys.rewrap(wrapped, "c")).rejects.toMatchObject(away);
  },
);

test("the context travels as encryption context, and the key's own id is asked for on the way back", async () => {
  const client = createFakeKms();
  const keys = createAwsKmsKeys({ client, keyId: KMS_ALIAS });
  const wrapped = await keys.wrap(randomBytes(32), '["acme","kid-1"]');
  expect(wrapped.keyId).toMatch(/^arn:aws:kms:/);
  await keys.unwrap(wrapped, '["acme","kid-1"]');
  const context = { "alga-ext:data-key": '["acme","kid-1"]' };
  expect(client.contexts).toEqual([context, context]);
});

test("a client that does not answer is given up in time, and one that answers nothing counts as away", async () => {
  const never = (_input: unknown, options?: { abortSignal?: AbortSignal }) =>
    new Promise<never>((_resolve, reject) => {
      options?.abortSignal?.addEventListener("abort", () => reject(new Error("aborted")));
    });
  const empty: KmsClient = { encrypt: async () => ({}), decrypt: async () => ({}) };
  for (const client of [{ encrypt: never, decrypt: never }, empty]) {
    const keys = createAwsKmsKeys({ client, keyId: KMS_ALIAS, timeoutMs: 20 });
    const away = { code: "key_provider_unavailable" };
    await expect(keys.wrap(randomBytes(32), "c")).rejects.toMatchObject(away);
    await expect(keys.unwrap({ wrapped: "AAAA", keyId: "arn" }, "c")).rejects.toMatchObject(away);
  }
});
