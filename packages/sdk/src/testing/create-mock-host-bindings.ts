import { bindStorage } from "../handler/bind-storage.ts";
import type { HostBindings } from "../ports.ts";
import { createMemoryStorage } from "./create-memory-storage.ts";

/** Replacements for single functions of the mock host, by namespace. */
export type MockHostOverrides = {
  readonly [Namespace in keyof HostBindings]?: Partial<HostBindings[Namespace]>;
};

/**
 * A host for unit tests: key-value storage works in memory, everything else refuses until overridden.
 *
 * Ids are `tenant-mock`, `extension-mock`, `req-mock`; logging and metrics do nothing.
 */
export function createMockHostBindings(overrides: MockHostOverrides = {}): HostBindings {
  const refuse = (namespace: string, name: string) => async (): Promise<never> => {
    throw new Error(`mock ${namespace}.${name} not implemented`);
  };
  const silent = async (): Promise<void> => {};
  return {
    context: {
      get: async () => ({ requestId: "req-mock", tenantId: "tenant-mock", extensionId: "extension-mock" }),
      ...overrides.context,
    },
    secrets: { get: refuse("secrets", "get"), list: refuse("secrets", "list"), ...overrides.secrets },
    http: { fetch: refuse("http", "fetch"), ...overrides.http },
    storage: { ...bindStorage({ storage: createMemoryStorage() }), ...overrides.storage },
    logging: { info: silent, warn: silent, error: silent, ...overrides.logging },
    uiProxy: {
      callRoute: refuse("uiProxy", "callRoute"),
      call: refuse("uiProxy", "call"),
      ...overrides.uiProxy,
    },
    config: { get: refuse("config", "get"), list: refuse("config", "list"), ...overrides.config },
    metrics: { add: silent, observe: silent, ...overrides.metrics },
    user: { getUser: refuse("user", "getUser"), ...overrides.user },
    scheduler: {
      list: refuse("scheduler", "list"),
      get: refuse("scheduler", "get"),
      create: refuse("scheduler", "create"),
      update: refuse("scheduler", "update"),
      delete: refuse("scheduler", "delete"),
      getEndpoints: refuse("scheduler", "getEndpoints"),
      ...overrides.scheduler,
    },
    invoicing: {
      createManualInvoice: refuse("invoicing", "createManualInvoice"),
      ...overrides.invoicing,
    },
    clients: { list: refuse("clients", "list"), get: refuse("clients", "get"), ...overrides.clients },
    services: { list: refuse("services", "list"), get: refuse("services", "get"), ...overrides.services },
  };
}
