import type { HostAnswer } from "../cells/cell.ts";
import { err, ok, type CapabilityInterface } from "./capability.ts";
import type { CallSession } from "./call-session.ts";

/** `alga:extension/user`: who is acting, the first shape. */
export const userInterface: CapabilityInterface = {
  grant: "cap:user.read",
  denied: () => err("not-allowed"),
  functions: { getUser: (session) => describe(session, false) },
};

/** `alga:extension/user-v2`: who is acting, with the client and additional fields sorted by key. */
export const userV2Interface: CapabilityInterface = {
  grant: "cap:user.read",
  denied: () => err("not-allowed"),
  functions: { getUser: (session) => describe(session, true) },
};

function describe({ user, scope }: CallSession, second: boolean): HostAnswer {
  if (user === null) return err("not-available");
  const first = {
    tenantId: scope.tenantId,
    clientName: user.client_name ?? user.company_name ?? "",
    userId: user.user_id,
    userEmail: user.user_email,
    userName: user.user_name,
    userType: user.user_type,
  };
  if (!second) return ok(first);
  const fields = Object.entries(user.additional_fields ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return ok({ ...first, clientId: user.client_id ?? null, additionalFields: fields });
}
