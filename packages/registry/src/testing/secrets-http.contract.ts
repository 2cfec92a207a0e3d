import { describe, expect, test } from "vitest";
import { ROUTES } from "../http/route-table.ts";
import { createHttpClient, RUNNER_API_KEY } from "./kit/http-client.ts";
import { installNew, newManifest, publishExtension, type World } from "./kit/world.ts";

const PLAINTEXT = "plaintext-that-no-answer-shows-7f3a";

/** What the browser never learns. */
export function secretsHttpContract(world: () => World): void {
  describe("secrets over HTTP", () => {
    test("no JSON answer of any route holds a value", async () => {
      const client = createHttpClient(() => world().registry);
      const tenantId = client.people["owner"]?.tenantId ?? "";
      const published = await publishExtension(world(), newManifest());
      const [registryId, version] = [published.extension.id, published.version.version];
      const { installId } = await world().registry.install({
        tenantId,
        registryId,
        version,
        grants: "declared",
        actor: "admin",
      });
      const answers: string[] = [];
      const keep = async (method: string, path: string, init: RequestInit = {}): Promise<number> => {
        const headers = {
          "x-test-user": "owner",
          "x-api-key": RUNNER_API_KEY,
          "content-type": "application/json",
        };
        const request = new Request(`http://localhost${path}`, { method, headers, ...init });
        const response = await client.handle(request);
        answers.push(`${method} ${path} ${(await response?.text()) ?? ""}`);
        return response?.status ?? 0;
      };
      const secrets = (values: unknown) =>
        keep("PUT", `/api/extensions/${registryId}/secrets`, { body: JSON.stringify(values) });
      expect(await secrets({ api_key: PLAINTEXT })).toBe(200);
      // Refusals quote what was wrong, and not the rest.
      expect(await secrets({ api_key: PLAINTEXT, "not a name": PLAINTEXT })).toBe(400);
      expect(await secrets({ long: PLAINTEXT.repeat(1000) })).toBe(400);
      expect(await secrets({ api_key: [PLAINTEXT] })).toBe(400);
      expect(await secrets(PLAINTEXT)).toBe(400);
      expect(
        await keep("PUT", `/api/extensions/${registryId}/secrets`, { body: `{"a":"${PLAINTEXT}"` }),
      ).toBe(400);
      const resolved = await world().registry.resolver.resolve({ tenantId, extensionId: registryId });
      expect(await world().openEnvelope(resolved?.secretEnvelope ?? null)).toEqual({ api_key: PLAINTEXT });

      const known: Record<string, string> = {
        extension: registryId,
        version,
        installId,
        tenantId,
        registryId,
      };
      let succeeded = 0;
      for (const { method, path } of ROUTES) {
        const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name] ?? installId);
        const query = `?installId=${installId}&tenant=${tenantId}&extension=${registryId}`;
        const init = method === "GET" || method === "DELETE" ? {} : { body: "{}" };
        for (const search of ["", query]) {
          if ((await keep(method, `${filled}${search}`, init)) === 200) succeeded += 1;
        }
      }
      expect(succeeded).toBeGreaterThan(10);
      for (const answer of answers) {
        expect(answer).not.toContain(PLAINTEXT);
        expect(answer).not.toContain(Buffer.from(PLAINTEXT).toString("base64").slice(0, 40));
      }
    });

    test("a key provider that is away is 503, and what it said stays inside", async () => {
      const client = createHttpClient(() => world().registry);
      const tenantId = client.people["admin"]?.tenantId ?? "";
      const { registryId, version } = await installNew(world());
      await world().registry.install({ tenantId, registryId, version, grants: "declared", actor: "admin" });
      world().keys.isDown = true;
      try {
        const answer = await client.json(`/api/extensions/${registryId}/secrets`, { a: "1" }, "admin", "PUT");
        expect(answer).toMatchObject({ status: 503, body: { code: "key_provider_unavailable" } });
        expect(JSON.stringify(answer.body)).not.toContain("refused");
      } finally {
        world().keys.isDown = false;
      }
      expect(
        (await client.json(`/api/extensions/${registryId}/secrets`, { a: "1" }, "admin", "PUT")).status,
      ).toBe(200);
    });
  });
}
