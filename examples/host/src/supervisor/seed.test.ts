import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { seedOnce } from "./seed.ts";

test("a start that was cut off goes on with the build that is there now, once", async () => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    request.resume().once("end", () => {
      const status = line === "POST /api/v1/extensions/install" ? 409 : 200;
      response.writeHead(status, { "set-cookie": "session=1; Path=/" }).end("{}");
    });
  });
  const dataDir = await mkdtemp(join(tmpdir(), "alga-seed-"));
  try {
    await once(server.listen(0, "127.0.0.1"), "listening");
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { dataDir, baseUrl, registryId: "r", version: "0.1.1" };
    expect(await seedOnce(options)).toBe(true);
    expect(requests.slice(0, 4)).toEqual([
      "POST /login",
      "POST /api/v1/extensions/install",
      "POST /api/v1/extensions/update",
      "PUT /api/extensions/r/secrets",
    ]);
    const { length } = requests;
    expect(await seedOnce(options)).toBe(false);
    expect(requests).toHaveLength(length);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
