import type { ExecuteCapabilityUse, ExecuteEgressUse } from "@alga-ext/protocol";

/** Spans told of one call, all functions together: enough for a picture of it. */
const MAX_SPANS = 64;
/** A guest may name any host; a call is told where its first requests went. */
const MAX_HOSTS = 16;
const MAX_HOST_CHARACTERS = 253;

/** What one call has asked of the host so far, by function and by host. */
export interface CapabilityUse {
  /** `performance.now()` when the call was admitted. */
  readonly startedAt: number;
  readonly functions: Map<string, FunctionUse>;
  readonly hosts: Map<string, HostUse>;
  spans: number;
}

interface FunctionUse {
  calls: number;
  failed: number;
  denied: number;
  ms: number;
  readonly spans: (readonly [number, number])[];
}

interface HostUse {
  requests: number;
  failed: number;
  bytes: number;
  ms: number;
}

/** Nothing asked yet. */
export function createCapabilityUse(): CapabilityUse {
  return { startedAt: performance.now(), functions: new Map(), hosts: new Map(), spans: 0 };
}

/** Note a host call that is over. `target` must be one the broker knows, or `unknown`: there are only so many. */
export function noteHostCall(
  use: CapabilityUse,
  target: string,
  { outcome, startedAt }: { readonly outcome: "ok" | "err" | "denied" | "trap"; readonly startedAt: number },
): void {
  const ms = performance.now() - startedAt;
  let entry = use.functions.get(target);
  if (entry === undefined) {
    entry = { calls: 0, failed: 0, denied: 0, ms: 0, spans: [] };
    use.functions.set(target, entry);
  }
  entry.calls += 1;
  entry.ms += ms;
  if (outcome === "denied") entry.denied += 1;
  else if (outcome !== "ok") entry.failed += 1;
  if (use.spans >= MAX_SPANS) return;
  use.spans += 1;
  entry.spans.push([tenths(startedAt - use.startedAt), tenths(ms)]);
}

/** Note a request to the outside that is over. */
export function noteEgress(
  use: CapabilityUse,
  url: string,
  {
    bytes,
    failed,
    startedAt,
  }: { readonly bytes: number; readonly failed: boolean; readonly startedAt: number },
): void {
  const host = (URL.parse(url)?.host ?? "").slice(0, MAX_HOST_CHARACTERS) || "invalid";
  let entry = use.hosts.get(host);
  if (entry === undefined) {
    if (use.hosts.size >= MAX_HOSTS) return;
    entry = { requests: 0, failed: 0, bytes: 0, ms: 0 };
    use.hosts.set(host, entry);
  }
  entry.requests += 1;
  entry.bytes += bytes;
  entry.ms += performance.now() - startedAt;
  if (failed) entry.failed += 1;
}

/** What a call's report says of the functions it asked for. */
export function toFunctionReport(functions: CapabilityUse["functions"]): readonly ExecuteCapabilityUse[] {
  return Array.from(functions, ([target, use]) => ({ target, ...use, ms: tenths(use.ms) }));
}

/** What a call's report says of the hosts it sent requests to. */
export function toHostReport(hosts: CapabilityUse["hosts"]): readonly ExecuteEgressUse[] {
  return Array.from(hosts, ([host, use]) => ({ host, ...use, ms: tenths(use.ms) }));
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
