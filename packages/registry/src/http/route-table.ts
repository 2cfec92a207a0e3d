import { createFamily, type Route } from "./route.ts";
import { API_KEY_ROUTES } from "./routes/api-key-routes.ts";
import { BUNDLE_ROUTES } from "./routes/bundle-routes.ts";
import { EVENT_ROUTES } from "./routes/event-routes.ts";
import { HOST_ROUTES } from "./routes/host-routes.ts";
import { INSTALL_ROUTES } from "./routes/install-routes.ts";
import { LOG_ROUTES } from "./routes/log-routes.ts";
import { managementFamily } from "./routes/management-family.ts";
import { RELEASE_ROUTES } from "./routes/release-routes.ts";
import { RUNNER_ROUTES } from "./routes/runner-routes.ts";
import { SCHEDULE_ROUTES } from "./routes/schedule-routes.ts";
import { SETTINGS_ROUTES } from "./routes/settings-routes.ts";
import { STORAGE_ROUTES } from "./routes/storage-routes.ts";
import { V1_ROUTES } from "./routes/v1-routes.ts";
import { anyObject } from "./schemas/schema.ts";
import { toOpenApi } from "./to-open-api.ts";

const { openRoute } = createFamily(managementFamily("About"));

const DOCUMENT_ROUTE = openRoute({
  method: "GET",
  path: "/api/extensions/openapi.json",
  operationId: "getOpenApi",
  summary: "This document.",
  access: "public",
  answer: anyObject,
  headers: { "cache-control": "public, max-age=300" },
  handle: async ({ url }) => ({ ...toOpenApi(ROUTES, { serverUrl: url.origin }) }),
});

/** Every route of the registry: what it serves, checks and documents. */
export const ROUTES: readonly Route[] = [
  ...BUNDLE_ROUTES,
  ...V1_ROUTES,
  ...RELEASE_ROUTES,
  ...INSTALL_ROUTES,
  ...SETTINGS_ROUTES,
  ...SCHEDULE_ROUTES,
  ...EVENT_ROUTES,
  ...LOG_ROUTES,
  ...HOST_ROUTES,
  ...STORAGE_ROUTES,
  ...API_KEY_ROUTES,
  ...RUNNER_ROUTES,
  DOCUMENT_ROUTE,
];
