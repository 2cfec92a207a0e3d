import { toNextHandlers } from "@alga-ext/gateway/adapters/next";
import { host } from "./host.ts";

/** Handlers of every route that belongs to the system. */
export const handlers = toNextHandlers({ fetch: async (request) => (await host()).fetch(request) });
