import { createBroker, type BrokerOptions } from "../src/broker/broker.ts";
import { defaultCallLimits, type CallLimits } from "../src/broker/call-limits.ts";
import type { CallSession } from "../src/broker/call-session.ts";
import { createCallUsage } from "../src/broker/call-usage.ts";
import type { WireValue } from "../src/frames/wire-value.ts";
import { RUNNER_LIMITS } from "../src/options.ts";

/** A call of install `install-1` of tenant `acme`, without grants unless some are given. */
export function sessionWith(
  overrides: Partial<Omit<CallSession, "limits" | "scope">> & {
    readonly limits?: Partial<CallLimits>;
    readonly scope?: Partial<CallSession["scope"]>;
  } = {},
): CallSession {
  const { limits, scope, ...rest } = overrides;
  return {
    scope: {
      tenantId: "acme",
      extensionId: "ext",
      installId: "install-1",
      requestId: null,
      versionId: null,
      contentHash: `sha256:${"0".repeat(64)}`,
      callToken: null,
      ...scope,
    },
    providers: new Set(),
    egress: [],
    secrets: { values: new Map(), expiresAt: null },
    secretHosts: {},
    config: {},
    user: null,
    limits: { ...defaultCallLimits(RUNNER_LIMITS), ...limits },
    ending: new AbortController(),
    usage: createCallUsage(),
    ...rest,
  };
}

/** A broker with nothing behind it but what is given. */
export function brokerWith(options: Partial<BrokerOptions> = {}) {
  const broker = createBroker({
    limits: RUNNER_LIMITS,
    egress: { fetch: () => Promise.resolve({ error: "not-allowed", bytes: 0 }) },
    storage: null,
    scheduler: null,
    uiProxy: null,
    providers: [],
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => 0,
    ...options,
  });
  return {
    ...broker,
    /** Call a function with every capability granted, or in a session of one's own. */
    ask: (target: string, args: readonly WireValue[] = [], session = sessionWith(everything)) =>
      broker.answer(session, target.includes(":") ? target : `alga:extension/${target}`, args),
  };
}

/** Every capability of the platform. */
export const everything = {
  providers: new Set([
    "cap:context.read",
    "cap:secrets.get",
    "cap:http.fetch",
    "cap:storage.kv",
    "cap:log.emit",
    "cap:ui.proxy",
    "cap:user.read",
    "cap:scheduler.manage",
    "cap:invoice.manual.create",
    "cap:client.read",
    "cap:service.read",
    "cap:config.read",
    "cap:metrics.emit",
  ]),
};
