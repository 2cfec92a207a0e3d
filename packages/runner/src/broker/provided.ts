import type { HostAnswer } from "../cells/cell.ts";
import type { WireValue } from "../frames/wire-value.ts";
import { CapabilityRefusal, type CapabilityProvider } from "../ports.ts";
import { err, ok, trap, type CapabilityInterface } from "./capability.ts";
import type { CallSession } from "./call-session.ts";
import { functionsOfWit } from "../prepare/functions-of-wit.ts";

/**
 * The interface that a provider stands behind: one of the platform's domain interfaces, or its own.
 *
 * @throws {TypeError} when it is neither
 */
export function toProvided(
  provider: CapabilityProvider,
  builtIn: CapabilityInterface | undefined,
): CapabilityInterface {
  const { interfaceName, capability, wit } = provider;
  if (builtIn !== undefined)
    return { ...builtIn, functions: callsOf(provider, Object.keys(builtIn.functions)) };
  if (capability === undefined || wit === undefined) {
    throw new TypeError(
      `${interfaceName} is not of the platform: its provider needs a capability and a wit.`,
    );
  }
  if (!capability.interfaces.includes(interfaceName)) {
    throw new TypeError(`The capability ${capability.name} does not open ${interfaceName}.`);
  }
  const denied = provider.denied ?? (() => undefined);
  return {
    grant: capability.name,
    denied: (fn) => {
      const value = denied(fn);
      return value === undefined ? trap(`capability_not_granted: ${capability.name}`) : err(value);
    },
    functions: callsOf(
      provider,
      functionsOfWit(wit, interfaceName).map(({ js }) => js),
    ),
  };
}

function callsOf(provider: CapabilityProvider, names: readonly string[]): CapabilityInterface["functions"] {
  return Object.fromEntries(
    names.map((fn) => [
      fn,
      async (session: CallSession, args: readonly WireValue[]): Promise<HostAnswer> => {
        const { scope, user, ending } = session;
        try {
          return ok(await provider.call({ scope, fn, args, user }, { signal: ending.signal }));
        } catch (error) {
          if (error instanceof CapabilityRefusal) return err(error.value);
          throw error;
        }
      },
    ]),
  );
}
