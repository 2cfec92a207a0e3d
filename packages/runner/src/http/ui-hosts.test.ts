import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContentHash } from "@alga-ext/protocol";
import { startTestRunner } from "../../test-support/test-runner.ts";
import type { HostOwner, Runner, RunnerOptions } from "../index.ts";

const UI = { "index.html": "<!doctype html>", "app.js": "1" };
const runners: Runner[] = [];
let looks: string[];
let asked: unknown[];
let hash: ContentHash;

async function start(options: Partial<RunnerOptions> = {}): Promise<Runner["fetchUi"]> {
  looks = [];
  asked = [];
  const started = await startTestRunner([{ ui: UI }], {
    publicBase: "https://*.ext.example",
    hosts: {
      lookup(host): Promise<HostOwner | null> {
        looks.push(host);
        if (host === "down.ext.example") return Promise.reject(new Error("registry is down"));
        if (host !== "acme-app.ext.example") return Promise.resolve(null);
        return Promise.resolve({ tenantId: "acme", registryId: "ext-1", contentHash: hash });
      },
    },
    installs: {
      validate(query) {
        asked.push(query);
        return Promise.resolve(query.tenantId === undefined || query.tenantId === "acme");
      },
    },
    ...options,
  });
  runners.push(started.runner);
  hash = started.hashes[0] as ContentHash;
  return started.runner.fetchUi;
}
afterAll(() => Promise.all(runners.map((runner) => runner.close())));

const from = (host: string, path: string, method = "GET") =>
  new Request(`http://runner${path}`, { method, headers: { host } });

describe("/ on the host of an install", () => {
  let ui: Runner["fetchUi"];
  beforeAll(async () => {
    ui = await start();
  });

  it("leads to its UI and keeps the query", async () => {
    const path = "/?path=%2Fagreements%2F7&parentOrigin=https%3A%2F%2Fapp.example&tenant=other&extensionId=x";
    for (const method of ["GET", "HEAD"]) {
      const response = await ui(from("ACME-app.ext.example:8443", path, method));
      expect([response.status, response.headers.get("cache-control")]).toEqual([307, "no-store"]);
      const location = new URL(response.headers.get("location") ?? "", "https://acme-app.ext.example");
      expect(decodeURIComponent(location.pathname)).toBe(`/ext-ui/ext-1/${hash}/index.html`);
      expect([...location.searchParams]).toEqual([
        ["path", "/agreements/7"],
        ["parentOrigin", "https://app.example"],
        ["tenant", "acme"],
        ["extensionId", "ext-1"],
      ]);
      const { pathname, search } = location;
      expect((await ui(from("acme-app.ext.example", pathname + search))).status).toBe(200);
    }
    expect(looks).toEqual(["acme-app.ext.example"]);
  });

  it.each([
    ["nobody.ext.example", "GET", 404, "not_found"],
    ["down.ext.example", "GET", 502, "bad_gateway"],
    ["acme-app.ext.example", "POST", 405, "method_not_allowed"],
  ])("refuses %s %s", async (host, method, status, error) => {
    const response = await ui(from(host, "/", method));
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([status, error]);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("is no place where nothing looks up hosts", async () => {
    const { runner } = await startTestRunner([]);
    runners.push(runner);
    expect((await runner.fetchUi(from("acme-app.ext.example", "/"))).status).toBe(404);
  });
});

describe("the host of an install", () => {
  it("holds nothing of anybody else, and needs no tenant in the query", async () => {
    const ui = await start();
    const get = async (host: string, path: string) => (await ui(from(host, path))).status;
    const own = `/ext-ui/ext-1/${hash}/app.js`;
    expect(await get("acme-app.ext.example", own)).toBe(200);
    expect(asked).toEqual([{ tenantId: "acme", registryId: "ext-1", contentHash: hash }]);
    expect(await get("acme-app.ext.example", `${own}?tenant=other`)).toBe(404);
    expect(await get("acme-app.ext.example", `/ext-ui/ext-2/${hash}/app.js`)).toBe(404);
    expect(await get("shared.example", `/ext-ui/ext-2/${hash}/app.js`)).toBe(200);
    expect(await get("down.ext.example", own)).toBe(503);
  });

  it("is in the policy of the documents on it", async () => {
    const ui = await start();
    const response = await ui(from("acme-app.ext.example", `/ext-ui/ext-1/${hash}/`));
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain(`script-src https://*.ext.example/ext-ui/ext-1/${hash}/;`);
    expect(policy).toContain("sandbox allow-scripts");
  });
});

describe("the profile compat", () => {
  it("is for hosts of installs only", async () => {
    const ui = await start({ uiProfile: "compat", frameAncestors: ["https://app.example"] });
    const policyOn = async (host: string) =>
      (await ui(from(host, `/ext-ui/ext-1/${hash}/`))).headers.get("content-security-policy");
    expect(await policyOn("acme-app.ext.example")).toBe(
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
        "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; " +
        "frame-ancestors https://app.example",
    );
    expect(await policyOn("shared.example")).toContain("sandbox allow-scripts");
  });

  it("takes the operator's policy whole, and none that is no header", async () => {
    const ui = await start({ uiProfile: "compat", uiCompatPolicy: "default-src 'self'" });
    const response = await ui(from("acme-app.ext.example", `/ext-ui/ext-1/${hash}/`));
    expect(response.headers.get("content-security-policy")).toBe("default-src 'self'");
    await expect(start({ uiCompatPolicy: "default-src 'self'\r\nx: y" })).rejects.toThrow(TypeError);
  });

  it("needs hosts", async () => {
    await expect(startTestRunner([], { uiProfile: "compat" })).rejects.toThrow(TypeError);
  });
});

describe("without strict validation", () => {
  it("asks nothing about tenants, so nothing can be learnt about them", async () => {
    const ui = await start({ uiStrictValidation: false });
    for (const tenant of ["acme", "other"])
      expect((await ui(from("shared.example", `/ext-ui/ext-1/${hash}/?tenant=${tenant}`))).status).toBe(200);
    expect(asked).toEqual([{ registryId: "ext-1", contentHash: hash }]);
  });
});

it("answers alike for what is absent and what is another tenant's", async () => {
  const ui = await start();
  const answers = await Promise.all(
    [`/ext-ui/ext-1/${hash}/?tenant=other`, `/ext-ui/ext-1/${hash}/absent.js?tenant=acme`].map(
      async (path) => {
        const response = await ui(from("shared.example", path));
        return [response.status, Object.fromEntries(response.headers), await response.text()];
      },
    ),
  );
  expect(answers[0]).toEqual(answers[1]);
});
