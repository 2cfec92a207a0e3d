import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContentHash } from "@alga-ext/protocol";
import { buildComponent } from "../../test-support/build-component.ts";
import { createTestGateway } from "../../test-support/call-token.ts";
import { bodyOf, requestFor, startTestRunner } from "../../test-support/test-runner.ts";

const GUEST = `export function handler({ http: { url } }) {
  if (url === "/loop") for (;;);
  return { status: 200, headers: [], body: Uint8Array.from([111, 107]) };
}`;
let started: Awaited<ReturnType<typeof startTestRunner>>;
let hash: ContentHash;

beforeAll(async () => {
  started = await startTestRunner([{ component: await buildComponent(GUEST) }], {
    allowNoWall: true,
    limits: { concurrentPerInstall: 1 },
  });
  hash = started.hashes[0] as ContentHash;
  await started.runner.execute(requestFor(hash, "/"));
}, 120_000);
afterAll(() => started.runner.close({ graceMs: 0 }));

describe("a caller that goes away", () => {
  it("G14: frees the slot of a guest that spins, within a second", async () => {
    const caller = new AbortController();
    const looping = started.runner.execute(requestFor(hash, "/loop"), { signal: caller.signal });
    const next = started.runner.execute(requestFor(hash, "/"));
    const leftAt = performance.now();
    caller.abort();
    expect(bodyOf(await next)).toBe("ok");
    expect(performance.now() - leftAt).toBeLessThan(1_000);
    expect(await looping).toMatchObject({ error: "execute_failed" });
  });

  it("G14: is noticed when its connection closes", async () => {
    const server = createServer(started.runner.listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const gateway = createTestGateway(started.keys);
    const token = await gateway.handshakeToken();
    await fetch(`http://127.0.0.1:${port}/v1/handshake`, { method: "POST", body: JSON.stringify({ token }) });
    const signed = gateway.request(requestFor(hash, "/loop"));
    const client = httpRequest({
      port,
      host: "127.0.0.1",
      method: "POST",
      path: "/v1/execute",
      headers: Object.fromEntries(signed.headers),
    });
    client.on("error", () => undefined);
    client.end(await signed.text());
    await expect
      .poll(() => fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text()))
      .toContain("calls_in_flight 1");
    const next = started.runner.execute(requestFor(hash, "/"));
    const leftAt = performance.now();
    client.destroy();
    expect(bodyOf(await next)).toBe("ok");
    expect(performance.now() - leftAt).toBeLessThan(1_000);
    server.close();
    server.closeAllConnections();
  });
});

describe("a runner that closes", () => {
  let own: Awaited<ReturnType<typeof startTestRunner>>;
  beforeAll(async () => {
    own = await startTestRunner([{ component: await buildComponent(GUEST) }], { allowNoWall: true });
  });

  it("F23: lets what runs end, and refuses what comes", async () => {
    const [ownHash] = own.hashes as [ContentHash];
    await own.runner.execute(requestFor(ownHash, "/"));
    const running = own.runner.execute(requestFor(ownHash, "/loop", { limits: { timeout_ms: 1_500 } }));
    const metrics = () =>
      own.runner.fetch(new Request("http://runner/metrics")).then((answer) => answer.text());
    await expect.poll(metrics).toContain("calls_in_flight 1");
    const closing = own.runner.close({ graceMs: 5_000 });
    const late = await own.runner.execute(requestFor(ownHash, "/"));
    expect(late).toMatchObject({ status: 503, error: "not_admitted", headers: { "retry-after": "1" } });
    expect(await running).toMatchObject({ error: "deadline_exceeded" });
    await closing;
  });
});
