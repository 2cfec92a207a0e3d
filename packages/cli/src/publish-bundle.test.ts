import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateKey } from "./generate-key.ts";
import { publishBundle } from "./publish-bundle.ts";
import { runCli } from "./run-cli.ts";
import { signBundle } from "./sign-bundle.ts";
import { createWorkFolder, type WorkFolder } from "../test-support/work-folder.ts";

let work: WorkFolder;
beforeEach(async () => {
  work = await createWorkFolder();
});
afterEach(async () => {
  await work.remove();
});

interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}
type Route = (response: ServerResponse) => void;
const json =
  (status: number, body: unknown): Route =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

describe("publishBundle", () => {
  const KEY = "sha256/_staging/u/bundle.tar.zst";
  const finalized = {
    extension: { id: "ext-1", name: "packed", publisher: "tests" },
    version: { id: "ver-1", version: "1.2.7" },
    contentHash: "0".repeat(64),
    canonicalKey: "k",
    warnings: ["look here"],
  };
  let server: Server;
  let baseUrl: string;
  let seen: Seen[];
  let routes: Record<string, Route>;
  beforeEach(async () => {
    seen = [];
    routes = {
      "/api/ext-bundles/upload-proxy": json(200, { upload: { key: KEY, strategy: "staging" } }),
      "/api/ext-bundles/finalize": json(200, finalized),
      "/api/ext-bundles/abort": json(200, { status: "deleted" }),
    };
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const path = request.url ?? "";
        seen.push({ path, headers: request.headers, body: Buffer.concat(chunks) });
        routes[path.split("?")[0] ?? ""]?.(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("uploads the archive as it is, then publishes it with its signatures", async () => {
    const file = await work.packed();
    const { privateKeyFile } = await generateKey({ file: join(work.dir, "key.pem") });
    const { contentHash } = await signBundle({ file, privateKeyFile });
    expect(await publishBundle({ file, baseUrl: `${baseUrl}/`, apiKey: "k-1" })).toEqual(finalized);
    const archive = await readFile(file);
    const [upload, finalize] = seen;
    const hash = contentHash.slice("sha256:".length);
    expect(upload?.path).toBe(
      `/api/ext-bundles/upload-proxy?filename=bundle.tar.zst&size=${archive.length}&declaredHash=${hash}`,
    );
    expect(upload?.headers).toMatchObject({ "x-api-key": "k-1", "content-length": String(archive.length) });
    expect(upload?.body).toEqual(archive);
    expect(JSON.parse(String(finalize?.body))).toEqual({
      key: KEY,
      size: archive.length,
      declaredHash: hash,
      signatures: await readFile(`${file}.jws`, "utf8"),
    });
    expect(seen).toHaveLength(2);
  });

  test("withdraws what it staged when the host refuses, and says why", async () => {
    const file = await work.packed();
    routes["/api/ext-bundles/finalize"] = json(409, {
      success: false,
      error: { message: "exists", code: "EXTENSION_VERSION_ALREADY_EXISTS" },
    });
    await expect(publishBundle({ file, baseUrl, apiKey: "k" })).rejects.toMatchObject({
      code: "publish_refused",
      details: { code: "EXTENSION_VERSION_ALREADY_EXISTS", status: 409 },
    });
    expect(JSON.parse(String(seen.at(-1)?.body))).toEqual({ key: KEY });
  });

  test.each([
    [
      "HASH_MISMATCH",
      json(400, { error: "wrong", code: "HASH_MISMATCH", details: { computed: "x" } }),
      false,
    ],
    ["http_503", json(503, null), true],
    ["http_200", (response: ServerResponse) => void response.end("<html>"), false],
  ])("a refused upload is %s", async (code, route, retryable) => {
    routes["/api/ext-bundles/upload-proxy"] = route;
    const file = await work.packed();
    await expect(publishBundle({ file, baseUrl, apiKey: "k" })).rejects.toMatchObject({
      code: "publish_refused",
      retryable,
      details: { code },
    });
  });

  test("the API key never follows a redirect", async () => {
    routes["/api/ext-bundles/upload-proxy"] = (response) =>
      void response.writeHead(307, { location: "/elsewhere" }).end();
    const file = await work.packed();
    await expect(publishBundle({ file, baseUrl, apiKey: "k" })).rejects.toMatchObject({
      code: "host_unreachable",
    });
    expect(seen.map(({ path }) => path.split("?")[0])).toEqual(["/api/ext-bundles/upload-proxy"]);
  });

  test("a host that is not there is host_unreachable", async () => {
    const file = await work.packed();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(publishBundle({ file, baseUrl, apiKey: "k" })).rejects.toMatchObject({
      code: "host_unreachable",
      retryable: true,
    });
  });

  test("the bin publishes with settings from the environment", async () => {
    const file = await work.packed();
    const printed: string[] = [];
    const streams = {
      out: (text: string) => void printed.push(text),
      err: (text: string) => void printed.push(text),
    };
    const env = { ALGA_API_KEY: "k", ALGA_API_BASE_URL: baseUrl };
    expect(await runCli(["publish", file], { ...streams, env })).toBe(0);
    expect(printed).toEqual(["warning: look here\n", "Published packed 1.2.7 (ext-1)\n"]);
    printed.length = 0;
    expect(
      await runCli(["--json", "publish", file, "--api-key", "k", "--base-url", baseUrl], {
        ...streams,
        env: {},
      }),
    ).toBe(0);
    expect(JSON.parse(printed.at(-1) ?? "")).toEqual(finalized);
  });
});
