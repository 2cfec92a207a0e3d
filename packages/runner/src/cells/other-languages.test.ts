import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContentHash, ExecuteRequest } from "@alga-ext/protocol";
import { ASSEMBLY_GUEST } from "../../test-support/assembly-guest.ts";
import { buildAssembly } from "../../test-support/build-assembly.ts";
import { bodyOf, requestFor, startTestRunner } from "../../test-support/test-runner.ts";
import type { Runner } from "../create-runner.ts";
import { createMemoryStorage } from "../testing/index.ts";

/** Memory of one guest: three times what `/grow` takes, less than `/bomb` wants. */
const MEMORY_MB = 64;

let upstream: Server;
let runner: Runner;
let hash: ContentHash;

beforeAll(async () => {
  upstream = createServer((_request, response) => response.end("from outside"));
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const started = await startTestRunner([{ component: await buildAssembly(ASSEMBLY_GUEST) }], {
    storage: createMemoryStorage(),
    egressOverrides: { "upstream.example": url },
    allowNoWall: true,
  });
  ({ runner } = started);
  [hash] = started.hashes as [ContentHash];
}, 60_000);
afterAll(async () => {
  await runner.close();
  upstream.close();
});

const call = (path: string, overrides: Partial<ExecuteRequest> = {}) =>
  runner.execute(requestFor(hash, path, { egress: ["upstream.example"], ...overrides }));

describe("a component in AssemblyScript", () => {
  it("reads its request, logs and answers with status, headers and body", async () => {
    const http = { method: "POST", path: "/echo", body_b64: Buffer.from("ünïcode").toString("base64") };
    const response = await call("/echo", { http });
    expect(response).toMatchObject({ status: 200, error: null, headers: { "x-guest": "assembly" } });
    expect(bodyOf(response)).toBe("POST acme ünïcode");
    expect(response.usage?.log_lines.map(({ message }) => message)).toEqual(["ünïcode"]);
    expect(bodyOf(await call("/echo"))).toBe("GET acme none");
    expect((await call("/elsewhere")).status).toBe(404);
  });

  it("waits for the host, and reads records, results and errors", async () => {
    expect(bodyOf(await call("/context"))).toBe("acme");
    // `missing` is the first storage error.
    expect(bodyOf(await call("/store"))).toBe("revision 1, kept ü, error 0");
    expect(bodyOf(await call("/fetch"))).toBe("200 from outside");
    // `not-allowed` is the second error of http.
    expect(bodyOf(await call("/denied"))).toBe("error 1");
    expect(bodyOf(await call("/store", { providers: [] }))).toBe("error 2, error 2, error 2");
  });

  it("finds its first state on every call, whatever the calls before did", async () => {
    const seen: string[] = [];
    for (const path of ["/calls", "/grow", "/trap", "/calls", "/store", "/grow", "/calls"]) {
      const response = await call(path);
      if (path !== "/store" && path !== "/trap") seen.push(bodyOf(response));
    }
    seen.push(...(await Promise.all(Array.from({ length: 20 }, async () => bodyOf(await call("/calls"))))));
    expect(new Set(seen)).toEqual(new Set(["1"]));
  });

  it.each([
    ["/loop", "deadline_exceeded", { timeout_ms: 150 }],
    ["/loop", "cpu_exceeded", { timeout_ms: 10_000, cpu_ms: 100 }],
    ["/bomb", "memory_exceeded", { timeout_ms: 20_000, memory_mb: MEMORY_MB }],
    ["/trap", "execute_failed", {}],
  ])("%s ends as %s, and the next call is served", async (path, code, limits) => {
    expect((await call(path, { limits })).error?.split(":")[0]).toBe(code);
    expect(bodyOf(await call("/calls"))).toBe("1");
  });
});
