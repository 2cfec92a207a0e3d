import { afterEach, describe, test } from "vitest";
import { createCallAuthority } from "../call-authority.ts";
import { generateCallKeys } from "../testing/call-keys.ts";
import { INVOKER_CONTRACT, type InvokerHarness } from "../testing/invoker.contract.ts";
import { startScriptedRunner } from "../testing/scripted-runner.ts";
import { createHttpInvoker } from "./create-http-invoker.ts";

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** `others` are runners besides the one that a case looks at. */
async function harness(others: readonly string[] = []): Promise<InvokerHarness> {
  const keys = await generateCallKeys();
  const calls = await createCallAuthority({
    issuer: "gateway-1",
    privateKeyPem: keys.gatewayPrivatePem,
    runnerPublicKeyPem: keys.runnerPublicPem,
  });
  const keep = <Closable extends { close(): Promise<void> }>(one: Closable): Closable => {
    opened.push(one);
    return one;
  };
  return {
    startRunner: async (answer) => keep(await startScriptedRunner({ keys, ...(answer ? { answer } : {}) })),
    createInvoker: async (baseUrl) => {
      const runners = [baseUrl, ...others];
      const where = others.length === 0 ? { baseUrl } : { runners };
      return keep(createHttpInvoker({ ...where, calls, connectRetryMs: 300 }));
    },
  };
}

describe("createHttpInvoker keeps the RunnerInvoker contract", () => {
  test.each(INVOKER_CONTRACT)("$name", async (one) => {
    await one.run(await harness());
  });
});

describe("createHttpInvoker keeps it when other runners are down", () => {
  test.each(INVOKER_CONTRACT)("$name", async (one) => {
    // Nobody may listen on port 1.
    await one.run(await harness(["http://127.0.0.1:1", "http://[::1]:1"]));
  });
});
