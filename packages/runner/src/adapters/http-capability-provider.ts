import type { Capability } from "@alga-ext/manifest";
import type { ExecuteUser, JsonValue } from "@alga-ext/protocol";
import { CapabilityRefusal, type CapabilityProvider } from "../ports.ts";
import { postHostApi, type HostApiOptions } from "./post-host-api.ts";
import { fromJson, toJson } from "./to-json.ts";

/** Options of {@link createHttpCapabilityProvider}. */
export interface HttpCapabilityProviderOptions extends HostApiOptions {
  readonly interfaceName: string;
  /** Its `route` says where the host answers. */
  readonly capability: Capability & { readonly route: string };
  readonly wit: string;
}

/**
 * Stand behind an interface of the host application's own by calling
 * `POST {baseUrl}/api/internal/ext-{route}/install/{installId}` with `{operation, args, user}`.
 *
 * `operation` is the function's camel-case name, `args` its arguments as JSON. The host answers `{"ok": value}` or
 * `{"err": value}`, the halves of the WIT result; anything else stops the guest.
 */
export function createHttpCapabilityProvider(options: HttpCapabilityProviderOptions): CapabilityProvider {
  const { interfaceName, capability, wit } = options;
  return {
    interfaceName,
    capability,
    wit,
    async call({ scope, fn, args, user }, { signal }) {
      const body = { operation: fn, args: args.map(toJson), user: toActor(user) };
      const answer = await postHostApi(options, { route: capability.route, scope, body }, { signal });
      const told = (answer.body ?? {}) as { readonly ok?: JsonValue; readonly err?: JsonValue };
      if (answer.ok && "ok" in told) return fromJson(told.ok ?? null);
      if ("err" in told) throw new CapabilityRefusal(fromJson(told.err ?? null));
      throw new Error(`The host answered ${interfaceName}#${fn} with ${answer.status}.`);
    },
  };
}

/** Whom the host checks its own rights for; null when no person made the call. */
export function toActor(user: ExecuteUser | null): { userId: string; userType: string } | null {
  return user === null ? null : { userId: user.user_id, userType: user.user_type };
}
