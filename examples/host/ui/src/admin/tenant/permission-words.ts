import type { Permission } from "@alga-ext/protocol";

const WORDS = {
  "extension:read": "Read",
  "extension:write": "Call and change",
  "extension:manage": "Manage extensions",
  "extension:publish": "Publish",
} as const satisfies Record<Permission, string>;

/** A permission in words. */
export function describePermission(permission: Permission): string {
  return WORDS[permission];
}

/** What an administrator of a tenant can give a key. */
export const GIVABLE: readonly { readonly permission: Permission; readonly hint: string }[] = [
  { permission: "extension:read", hint: "read what extensions have, and what is installed" },
  { permission: "extension:write", hint: "call extensions to change something" },
  { permission: "extension:manage", hint: "install, grant, set secrets: what you see in these pages" },
];
