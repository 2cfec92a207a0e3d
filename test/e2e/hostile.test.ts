import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, inject, test } from "vitest";
import { createPemSigner, pack, readBundle } from "@alga-ext/bundle/node";
import { sign, toStatement } from "@alga-ext/bundle";
import { descendants, login } from "./deployment.ts";
import { hostileComponent } from "./fixtures/hostile-component.ts";

const { baseUrl, runnerUrl, runnerUiUrl, dataDir, pid, agreements, probe } = inject("deployment");
const admin = await login(baseUrl, { tenantId: "acme", role: "admin" });

const call = async (
  path: string,
  init?: Parameters<typeof admin>[1],
): Promise<{ status: number; body: { error?: string; requestId?: string; [key: string]: unknown } }> => {
  const response = await admin(`/api/ext/${probe}${path}`, init);
  return { status: response.status, body: (await response.json()) as { error?: string } };
};

describe("the runner's door", () => {
  test("direct execute without a token is refused, with any static header too", async () => {
    for (const headers of [{}, { "x-runner-auth": "guess" }, { authorization: "Bearer x.y.z" }] as Record<
      string,
      string
    >[]) {
      const response = await fetch(`${runnerUrl}/v1/execute`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-alga-tenant": "acme",
          "x-alga-extension": agreements,
          ...headers,
        },
        body: JSON.stringify({
          context: { tenant_id: "acme", extension_id: agreements, content_hash: `sha256:${"0".repeat(64)}` },
          http: { method: "GET", path: "/agreements" },
        }),
      });
      expect(response.status).toBe(401);
      expect(((await response.json()) as { error: string }).error).toMatch(/^call_token_/);
    }
  });

  test("internal host-API routes refuse without the runner's key and the call's token", async () => {
    for (const headers of [{}, { "x-runner-auth": "guess" }] as Record<string, string>[]) {
      const response = await fetch(`${baseUrl}/api/internal/ext-storage/install/${probe}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ operation: "list", namespace: "agreements" }),
      });
      expect(response.status).toBe(401);
    }
  });

  test("execute is not served on the UI listener", async () => {
    const response = await fetch(`${runnerUiUrl}/v1/execute`, { method: "POST", body: "{}" });
    expect(response.status).toBe(404);
  });
});

describe("hostile handlers", () => {
  test("egress to an undeclared host is the typed error", async () => {
    expect((await call("/fetch-undeclared")).body.error).toBe("not-allowed");
  });

  test("egress to private addresses is refused", async () => {
    const { body } = await call("/fetch-private");
    expect(JSON.stringify(body)).toContain("not-allowed");
    expect(JSON.stringify(body)).not.toContain('"status":200');
  });

  test("every call starts from pristine state", async () => {
    const counts = await Promise.all(
      Array.from({ length: 6 }, async () => (await call("/counter")).body["count"]),
    );
    expect(counts).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test("a trap is a 500 without internals, and the next call works", async () => {
    const trapped = await call("/trap");
    expect(trapped.status).toBe(500);
    expect(trapped.body.requestId).toBeTypeOf("string");
    expect(JSON.stringify(trapped.body)).not.toMatch(/\bat \S+ \(|node:|\/src\/|wasm-function/);
    expect((await call("/ok")).status).toBe(200);
  });

  test("memory is contained and the install answers again", async () => {
    const { status } = await call("/grow");
    expect([200, 500, 502]).toContain(status);
    expect((await call("/ok")).status).toBe(200);
  });

  test("guest headers that belong to the host are dropped", async () => {
    const response = await admin(`/api/ext/${probe}/headers`);
    expect(response.headers.get("set-cookie")).toBe(null);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(response.headers.get("cache-control")).not.toContain("public");
    expect(response.headers.get("x-ext-request-id")).not.toBe(null);
  });

  test("an endless loop is cut at its deadline with 504 while another install keeps answering", async () => {
    const started = performance.now();
    const looping = call("/loop", { headers: { "x-request-id": "e2e-loop" } });
    let answered = 0;
    let worstMs = 0;
    const progress = { isOver: false };
    void looping.finally(() => (progress.isOver = true));
    while (!progress.isOver) {
      // Ten times a second: the host's rate limit is part of the deployment.
      await delay(100);
      const before = performance.now();
      expect((await admin(`/api/ext/${agreements}/agreements`)).status).toBe(200);
      worstMs = Math.max(worstMs, performance.now() - before);
      answered++;
      if (performance.now() - started > 60_000) break;
    }
    const outcome = await looping;
    expect([outcome.status, outcome.body.error, outcome.body.requestId]).toEqual([
      504,
      "deadline_exceeded",
      "e2e-loop",
    ]);
    expect(answered).toBeGreaterThan(5);
    process.stdout.write(
      `loop cut after ${Math.round(performance.now() - started)} ms; neighbour answered ${answered} times, worst ${Math.round(worstMs)} ms\n`,
    );
    expect((await call("/ok")).status).toBe(200);
    const spinning = (await descendants(pid)).filter((one) => /spin/.test(one.command));
    expect(spinning).toEqual([]);
  });
});

describe("hostile bundles", () => {
  const publish = async (archive: Uint8Array, signatures: string): Promise<Response> => {
    const apiKey = (await readFile(join(dataDir, "keys", "publisher-api-key"), "utf8")).trim();
    const headers = { "x-api-key": apiKey, "content-type": "application/octet-stream" };
    const upload = await fetch(
      `${baseUrl}/api/ext-bundles/upload-proxy?filename=bundle.tar.zst&size=${archive.byteLength}`,
      { method: "POST", headers, body: archive as BodyInit },
    );
    const { upload: staged } = (await upload.json()) as { upload: { key: string } };
    return fetch(`${baseUrl}/api/ext-bundles/finalize`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ key: staged.key, signatures }),
    });
  };
  const signed = async (
    files: Record<string, Uint8Array>,
  ): Promise<{ archive: Uint8Array; signatures: string }> => {
    const { archive } = await pack(files);
    const signer = await createPemSigner(await readFile(join(dataDir, "keys", "signing.pem"), "utf8"));
    return {
      archive,
      signatures: await sign(
        toStatement(await readBundle(archive), { createdAt: new Date().toISOString() }),
        signer,
      ),
    };
  };
  const manifest = (name: string): Uint8Array =>
    Buffer.from(
      JSON.stringify({
        name,
        publisher: "acme-labs",
        version: "1.0.0",
        runtime: "wasm-js@1",
        capabilities: [],
        api: { endpoints: [{ method: "GET", path: "/x", handler: "dist/main" }] },
      }),
    );

  test("a component whose core export name carries JavaScript is refused at publish", async () => {
    const { archive, signatures } = await signed({
      "manifest.json": manifest("injected"),
      "dist/main.wasm": hostileComponent(),
    });
    const response = await publish(archive, signatures);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).toContain("BAD_CORE_NAME");
    expect("__pwned" in globalThis).toBe(false);
    const catalog = (await (await admin("/api/extensions/catalog")).json()) as {
      extensions: { name: string }[];
    };
    expect(catalog.extensions.some((one) => one.name === "injected")).toBe(false);
  });

  test("unsigned, and signed by somebody else, are refused", async () => {
    const { archive, signatures } = await signed({
      "manifest.json": manifest("unsigned"),
      "ui/index.html": Buffer.from("<!doctype html>"),
    });
    const other = await signed({
      "manifest.json": manifest("other"),
      "ui/index.html": Buffer.from("<!doctype html>"),
    });
    expect((await publish(archive, "")).status).toBeGreaterThanOrEqual(400);
    expect((await publish(archive, other.signatures)).status).toBeGreaterThanOrEqual(400);
    expect(
      (await publish(archive, signatures.replace(/"signature":"...../, '"signature":"AAAAA'))).status,
    ).toBeGreaterThanOrEqual(400);
  });

  test("the UI is served by hash only, inert outside a frame, and never for what is not installed", async () => {
    const installs = (await (await admin("/api/extensions/installs")).json()) as {
      installs: { registryId: string; contentHash: string }[];
    };
    const { contentHash } = installs.installs.find((one) => one.registryId === agreements)!;
    const page = await fetch(
      `${runnerUiUrl}/ext-ui/${agreements}/${encodeURIComponent(contentHash)}/index.html?tenant=acme`,
    );
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("sandbox");
    expect(page.headers.get("content-security-policy")).toContain(`frame-ancestors ${baseUrl}`);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.get("set-cookie")).toBe(null);
    const wrong = await fetch(
      `${runnerUiUrl}/ext-ui/${agreements}/sha256:${"0".repeat(64)}/index.html?tenant=acme`,
    );
    expect(wrong.status).toBe(404);
    for (const path of [
      "..%2f..%2fmanifest.json",
      ".git/config",
      "%2e%2e/manifest.json",
      "manifest.json%5cx",
      "ui%2findex.html",
    ]) {
      const response = await fetch(
        `${runnerUiUrl}/ext-ui/${agreements}/${encodeURIComponent(contentHash)}/${path}`,
      );
      expect([400, 404]).toContain(response.status);
    }
  });
});
