import type { Principal } from "@alga-ext/protocol";

const PASSWORD = "demo-password";
const ADA: Principal = {
  tenantId: "acme",
  userId: "ada",
  userType: "internal",
  email: "ada@acme.test",
  name: "Ada Lindqvist",
  permissions: ["extension:read", "extension:write", "extension:manage"],
};

/** Two administrators and somebody who only works here; a product has a table of users. */
const PEOPLE: readonly Principal[] = [
  ADA,
  {
    ...ADA,
    userId: "milo",
    email: "milo@acme.test",
    name: "Milo Brandt",
    permissions: ["extension:read", "extension:write"],
  },
  { ...ADA, tenantId: "globex", userId: "grace", email: "grace@globex.test", name: "Grace Okafor" },
];

/** What `alga-ext publish` is, with the publisher's key: it publishes for all tenants and installs for none. */
export const PUBLISHER: Principal = {
  ...ADA,
  tenantId: "publishers",
  userId: "ci",
  userType: "service",
  permissions: ["extension:publish"],
};

/** Whoever has this email; null for nobody. */
export function findPerson(email: string): Principal | null {
  return PEOPLE.find((one) => one.email === email) ?? null;
}

/** Whoever may log in with these; null for nobody. */
export function checkPassword(email: unknown, password: unknown): Principal | null {
  return typeof email === "string" && password === PASSWORD ? findPerson(email) : null;
}

/** Whether somebody may install and switch. */
export function isAdministrator(person: Principal): boolean {
  return person.permissions.includes("extension:manage");
}
