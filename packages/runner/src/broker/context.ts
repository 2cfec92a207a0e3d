import { ok, trap, type CapabilityInterface } from "./capability.ts";

/** `alga:extension/context`: who is being served. */
export const contextInterface: CapabilityInterface = {
  grant: "cap:context.read",
  denied: () => trap("capability_not_granted: cap:context.read"),
  functions: {
    getContext: ({ scope }) =>
      ok({
        requestId: scope.requestId,
        tenantId: scope.tenantId,
        extensionId: scope.extensionId,
        installId: scope.installId === "" ? null : scope.installId,
        versionId: scope.versionId,
      }),
  },
};
