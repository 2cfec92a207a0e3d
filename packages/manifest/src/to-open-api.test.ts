import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FULL_MANIFEST } from "../scripts/full-manifest.ts";
import { BASE, get, withEndpoints } from "../scripts/samples.ts";
import { parseManifest } from "./parse-manifest.ts";
import { toOpenApi, type OpenApiDocument } from "./to-open-api.ts";

const OPERATIONS = new Set(["get", "post", "put", "patch", "delete", "options", "head"]);

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly requestBody?: { required: boolean; content: Record<string, { schema: unknown }> };
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

/** Assert what OpenAPI 3.1 demands of a document of this kind; returns its operations. */
function assertOpenApi(document: OpenApiDocument): Operation[] {
  expect(Object.keys(document).sort()).toEqual(["components", "info", "openapi", "paths", "servers"]);
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  for (const server of document.servers) expect(server).toEqual({ url: expect.any(String) });
  for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
  const found: Operation[] = [];
  const shapes = new Set<string>();
  for (const [path, item] of Object.entries(document.paths)) {
    expect(path.startsWith("/")).toBe(true);
    const names = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
    // Two paths that differ in names of parameters only are one path.
    const shape = path.replaceAll(/\{[^{}]+\}/g, "{}");
    expect(shapes.has(shape)).toBe(false);
    expect(shape.replaceAll("{}", "")).not.toMatch(/[{}]/);
    shapes.add(shape);
    for (const [method, value] of Object.entries(item)) {
      expect(OPERATIONS.has(method)).toBe(true);
      const operation = value as unknown as Operation;
      found.push(operation);
      expect((operation.parameters ?? []).map(({ name }) => name)).toEqual(names);
      for (const parameter of operation.parameters ?? []) {
        expect(parameter).toMatchObject({ in: "path", required: true, schema: { type: "string" } });
      }
      if (["get", "head", "options"].includes(method)) expect(operation.requestBody).toBeUndefined();
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^(?:default|[1-5](?:\d\d|XX))$/);
        expect(response.description).not.toBe("");
      }
    }
  }
  const ids = found.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z][a-zA-Z0-9]*$/);
  for (const [, name] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
    expect(Object.keys(document.components.schemas)).toContain(name);
  }
  expect(JSON.stringify(document)).not.toContain('"#/$defs/');
  return found;
}

const documentOf = (...endpoints: readonly object[]): OpenApiDocument =>
  toOpenApi(parseManifest(withEndpoints(...endpoints)).manifest);

describe("toOpenApi", () => {
  it("describes every endpoint of a manifest", () => {
    const document = toOpenApi(parseManifest(FULL_MANIFEST).manifest);
    const operations = assertOpenApi(document);
    expect(operations.map(({ operationId }) => operationId)).toEqual([
      "getAgreements",
      "postAgreements",
      "getAgreementsById",
      "deleteAgreementsById",
      "postSync",
      "postEventsTicket",
    ]);
    expect(document.info).toEqual({
      title: "Agreements",
      version: "0.1.*",
      description: FULL_MANIFEST.description,
    });
    expect(document.servers).toEqual([{ url: "/api/ext/acme-labs.agreements" }]);
  });

  it("passes schemas through, their definitions to components", () => {
    const { paths, components } = toOpenApi(parseManifest(FULL_MANIFEST).manifest);
    const post = paths["/agreements"]?.["post"] as unknown as Operation;
    const source = FULL_MANIFEST.api.endpoints[1]?.request;
    const { $defs: _, ...request } = source ?? { $defs: {} };
    expect(post.requestBody?.content["application/json"]?.schema).toEqual(
      JSON.parse(
        JSON.stringify(request).replaceAll("#/$defs/", "#/components/schemas/postAgreements.request."),
      ),
    );
    expect(components.schemas["postAgreements.request.party"]).toEqual({
      type: "object",
      properties: {
        name: { type: "string" },
        parent: { $ref: "#/components/schemas/postAgreements.request.party" },
      },
    });
    expect(post.responses["2XX"]?.content?.["application/json"]?.schema).toBe(true);
  });

  it("leaves values alone that only look like references", () => {
    const schema = {
      properties: {
        $ref: { const: { $ref: "#/$defs/a" } },
        b: { enum: [{ $defs: 1 }], default: { $schema: "x" } },
      },
    };
    const { paths } = documentOf(get("/a", { response: schema }));
    const operation = paths["/a"]?.["get"] as unknown as Operation;
    expect(operation.responses["2XX"]?.content?.["application/json"]?.schema).toEqual(schema);
  });

  it("takes what it is told about the host", () => {
    const { manifest } = parseManifest(BASE);
    expect(toOpenApi(manifest, { serverUrl: "https://app.example/api/ext/7", title: "T" })).toMatchObject({
      info: { title: "T" },
      servers: [{ url: "https://app.example/api/ext/7" }],
      paths: {},
    });
  });

  it.each([
    [["/a/:id", "/a/:key"], ["/a/{id}"]],
    [["/:id/x/:id"], ["/{id}/x/{id_2}"]],
    [["/:"], ["/{param}"]],
    [["/{a}/:b"], ["/%7Ba%7D/{b}"]],
    [["/"], ["/"]],
  ])("writes %j as %j", (patterns, expected) => {
    const methods = ["GET", "POST"];
    const document = documentOf(...patterns.map((path, at) => get(path, { method: methods[at] })));
    assertOpenApi(document);
    expect(Object.keys(document.paths)).toEqual(expected);
  });

  it("holds for any endpoints", () => {
    const segment = fc.constantFrom("a", "b-c", ":id", ":id", ":", "{x}", "é", "A.b", "by", "__proto__");
    const endpoint = fc.record({
      path: fc.array(segment, { maxLength: 3 }).map((parts) => `/${parts.join("/")}`),
      method: fc.constantFrom("GET", "POST", "DELETE", "HEAD"),
    });
    fc.assert(
      fc.property(fc.array(endpoint, { maxLength: 8 }), (endpoints) => {
        const { manifest } = parseManifest(
          withEndpoints(...endpoints.map(({ path, method }) => get(path, { method }))),
        );
        assertOpenApi(toOpenApi(manifest));
      }),
      { numRuns: 300 },
    );
  });
});
