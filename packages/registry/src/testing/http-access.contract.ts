import type { Principal } from "@alga-ext/protocol";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { createApiKeyAuthenticator } from "../access/api-key-authenticator.ts";
import { chainAuthenticators } from "../access/authenticator.ts";
import { createOidcPublisher } from "../access/create-oidc-publisher.ts";
import { createRegistryHandler } from "../http/create-registry-handler.ts";
import { createWindowLimiter } from "../http/rate-limiter.ts";
import { createHttpClient, RUNNER_API_KEY } from "./kit/http-client.ts";
import { newManifest, newTenant, packExtension, principalOf, signArchive, type World } from "./kit/world.ts";

const ISSUER = "https://ci.example";
const AUDIENCE = "https://registry.example";

/** Who gets in over HTTP, how often, and from where. */
export function httpAccessContract(world: () => World): void {
  describe("http access", () => {
    const registry = () => world().registry;
    const client = createHttpClient(registry);
    const { send, json } = client;

    test("a CI job exchanges its identity token and publishes as its publisher, as no other", async () => {
      const manifest = newManifest();
      const { privateKey, publicKey } = await generateKeyPair("ES256");
      const identityTokens = createOidcPublisher({
        issuers: [
          {
            issuer: ISSUER,
            audience: AUDIENCE,
            jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" }] },
            rules: [{ publisher: manifest.publisher, claims: { repository: "acme/ext" } }],
          },
        ],
        usedTokens: registry().usedTokens,
        clock: () => world().clock.now,
      });
      const token = (jti: string, repository = "acme/ext") =>
        new SignJWT({ repository })
          .setProtectedHeader({ alg: "ES256", kid: "k" })
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setSubject(`repo:${repository}`)
          .setJti(jti)
          .setIssuedAt(Math.floor(world().clock.now / 1000))
          .setExpirationTime(Math.floor(world().clock.now / 1000) + 300)
          .sign(privateKey);
      const ci = createHttpClient(registry, {
        authenticate: chainAuthenticators(createApiKeyAuthenticator(registry())),
        identityTokens,
      });
      const exchange = (text: string) =>
        ci.send("/api/ext-bundles/token", { method: "POST", headers: { authorization: `Bearer ${text}` } });
      const first = await token(crypto.randomUUID());
      const exchanged = await exchange(first);
      expect(exchanged).toMatchObject({
        status: 201,
        body: { apiKey: { publishers: [manifest.publisher], permissions: ["extension:publish"] } },
      });
      const refused = [
        first,
        await token(crypto.randomUUID(), "evil/ext"),
        "x.y.z",
        String(exchanged.body["token"]),
      ];
      const answers = await Promise.all(refused.map(exchange));
      for (const answer of answers)
        expect(answer).toMatchObject({ status: 401, body: { code: "UNAUTHENTICATED" } });

      const publish = async (what: typeof manifest) => {
        const { archive } = await packExtension(what);
        const headers = { "x-api-key": String(exchanged.body["token"]) };
        const { body } = await ci.send(`/api/ext-bundles/upload-proxy?filename=a&size=${archive.length}`, {
          method: "POST",
          body: archive as Uint8Array<ArrayBuffer>,
          headers,
        });
        return ci.send("/api/ext-bundles/finalize", {
          method: "POST",
          body: JSON.stringify({
            key: (body["upload"] as { key: string }).key,
            signatures: await signArchive(archive, world().signer),
          }),
          headers: { ...headers, "content-type": "application/json" },
        });
      };
      expect((await publish(newManifest())).body).toMatchObject({ code: "PUBLISHER_NOT_OWNED" });
      expect((await publish(manifest)).status).toBe(200);
      world().clock.now += 15 * 60_000;
      const late = await ci.send("/api/ext-bundles/abort", {
        method: "POST",
        body: "{}",
        headers: { "x-api-key": String(exchanged.body["token"]), "content-type": "application/json" },
      });
      expect(late.status).toBe(401);
    });

    test("without configured issuers no identity token counts", async () => {
      const answer = await send("/api/ext-bundles/token", {
        method: "POST",
        headers: { authorization: "Bearer a.b.c" },
        as: "owner",
      });
      expect(answer.status).toBe(401);
    });

    test("a key does over HTTP what it was given, for its tenant", async () => {
      const tenantId = newTenant();
      const people = principalOf(tenantId, ["extension:read", "extension:manage"]);
      const { token } = await registry().apiKeys.create({
        principal: people,
        name: "reader",
        permissions: ["extension:read"],
      });
      const program = createHttpClient(registry, {
        authenticate: chainAuthenticators(createApiKeyAuthenticator(registry())),
      });
      const ask = (path: string, headers: Record<string, string>, method = "GET") =>
        program.send(path, { headers, method });
      const key = { "x-api-key": token };
      expect((await ask("/api/extensions/installs", key)).body).toEqual({ installs: [] });
      expect((await ask("/api/extensions/installs", { authorization: `Bearer ${token}` })).status).toBe(200);
      expect((await ask("/api/extensions/audit", key)).status).toBe(403);
      expect((await ask("/api/extensions/installs", { ...key, "x-tenant-id": "other" })).status).toBe(403);
      expect((await ask("/api/extensions/installs", { "x-api-key": `${token}x` })).status).toBe(401);
      expect((await ask("/api/extensions/installs", {})).status).toBe(401);
      const manager = await registry().apiKeys.create({
        principal: people,
        name: "manager",
        permissions: ["extension:manage"],
      });
      const made = await program.send("/api/extensions/api-keys", {
        method: "POST",
        body: JSON.stringify({ name: "its successor", permissions: ["extension:manage"] }),
        headers: { "x-api-key": manager.token, "content-type": "application/json" },
      });
      expect(made).toMatchObject({ status: 403, body: { error: "forbidden" } });
    });

    test("pages of other sites change nothing with a user's cookies", async () => {
      const body = JSON.stringify({ name: "x", permissions: ["extension:read"] });
      const as = "admin";
      const ask = (headers: Record<string, string>, options: object = {}) =>
        createHttpClient(registry, { authenticate: async () => client.people[as] ?? null, ...options }).send(
          "/api/extensions/api-keys",
          {
            method: "POST",
            body,
            headers: { "content-type": "application/json", cookie: "s=1", ...headers },
          },
        );
      const evil = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
      expect(await ask(evil)).toMatchObject({ status: 403, body: { details: { why: "cross_site" } } });
      expect((await ask({ origin: "null" })).status).toBe(403);
      expect((await ask(evil, { trustedOrigins: ["https://evil.example"] })).status).toBe(201);
      expect((await ask({ origin: "http://localhost", "sec-fetch-site": "same-origin" })).status).toBe(201);
      expect((await ask({})).status).toBe(201);
    });

    test("bundle routes are limited for each principal, whatever a client says of its address", async () => {
      const limited = createHttpClient(registry, {
        rateLimiter: createWindowLimiter({ max: 2, windowMs: 5000, clock: () => world().clock.now }),
      });
      // The client makes a new handler for every request; the limiter is the same.
      const abort = (as: string, headers: Record<string, string> = {}) =>
        limited.send("/api/ext-bundles/abort", {
          as,
          method: "POST",
          body: JSON.stringify({ key: "sha256/x" }),
          headers: { "content-type": "application/json", ...headers },
        });
      expect([(await abort("publisher")).status, (await abort("publisher")).status]).toEqual([200, 200]);
      const third = await abort("publisher", { "x-forwarded-for": "10.1.2.3", "x-real-ip": "10.1.2.4" });
      expect(third).toMatchObject({ status: 429, body: { code: "RATE_LIMIT" } });
      expect(third.headers.get("retry-after")).toBe("5");
      expect((await abort("rival", { "x-forwarded-for": "10.1.2.3" })).status).toBe(200);
      const upload = await limited.send("/api/ext-bundles/upload-proxy?filename=a&size=1", {
        as: "publisher",
        method: "POST",
        body: "x",
      });
      expect(upload.headers.get("x-upload-proxy-why")).toBe("rate_limited");
      world().clock.now += 5000;
      expect((await abort("publisher")).status).toBe(200);
    });

    test("the limit is 30 a minute when the host says nothing", async () => {
      const principal: Principal = principalOf(newTenant(), ["extension:publish"]);
      const handle = createRegistryHandler(registry(), {
        authenticate: async () => principal,
        runnerApiKey: RUNNER_API_KEY,
      });
      const statuses: (number | undefined)[] = [];
      for (let n = 0; n < 31; n++) {
        const response = await handle(
          new Request("http://localhost/api/ext-bundles/abort", {
            method: "POST",
            body: JSON.stringify({ key: "sha256/x" }),
            headers: { "content-type": "application/json" },
          }),
        );
        statuses.push(response?.status);
      }
      expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 200));
      expect(statuses[30]).toBe(429);
    });

    test("HEAD is GET without a body, OPTIONS says what there is, the rest is 405", async () => {
      const ask = async (path: string, method: string, as = "admin") => {
        const headers = { "x-test-user": as, "x-request-id": "mine" };
        const response = await client.handle(new Request(`http://localhost${path}`, { method, headers }));
        return { status: response?.status, headers: response?.headers, text: await response?.text() };
      };
      const head = await ask("/api/extensions/installs", "HEAD");
      expect(head).toMatchObject({ status: 200, text: "" });
      expect(head.headers?.get("content-type")).toBe("application/json");
      expect((await ask("/api/extensions/installs", "HEAD", "nobody")).status).toBe(403);
      const options = await ask("/api/extensions/api-keys", "OPTIONS", "");
      expect(options).toMatchObject({ status: 204, text: "" });
      expect(options.headers?.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
      expect(options.headers?.has("access-control-allow-origin")).toBe(false);
      for (const method of ["PUT", "PATCH", "DELETE", "PURGE"]) {
        const refused = await ask("/api/extensions/api-keys", method);
        expect(refused.status).toBe(405);
        expect(refused.headers?.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
        expect(refused.headers?.get("x-request-id")).toBe("mine");
      }
    });

    test("a wrong value is named by its pointer, wherever it stands", async () => {
      const problems = async (answer: ReturnType<typeof send>) => {
        const { status, body } = await answer;
        const details = body["details"] as { in: string; problems: { pointer: string }[] };
        return [status, details.in, details.problems.map(({ pointer }) => pointer)];
      };
      const post = (body: unknown) => problems(json("/api/extensions/api-keys", body, "admin"));
      expect(await post({ name: "", permissions: "all", more: 1 })).toEqual([
        400,
        "body",
        ["/name", "/permissions", "/more"],
      ]);
      expect(await post([])).toEqual([400, "body", [""]]);
      const get = (path: string) => problems(send(path, { as: "admin" }));
      expect(await get("/api/extensions/calls?limit=0&status=odd&from=yesterday")).toEqual([
        400,
        "query",
        ["/limit", "/status", "/from"],
      ]);
      expect(await get("/api/extensions/calls?limit=1&limit=2")).toEqual([400, "query", ["/limit"]]);
      expect(await get("/api/extensions/x/schedules/not-a-uuid")).toEqual([400, "path", ["/id"]]);
      expect(await get(`/api/extensions/${"x".repeat(512)}/logs`)).toEqual([400, "path", ["/extension"]]);
      expect((await send("/api/extensions/calls?limit=&ts=1&cb=2", { as: "admin" })).status).toBe(200);
      const key = { "x-test-user": "admin", "content-type": "application/json" };
      const doubled = '{"name":"a","permissions":[],"name":"b"}';
      expect(
        await send("/api/extensions/api-keys", { method: "POST", body: doubled, headers: key }),
      ).toMatchObject({
        status: 400,
        body: { error: "invalid_request", details: { key: "name" } },
      });
    });

    test("the document is there for everybody, and names the origin that serves it", async () => {
      const { body, headers } = await send("/api/extensions/openapi.json");
      expect(body).toMatchObject({ openapi: "3.1.1", servers: [{ url: "http://localhost" }] });
      expect(headers.get("cache-control")).toBe("public, max-age=300");
    });

    test("a trusted origin that is none is a mistake of the host", () => {
      for (const origin of ["admin.example", "https://admin.example/", "*", "null"]) {
        const options = { trustedOrigins: [origin] };
        expect(() => createHttpClient(registry, options).handle(new Request("http://localhost/"))).toThrow(
          TypeError,
        );
      }
    });
  });
}
