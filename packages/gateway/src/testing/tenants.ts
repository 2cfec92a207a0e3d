import {
  toContentHash,
  type InstallResolver,
  type Principal,
  type ResolvedInstall,
} from "@alga-ext/protocol";

/** A principal of tenant `acme` who may read and write. */
export function aPrincipal(overrides: Partial<Principal> = {}): Principal {
  return {
    tenantId: "acme",
    userId: "user-1",
    userType: "internal",
    email: "ada@acme.example",
    name: "Ada",
    permissions: ["extension:read", "extension:write"],
    ...overrides,
  };
}

/** An install of tenant `acme` with the endpoints of a small CRUD extension. */
export function anInstall(overrides: Partial<ResolvedInstall> = {}): ResolvedInstall {
  const handler = "dist/main";
  return {
    tenantId: "acme",
    installId: "11111111-1111-4111-8111-111111111111",
    registryId: "22222222-2222-4222-8222-222222222222",
    versionId: "33333333-3333-4333-8333-333333333333",
    version: "0.1.0",
    slug: "acme-labs.agreements",
    displayName: "Agreements",
    contentHash: toContentHash("a".repeat(64)),
    endpoints: [
      { method: "GET", path: "/", handler },
      { method: "GET", path: "/agreements", handler },
      { method: "POST", path: "/agreements", handler },
      { method: "GET", path: "/agreements/:id", handler },
      { method: "PUT", path: "/agreements/:id", handler },
      { method: "PATCH", path: "/agreements/:id", handler },
      { method: "DELETE", path: "/agreements/:id", handler },
    ],
    providers: ["cap:context.read", "cap:log.emit", "cap:storage.kv", "cap:user.read"],
    egress: [],
    config: {},
    configVersion: "1",
    secretsVersion: null,
    secretEnvelope: null,
    clientPortal: false,
    ...overrides,
  };
}

/** Resolve from a list, by install id, registry id or slug, within one tenant. */
export function createFakeInstalls(installs: readonly ResolvedInstall[] = [anInstall()]): InstallResolver {
  return {
    async resolve({ tenantId, extensionId }) {
      const own = installs.filter((install) => install.tenantId === tenantId);
      return (
        own.find(
          ({ installId, registryId, slug }) =>
            extensionId === installId || extensionId === registryId || extensionId === slug,
        ) ?? null
      );
    },
  };
}
