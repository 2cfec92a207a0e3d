import { normalizeCapability } from "@alga-ext/manifest";
import type { HostAnswer } from "../cells/cell.ts";
import type { Egress } from "../egress/egress.ts";
import type { WireValue } from "../frames/wire-value.ts";
import type { RunnerLimits } from "../options.ts";
import { CapabilityRefusal, type CapabilityProvider, type HostStorage, type RunnerLogger } from "../ports.ts";
import { err, ok, trap, type CapabilityInterface } from "./capability.ts";
import type { CallSession } from "./call-session.ts";
import { contextInterface } from "./context.ts";
import { createHttpInterface } from "./http.ts";
import { createLoggingInterface } from "./logging.ts";
import { createSecretsInterface } from "./secrets.ts";
import { createStorageInterface } from "./storage.ts";
import {
  clientsInterface,
  invoicingInterface,
  schedulerInterface,
  servicesInterface,
  uiProxyInterface,
} from "./unprovided.ts";
import { userInterface, userV2Interface } from "./user.ts";

/** Answers guest imports: grant, quota, deed, record; never rejects. */
export interface Broker {
  answer(session: CallSession, target: string, args: readonly WireValue[]): Promise<HostAnswer>;
}

/** Options of {@link createBroker}. */
export interface BrokerOptions {
  readonly limits: RunnerLimits;
  readonly egress: Egress;
  readonly storage: HostStorage | null;
  readonly providers: readonly CapabilityProvider[];
  readonly logger: RunnerLogger;
  readonly now: () => number;
}

/** Build the broker: one interface per file, plus what the host application adds. */
export function createBroker(options: BrokerOptions): Broker {
  const { limits, now } = options;
  const interfaces = new Map<string, CapabilityInterface>(
    Object.entries({
      context: contextInterface,
      secrets: createSecretsInterface(now),
      http: createHttpInterface(options.egress),
      storage: createStorageInterface(options.storage),
      logging: createLoggingInterface(limits, now),
      "ui-proxy": uiProxyInterface,
      user: userInterface,
      "user-v2": userV2Interface,
      scheduler: schedulerInterface,
      invoicing: invoicingInterface,
      clients: clientsInterface,
      services: servicesInterface,
    }).map(([name, made]) => [`alga:extension/${name}`, made]),
  );
  for (const provider of options.providers) {
    const builtIn = interfaces.get(provider.interfaceName);
    if (builtIn === undefined)
      throw new TypeError(`No pinned interface is called ${provider.interfaceName}.`);
    interfaces.set(provider.interfaceName, withProvider(builtIn, provider));
  }

  return {
    async answer(session, target, args) {
      // Counted before anything is decided: a refusal costs us as much as it costs them.
      session.usage.hostCalls += 1;
      if (session.usage.hostCalls > limits.hostCalls)
        return trap(`limit hostCalls of ${limits.hostCalls} reached`);
      const [name = "", fn = ""] = target.split("#");
      const made = interfaces.get(name);
      const call = made !== undefined && Object.hasOwn(made.functions, fn) ? made.functions[fn] : undefined;
      if (made === undefined || call === undefined) return trap(`no such import: ${target}`);
      if (!session.providers.has(made.grant)) return made.denied(fn);
      try {
        return made.precheck?.(fn, args) ?? (await call(session, args));
      } catch (error) {
        options.logger.error("capability failed", {
          target,
          tenant: session.scope.tenantId,
          install: session.scope.installId,
          error: error instanceof Error ? error.message : String(error),
        });
        return trap(`${target} failed`);
      }
    },
  };
}

/** Normalised effective capabilities of a call; names nobody knows are dropped. */
export function toGrants(providers: readonly string[]): ReadonlySet<string> {
  return new Set(providers.map((name) => normalizeCapability(name)).filter((name) => name !== null));
}

function withProvider(builtIn: CapabilityInterface, provider: CapabilityProvider): CapabilityInterface {
  const functions = Object.keys(builtIn.functions).map((fn) => [
    fn,
    async (session: CallSession, args: readonly WireValue[]): Promise<HostAnswer> => {
      try {
        return ok(await provider.call({ scope: session.scope, fn, args }, { signal: session.signal }));
      } catch (error) {
        if (error instanceof CapabilityRefusal) return err(error.value);
        throw error;
      }
    },
  ]);
  return { ...builtIn, functions: Object.fromEntries(functions) as CapabilityInterface["functions"] };
}
