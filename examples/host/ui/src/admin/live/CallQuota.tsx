import type { DebugEntry } from "@alga-ext/gateway";
import { useCallback, type ReactElement } from "react";
import { readQuota } from "../../api/logs.ts";
import { useLoaded } from "../../useLoaded.ts";
import { useManaged } from "../detail/managed.ts";
import { formatBytes, formatCount, formatDuration } from "../parts/format.ts";
import { Meter } from "../parts/Meter.tsx";
import { Shown } from "../parts/Shown.tsx";

type Usage = NonNullable<DebugEntry["call"]>["usage"];

/** What a call took of its extension's quota, and how much of that is used by now. */
export function CallQuota({ usage }: { readonly usage: Usage }): ReactElement {
  const { registryId } = useManaged();
  const loaded = useLoaded(useCallback(() => readQuota(registryId), [registryId]));
  const took = (amount: string): string => `, of which this call ${amount}`;
  return (
    <section className="acme-part">
      <h3>Quota</h3>
      <Shown loaded={loaded}>
        {({ limits, used }) => (
          <ul className="acme-meters">
            <li>
              <Meter
                label={`Calls${took("1")}`}
                value={used.invocations}
                limit={limits.invocations}
                format={formatCount}
              />
            </li>
            <li>
              <Meter
                label={`Computing time${took(formatDuration(usage?.cpu_ms ?? 0))}`}
                value={used.cpuMs}
                limit={limits.cpuMs}
                format={formatDuration}
              />
            </li>
            <li>
              <Meter
                label={`Network${took(formatBytes(usage?.egress_bytes ?? 0))}`}
                value={used.egressBytes}
                limit={limits.egressBytes}
                format={formatBytes}
              />
            </li>
          </ul>
        )}
      </Shown>
    </section>
  );
}
