import { readFile } from "node:fs/promises";
import { validateAgainst, type JsonSchemaObject } from "@alga-ext/manifest";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { registryOpenApi } from "./registry-open-api.ts";
import { ROUTES } from "./route-table.ts";
import type { Route } from "./route.ts";
import { COMPONENTS } from "./schemas/components.ts";

const schemasOf = ({ query, body, answer, params, errors }: Route) =>
  [query, body, answer, errors.schema, ...Object.values(params)].filter(
    (one): one is JsonSchemaObject => typeof one === "object" && one !== null,
  );

test("the document is OpenAPI 3.1", async () => {
  const result = await new Validator().validate({ ...structuredClone(registryOpenApi()) });
  expect(result).toEqual({ valid: true });
});

test("every schema is JSON Schema 2020-12", () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const schema of [...Object.values(COMPONENTS), ...ROUTES.flatMap(schemasOf)]) {
    expect(() => ajv.compile({ ...schema, $defs: COMPONENTS })).not.toThrow();
  }
});

test("docs/openapi.json is what the route table says: node packages/registry/scripts/write-open-api.ts", async () => {
  const file = await readFile(new URL("../../../../docs/openapi.json", import.meta.url), "utf8");
  expect(JSON.parse(file)).toEqual(registryOpenApi());
});

test("every route is an operation of its own name", () => {
  const { paths } = registryOpenApi();
  const ids = Object.values(paths).flatMap((item) =>
    Object.values(item).map((operation) => (operation as { operationId: string }).operationId),
  );
  expect(ids.toSorted()).toEqual(ROUTES.map(({ operationId }) => operationId).toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});

test("title and server are the host's", () => {
  const document = registryOpenApi({ title: "Acme", serverUrl: "https://acme.example" });
  expect(document.info).toMatchObject({ title: "Acme" });
  expect(document.servers).toEqual([{ url: "https://acme.example" }]);
});

const references = (node: unknown): string[] =>
  typeof node !== "object" || node === null
    ? []
    : Object.entries(node).flatMap(([key, value]) => (key === "$ref" ? [String(value)] : references(value)));

test("what schemas refer to is there, and nothing is there that nobody refers to", () => {
  const document = registryOpenApi();
  const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect([...new Set(references(document))].toSorted()).toEqual(known.toSorted());
});

test("answers let members pass that clients do not know, requests of ours do not", () => {
  const text = JSON.stringify(registryOpenApi().components);
  expect(text).not.toContain('"additionalProperties":false');
});

test.each(ROUTES.map((route) => [route.operationId, route] as const))(
  "%s: its schemas are ones that the validator understands to the end",
  (_, route) => {
    for (const schema of schemasOf(route)) {
      for (const value of [null, {}, [], "", 0, true, { a: {} }]) {
        const codes = validateAgainst({ ...schema, $defs: COMPONENTS }, value).map(({ code }) => code);
        expect(codes).not.toContain("bad_schema");
        expect(codes).not.toContain("too_complex");
      }
    }
  },
);
