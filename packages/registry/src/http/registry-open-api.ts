import type { OpenApiDocument } from "@alga-ext/manifest";
import { ROUTES } from "./route-table.ts";
import { toOpenApi, type RegistryOpenApiOptions } from "./to-open-api.ts";

/**
 * Describe the registry's HTTP API as an OpenAPI 3.1 document, made from the very table that serves it.
 *
 * @example
 * await writeFile("openapi.json", JSON.stringify(registryOpenApi({ serverUrl: "https://psa.example.com" })));
 */
export function registryOpenApi(options: RegistryOpenApiOptions = {}): OpenApiDocument {
  return toOpenApi(ROUTES, options);
}
