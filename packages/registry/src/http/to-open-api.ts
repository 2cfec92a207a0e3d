import type { JsonSchema, OpenApiDocument, OpenApiObject } from "@alga-ext/manifest";
import type { JsonValue } from "@alga-ext/protocol";
import type { Access, Route } from "./route.ts";
import { COMPONENTS } from "./schemas/components.ts";

/** Options of {@link registryOpenApi}. */
export interface RegistryOpenApiOptions {
  /** @default "Extension registry" */
  readonly title?: string;
  /** Origin that serves the routes. @default `/`: the one that serves the document */
  readonly serverUrl?: string;
}

/** Version of the HTTP API: additions raise the second number. */
const API_VERSION = "1.0.0";

/** {@link registryOpenApi} of any table. */
export function toOpenApi(routes: readonly Route[], options: RegistryOpenApiOptions): OpenApiDocument {
  const { title = "Extension registry", serverUrl = "/" } = options;
  const paths = new Map<string, [string, OpenApiObject][]>();
  for (const route of routes) {
    const operations = paths.get(route.path) ?? [];
    operations.push([route.method.toLowerCase(), toOperation(route)]);
    paths.set(route.path, operations);
  }
  const schemas = {
    ...COMPONENTS,
    ...Object.fromEntries(routes.map(({ errors }) => [errors.name, errors.schema])),
  };
  return {
    openapi: "3.1.1",
    info: { title, version: API_VERSION },
    servers: [{ url: serverUrl }],
    paths: Object.fromEntries([...paths].map(([path, operations]) => [path, Object.fromEntries(operations)])),
    components: {
      schemas: Object.fromEntries(
        Object.entries(schemas)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, schema]) => [name, toAnswer(schema)]),
      ),
      securitySchemes: SECURITY,
    },
  } as OpenApiDocument;
}

const SECURITY = {
  apiKey: { type: "apiKey", in: "header", name: "x-api-key", description: "`alga_<id>_<secret>`" },
  bearer: { type: "http", scheme: "bearer", description: "The same key." },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "session",
    description: "The host's own session; the cookie's name is the host's.",
  },
  runnerKey: { type: "apiKey", in: "header", name: "x-api-key", description: "The runners' key." },
  identityToken: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "Of a CI job." },
};

function toOperation(route: Route): OpenApiObject {
  const { operationId, summary, tag, access, status, errors } = route;
  const parameters = [
    ...toParameters("path", route.params, Object.keys(route.params)),
    ...toParameters("query", route.query?.properties ?? {}, route.query?.required ?? []),
  ];
  return {
    operationId,
    summary,
    tags: [tag],
    ...(access.startsWith("extension:") ? { description: `Needs the permission \`${access}\`.` } : {}),
    security: securityOf(access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === null ? {} : { requestBody: toRequestBody(route.body) }),
    responses: {
      [status]: toSuccess(route),
      default: {
        description: "It was refused, or failed.",
        content: { "application/json": { schema: { $ref: `#/components/schemas/${errors.name}` } } },
      },
    },
  };
}

function toParameters(
  place: "path" | "query",
  schemas: { readonly [name: string]: JsonSchema },
  required: readonly string[],
): OpenApiObject[] {
  return Object.entries(schemas).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: toRequest(schema),
  }));
}

function toRequestBody(body: NonNullable<Route["body"]>): OpenApiObject {
  const content =
    body === "bytes"
      ? { "application/octet-stream": {} }
      : { "application/json": { schema: toRequest(body) } };
  return { required: true, content };
}

function toSuccess({ answer, status }: Route): OpenApiObject {
  const description = status === 204 ? "Done." : "The answer.";
  if (answer === null) return { description };
  if (typeof answer === "string") return { description, content: { [answer]: {} } };
  return { description, content: { "application/json": { schema: toAnswer(answer) } } };
}

function securityOf(access: Access): JsonValue {
  if (access === "public") return [];
  if (access === "runner") return [{ runnerKey: [] }];
  if (access === "identity-token") return [{ identityToken: [] }];
  return [{ session: [] }, { apiKey: [] }, { bearer: [] }];
}

const toRequest = (schema: JsonSchema): JsonValue => rewrite(schema, () => true);
/** Readers of answers must let members pass that they do not know: we may add some. */
const toAnswer = (schema: JsonSchema): JsonValue =>
  rewrite(schema, (keyword, value) => keyword !== "additionalProperties" || value !== false);

// `properties` holds names, not keywords; what stands at `const` and `enum` here is never an object.
function rewrite(
  schema: JsonValue,
  keeps: (keyword: string, value: JsonValue) => boolean,
  areNames = false,
): JsonValue {
  if (typeof schema !== "object" || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map((item: JsonValue) => rewrite(item, keeps));
  const entries = Object.entries(schema)
    .filter(([key, value]) => areNames || keeps(key, value))
    .map(([key, value]): [string, JsonValue] => {
      if (!areNames && key === "$ref" && typeof value === "string") {
        return [key, value.replace("#/$defs/", "#/components/schemas/")];
      }
      return [key, rewrite(value, keeps, !areNames && key === "properties")];
    });
  return Object.fromEntries(entries);
}
