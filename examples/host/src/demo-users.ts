import type { Permission, Principal } from "@alga-ext/protocol";

/** A login of the demo: the password is shown on the login page on purpose. */
export interface DemoUser {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly role: "admin" | "member" | "client";
  readonly tenantId: string;
  readonly tenantName: string;
  /** Of a user of the client portal: the client of the tenant that they belong to. */
  readonly client?: { readonly id: string; readonly name: string };
}

const PASSWORD = "demo-password";

/** Two tenants with an administrator and a member each, and somebody of a client of the first. */
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
    email: "cleo@northwind.test",
    password: PASSWORD,
    name: "Cleo Amsel",
    role: "client",
    tenantId: "acme",
    tenantName: "Acme Services",
    client: { id: "client-1", name: "Northwind Traders" },
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
  // What a client of the tenant may call is up to each extension, by its clientPortalMenu; nothing else is theirs.
  client: [],
};

/** The principal that gateway and registry see for a demo user. */
export function toPrincipal(user: DemoUser): Principal {
  const { client } = user;
  return {
    tenantId: user.tenantId,
    userId: user.email,
    userType: client === undefined ? "internal" : "client",
    email: user.email,
    name: user.name,
    // Extensions see the client that the login belongs to, whatever a request claims.
    clientName: client?.name ?? user.tenantName,
    ...(client === undefined ? {} : { clientId: client.id }),
    permissions: PERMISSIONS[user.role],
  };
}
