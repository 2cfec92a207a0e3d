import { expect, it } from "vitest";
import { SdkError } from "../errors.ts";
import { connect } from "./connect.ts";

it("says so when there is no host, and keeps the bridge's own code", async () => {
  const top = { parent: {} as unknown, addEventListener() {}, removeEventListener() {} };
  top.parent = top;
  const failure: unknown = await connect({ window: top as never }).catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(SdkError);
  expect(failure).toMatchObject({ code: "host_unavailable", details: { bridge: "not_embedded" } });
});

it("says so when the host does not answer", async () => {
  const frame = { parent: { postMessage() {} }, addEventListener() {}, removeEventListener() {} };
  await expect(connect({ window: frame, timeoutMs: 1 })).rejects.toMatchObject({
    code: "host_unavailable",
    retryable: true,
    details: { bridge: "handshake_timeout" },
  });
});
