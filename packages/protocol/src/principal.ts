/**
 * What a host lets a person or service do with extensions.
 *
 * `read` and `write` are calls (GET/HEAD and the rest), `manage` is install, grants, settings and secrets of one
 * tenant, `publish` is putting versions into the registry that every tenant sees.
 */
export type Permission = "extension:read" | "extension:write" | "extension:manage" | "extension:publish";

/** Who makes a request, as the host's own session or API key proves it; never taken from request headers. */
export interface Principal {
  readonly tenantId: string;
  readonly userId: string;
  /** `client` is a client-portal user: only extensions that opt in, forced `clientId`. */
  readonly userType: "internal" | "client" | "service";
  readonly email: string;
  readonly name: string;
  readonly clientId?: string;
  readonly clientName?: string;
  readonly permissions: readonly Permission[];
  /** Publisher names, lower-case, that `extension:publish` is limited to. @default all */
  readonly publishers?: readonly string[];
}
