import type { CallLimit, LimitsInForce } from "@alga-ext/registry";
import { useCallback, type ReactElement } from "react";
import { readQuota } from "../../api/logs.ts";
import { useLoaded } from "../../useLoaded.ts";
import { Facts } from "../parts/Facts.tsx";
import { formatBytes, formatCount, formatDuration, formatMoment } from "../parts/format.ts";
import { Meter } from "../parts/Meter.tsx";
import { Section } from "../parts/Section.tsx";
import { Shown } from "../parts/Shown.tsx";
import { useManaged } from "./managed.ts";

const LIMITS: readonly {
  readonly name: CallLimit;
  readonly label: string;
  format(amount: number): string;
}[] = [
  { name: "invocations", label: "Calls", format: formatCount },
  { name: "concurrent", label: "Calls at once", format: formatCount },
  { name: "cpuMs", label: "Computing time", format: formatDuration },
  { name: "memoryMbMs", label: "Memory × time", format: (amount) => `${formatCount(amount / 1000)} MB·s` },
  { name: "egressBytes", label: "Network", format: formatBytes },
];

/** The limits in force, and what the window under way has used of them. */
export function Quotas(): ReactElement {
  const { registryId } = useManaged();
  const loaded = useLoaded(useCallback(() => readQuota(registryId), [registryId]));
  return (
    <Section title="Quotas" hint={hintOf(loaded.value)}>
      <Shown loaded={loaded}>
        {({ limits, used }) => (
          <>
            <ul className="acme-meters">
              {LIMITS.map(({ name, label, format }) => (
                <li key={name}>
                  <Meter label={label} value={used[name]} limit={limits[name]} format={format} />
                </li>
              ))}
            </ul>
            <Facts
              facts={[
                { label: "Stored data, at most", value: limitOf(limits.storageBytes, formatBytes) },
                { label: "Namespaces, at most", value: limitOf(limits.storageNamespaces, formatCount) },
                {
                  label: "Keys in a namespace, at most",
                  value: limitOf(limits.storageKeysPerNamespace, formatCount),
                },
              ]}
            />
          </>
        )}
      </Shown>
    </Section>
  );
}

function limitOf(limit: number | null, format: (amount: number) => string): string {
  return limit === null ? "No limit" : format(limit);
}

function hintOf(value: LimitsInForce | null): string {
  if (value === null) return "What it may use.";
  const hours = value.limits.windowSeconds / 3600;
  const window = hours === 24 ? "a day" : `${formatCount(hours)} hours`;
  return `Plan “${value.plan}”. Counted over ${window}, again from nothing at ${formatMoment(value.resetsAt)}.`;
}
