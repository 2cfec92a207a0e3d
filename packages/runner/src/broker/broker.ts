import { createCatalogue, type Catalogue } from "@alga-ext/manifest";
import type { HostAnswer } from "../cells/cell.ts";
import type { Egress } from "../egress/egress.ts";
import type { WireValue } from "../frames/wire-value.ts";
import type { RunnerLimits } from "../options.ts";
import type { CapabilityProvider, HostScheduler, HostStorage, RunnerLogger } from "../ports.ts";
import { withoutVersion } from "../prepare/host-interfaces.ts";
import { trap, type CapabilityInterface } from "./capability.ts";
import type { CallSession } from "./call-session.ts";
import { configInterface } from "./config.ts";
import { noteHostCall } from "./capability-use.ts";
import { contextInterface } from "./context.ts";
import { DOMAIN_INTERFACES } from "./domain.ts";
import { createHttpInterface } from "./http.ts";
import { createLoggingInterface } from "./logging.ts";
import { metricsInterface } from "./metrics.ts";
import { toProvided } from "./provided.ts";
import { createSchedulerInterface } from "./scheduler.ts";
import { createSecretsInterface } from "./secrets.ts";
import { createStorageInterface } from "./storage.ts";
import { take } from "./take.ts";
import { createUiProxyInterface, type UiProxyRoutes } from "./ui-proxy.ts";
import { userInterface, userV2Interface } from "./user.ts";

/** Answers guest imports: grant, quota, deed, record; never rejects. */
export interface Broker {
  /** Every capability it knows: the platform's and those of providers. */
  readonly catalogue: Catalogue;
  answer(session: CallSession, target: string, args: readonly WireValue[]): Promise<HostAnswer>;
}

/** How a host call ended: answered, answered with an error of its interface, not granted, or stopped. */
export type HostCallOutcome = "ok" | "err" | "denied" | "trap";

/** Options of {@link createBroker}. */
export interface BrokerOptions {
  readonly limits: Pick<RunnerLimits, "logLineBytes">;
  readonly egress: Egress;
  readonly storage: HostStorage | null;
  readonly scheduler: HostScheduler | null;
  readonly uiProxy: UiProxyRoutes | null;
  readonly providers: readonly CapabilityProvider[];
  readonly logger: RunnerLogger;
  readonly now: () => number;
  /** Told of every host call. `target` is one the broker knows, or `unknown`: there are only so many. */
  readonly onHostCall?: (target: string, outcome: HostCallOutcome) => void;
}

/**
 * Build the broker: one interface per file, plus what the host application adds.
 *
 * @throws {TypeError} when a provider's interface or capability is malformed or taken
 */
export function createBroker(options: BrokerOptions): Broker {
  const { limits, logger, now, providers } = options;
  const interfaces = new Map<string, CapabilityInterface>(
    Object.entries({
      context: contextInterface,
      secrets: createSecretsInterface(now),
      http: createHttpInterface(options.egress, now),
      storage: createStorageInterface(options.storage),
      logging: createLoggingInterface(limits, now),
      "ui-proxy": createUiProxyInterface(options.uiProxy, logger),
      user: userInterface,
      "user-v2": userV2Interface,
      scheduler: createSchedulerInterface(options.scheduler),
      ...DOMAIN_INTERFACES,
      config: configInterface,
      metrics: metricsInterface,
    }).map(([name, made]) => [`alga:extension/${name}`, made]),
  );
  const provided = new Set<string>();
  for (const provider of providers) {
    const { interfaceName } = provider;
    if (provided.has(interfaceName)) throw new TypeError(`Two providers stand behind ${interfaceName}.`);
    provided.add(interfaceName);
    // Under the name that glue asks for, which is without a version.
    const name = withoutVersion(interfaceName);
    interfaces.set(name, toProvided(provider, interfaces.get(name)));
  }
  const own = new Set(providers.flatMap(({ capability }) => capability ?? []));

  const answer = async (
    session: CallSession,
    target: string,
    args: readonly WireValue[],
  ): Promise<readonly [known: boolean, HostCallOutcome | null, HostAnswer]> => {
    const [name = "", fn = ""] = target.split("#");
    const made = interfaces.get(name);
    const call = made !== undefined && Object.hasOwn(made.functions, fn) ? made.functions[fn] : undefined;
    // Counted before anything is decided: a refusal costs us as much as it costs them.
    if (!take(session, "host_calls")) {
      const reached = `limit host_calls of ${session.limits.host_calls} reached`;
      return [call !== undefined, null, trap(reached)];
    }
    if (made === undefined || call === undefined) return [false, null, trap(`no such import: ${target}`)];
    if (!session.providers.has(made.grant)) return [true, "denied", made.denied(fn)];
    if (session.scope.installId === "" && made.withoutInstall !== undefined)
      return [true, "denied", made.withoutInstall(fn)];
    try {
      return [true, null, made.precheck?.(fn, args) ?? (await call(session, args))];
    } catch (error) {
      logger.error("capability failed", {
        target,
        tenant: session.scope.tenantId,
        install: session.scope.installId,
        error: error instanceof Error ? error.message : String(error),
      });
      return [true, null, trap(`${target} failed`)];
    }
  };

  return {
    catalogue: createCatalogue([...own]),
    async answer(session, target, args) {
      const startedAt = performance.now();
      const [isKnown, refusal, answered] = await answer(session, target, args);
      const name = isKnown ? target : "unknown";
      const outcome = refusal ?? answered.kind;
      noteHostCall(session.usage.capabilities, name, { outcome, startedAt });
      options.onHostCall?.(name, outcome);
      return answered;
    },
  };
}
