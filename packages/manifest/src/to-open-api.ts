import type { JsonValue } from "@alga-ext/protocol";
import { hoistDefinitions } from "./internal/hoist-definitions.ts";
import type { Manifest, ManifestEndpoint } from "./manifest.ts";

/** A JSON object of an OpenAPI document. */
export type OpenApiObject = { readonly [key: string]: JsonValue };

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: "3.1.1";
  readonly info: OpenApiObject;
  readonly servers: readonly OpenApiObject[];
  readonly paths: { readonly [path: string]: OpenApiObject };
  readonly components: { readonly schemas: OpenApiObject };
}

/** What the manifest does not know about the host. */
export interface OpenApiOptions {
  /** Where the host serves the extension. @default `/api/ext/{publisher.name}` */
  readonly serverUrl?: string;
  /** @default the display name */
  readonly title?: string;
}

const SCHEMAS = "#/components/schemas/";
const FAILURE = {
  type: "object",
  required: ["error"],
  properties: { error: { type: "string" }, message: { type: "string" }, requestId: { type: "string" } },
};

/**
 * Describe an extension's endpoints as an OpenAPI 3.1 document, for typed clients and documentation.
 *
 * Schemas are passed through; their definitions move to `components`. Endpoints that no request reaches are left out.
 */
export function toOpenApi(manifest: Manifest, options: OpenApiOptions = {}): OpenApiDocument {
  const { serverUrl = `/api/ext/${encodeURIComponent(manifest.slug)}`, title = manifest.displayName } =
    options;
  const definitions = new Map<string, JsonValue>([["Failure", FAILURE]]);
  const ids = new Set<string>();
  const byShape = new Map<
    string,
    { readonly path: string; readonly names: readonly string[]; readonly item: Map<string, JsonValue> }
  >();
  for (const endpoint of manifest.endpoints) {
    const shape = endpoint.path.replaceAll(/\/:[^/]*/g, "/:");
    const known = byShape.get(shape) ?? { ...toTemplate(endpoint.path), item: new Map<string, JsonValue>() };
    byShape.set(shape, known);
    const method = endpoint.method.toLowerCase();
    if (known.item.has(method)) continue;
    const operationId = toOperationId(endpoint, ids);
    known.item.set(method, toOperation(endpoint, { operationId, names: known.names, definitions }));
  }
  const paths = [...byShape.values()].map(({ path, item }) => [path, Object.fromEntries(item)] as const);
  return {
    openapi: "3.1.1",
    info: {
      title,
      version: manifest.version,
      ...(manifest.description === "" ? {} : { description: manifest.description }),
    },
    servers: [{ url: serverUrl }],
    paths: Object.fromEntries(paths),
    components: { schemas: Object.fromEntries(definitions) },
  };
}

function toOperation(
  endpoint: ManifestEndpoint,
  around: {
    readonly operationId: string;
    readonly names: readonly string[];
    readonly definitions: Map<string, JsonValue>;
  },
): OpenApiObject {
  const { operationId, names, definitions } = around;
  const { request, response, summary, method } = endpoint;
  const body = (schema: NonNullable<typeof request>, name: string): OpenApiObject => ({
    "application/json": {
      schema: hoistDefinitions(schema, { name: `${operationId}.${name}`, base: SCHEMAS, definitions }),
    },
  });
  const hasBody = request !== undefined && !["GET", "HEAD", "OPTIONS"].includes(method);
  const failure = { "application/json": { schema: { $ref: `${SCHEMAS}Failure` } } };
  return {
    operationId,
    ...(summary === undefined ? {} : { summary }),
    ...(names.length === 0
      ? {}
      : {
          parameters: names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
        }),
    ...(hasBody ? { requestBody: { required: true, content: body(request, "request") } } : {}),
    responses: {
      "2XX": {
        description: "The extension's answer.",
        ...(response === undefined || method === "HEAD" ? {} : { content: body(response, "response") }),
      },
      default: { description: "The call failed.", content: failure },
    },
  };
}

// `/items/:id` as `/items/{id}`; every parameter of a path gets a name of its own.
function toTemplate(pattern: string): { path: string; names: string[] } {
  const names: string[] = [];
  const segments = pattern.split("/").map((segment) => {
    if (!segment.startsWith(":")) return segment.replaceAll("{", "%7B").replaceAll("}", "%7D");
    const wanted = segment.slice(1).replaceAll(/[^\w.-]/g, "_") || "param";
    const name = names.includes(wanted) ? `${wanted}_${names.length + 1}` : wanted;
    names.push(name);
    return `{${name}}`;
  });
  return { path: segments.join("/"), names };
}

// `GET /agreements/:id/standing` as `getAgreementsByIdStanding`.
function toOperationId({ method, path }: ManifestEndpoint, taken: Set<string>): string {
  const words = path
    .split("/")
    .flatMap((segment) => (segment.startsWith(":") ? ["by", segment.slice(1)] : [segment]))
    .flatMap((part) => part.split(/[^A-Za-z0-9]+/))
    .filter((word) => word !== "")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const base = method.toLowerCase() + (words.join("") || "Root");
  let id = base;
  for (let next = 2; taken.has(id); next++) id = `${base}${next}`;
  taken.add(id);
  return id;
}
