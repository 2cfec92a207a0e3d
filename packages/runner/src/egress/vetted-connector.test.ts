import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Client } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from "../../test-support/tls.ts";
import { createVettedConnector } from "./vetted-connector.ts";

const names: (string | false | null)[] = [];
const server = createServer({ cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY }, (_request, response) =>
  response.end("ok"),
);
server.on("secureConnection", (socket) => names.push(socket.servername));

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => server.close());

async function get(name: string, options: { addresses?: string[]; isAllowed?: boolean; ca?: string }) {
  const client = new Client(`https://${name}:${(server.address() as AddressInfo).port}`, {
    connect: createVettedConnector(options.addresses ?? ["127.0.0.1"], {
      isAllowed: () => options.isAllowed ?? true,
      timeoutMs: 2_000,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    }),
  });
  try {
    const { body } = await client.request({ method: "GET", path: "/" });
    return await body.text();
  } finally {
    await client.destroy();
  }
}

describe("createVettedConnector", () => {
  it("connects to the vetted address under the name's own certificate", async () => {
    expect(await get("api.vendor.example", { ca: TEST_CERTIFICATE })).toBe("ok");
    expect(names.at(-1)).toBe("api.vendor.example");
  });

  it("refuses a certificate it does not trust, and one for another name", async () => {
    await expect(get("api.vendor.example", {})).rejects.toThrow();
    await expect(get("other.vendor.example", { ca: TEST_CERTIFICATE })).rejects.toThrow();
  });

  it("hangs up when the peer turns out not to be allowed", async () => {
    await expect(get("api.vendor.example", { ca: TEST_CERTIFICATE, isAllowed: false })).rejects.toThrow();
  });
});
