import type { ExecuteLimitName, ExecuteLimits } from "@alga-ext/protocol";
import type { RunnerLimits } from "../options.ts";

/** Limits of one call under their wire names, each in the unit of its name. */
export type CallLimits = { readonly [name in ExecuteLimitName]: number };

const MIB = 1024 * 1024;

/** Limits of calls for which nobody else decides. */
export function defaultCallLimits(limits: RunnerLimits): CallLimits {
  return {
    timeout_ms: limits.defaultTimeoutMs,
    cpu_ms: limits.cpuMs,
    memory_mb: limits.memoryBytes / MIB,
    request_bytes: limits.requestBytes,
    request_headers: limits.requestHeaders,
    request_header_bytes: limits.requestHeaderBytes,
    response_bytes: limits.responseBytes,
    response_headers: limits.responseHeaders,
    response_header_bytes: limits.responseHeaderBytes,
    log_lines: limits.logLines,
    log_bytes: limits.logBytes,
    host_calls: limits.hostCalls,
    egress_requests: limits.egressRequests,
    egress_bytes: limits.egressBytes,
    storage_ops: limits.storageOps,
  };
}

/** What no call ever gets more of: the defaults, but for those the operator raises. */
export function callCeilings(limits: RunnerLimits, raised: Partial<CallLimits> = {}): CallLimits {
  return { ...defaultCallLimits(limits), timeout_ms: limits.maxTimeoutMs, ...raised };
}

/**
 * Create what says the limits of one call: the install's, else its tenant's, else the operator's defaults, and never
 * above the ceilings.
 *
 * A value that is no positive number counts as left out.
 */
export function createLimitResolver({
  defaults,
  ceilings,
}: {
  readonly defaults: CallLimits;
  readonly ceilings: CallLimits;
}): (given: {
  readonly tenant?: Partial<CallLimits> | undefined;
  readonly install?: ExecuteLimits | undefined;
}) => CallLimits {
  const apply = (resolved: Record<ExecuteLimitName, number>, given: Partial<CallLimits>) => {
    for (const name in given) {
      if (!isLimit(name, ceilings)) continue;
      const value = given[name];
      if (typeof value === "number" && value > 0) resolved[name] = Math.min(value, ceilings[name]);
    }
  };
  const usual = { ...defaults };
  apply(usual, defaults);
  return ({ tenant, install }) => {
    if (tenant === undefined && install === undefined) return usual;
    const resolved = { ...usual };
    if (tenant !== undefined) apply(resolved, tenant);
    if (install !== undefined) apply(resolved, install);
    return resolved;
  };
}

function isLimit(name: string, ceilings: CallLimits): name is ExecuteLimitName {
  return Object.hasOwn(ceilings, name);
}
