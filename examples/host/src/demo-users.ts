import type { Permission, Principal } from "@alga-ext/protocol";

/** A login of the demo: the password is shown on the login page on purpose. */
export interface DemoUser {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly role: "admin" | "member";
  readonly tenantId: string;
  readonly tenantName: string;
}

const PASSWORD = "demo-password";

/** Two tenants with an administrator and a member each. */
export const DEMO_USERS: readonly DemoUser[] = [
  {
    email: "ada@acme.test",
    password: PASSWORD,
    name: "Ada Lindqvist",
    role: "admin",
    tenantId: "acme",
    tenantName: "Acme Services",
  },
  {
    email: "milo@acme.test",
    password: PASSWORD,
    name: "Milo Brandt",
    role: "member",
    tenantId: "acme",
    tenantName: "Acme Services",
  },
  {
    email: "grace@globex.test",
    password: PASSWORD,
    name: "Grace Okafor",
    role: "admin",
    tenantId: "globex",
    tenantName: "Globex Partners",
  },
  {
    email: "tom@globex.test",
    password: PASSWORD,
    name: "Tom Reyes",
    role: "member",
    tenantId: "globex",
    tenantName: "Globex Partners",
  },
];

const PERMISSIONS: Record<DemoUser["role"], readonly Permission[]> = {
  admin: ["extension:read", "extension:write", "extension:manage"],
  member: ["extension:read", "extension:write"],
};

/** The principal that gateway and registry see for a demo user. */
export function toPrincipal(user: DemoUser): Principal {
  return {
    tenantId: user.tenantId,
    userId: user.email,
    userType: "internal",
    email: user.email,
    name: user.name,
    clientName: user.tenantName,
    permissions: PERMISSIONS[user.role],
  };
}
