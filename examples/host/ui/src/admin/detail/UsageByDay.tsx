import type { UsageWindow } from "@alga-ext/registry";
import { CustomSelect, DataTable } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement } from "react";
import { listUsage } from "../../api/logs.ts";
import { useLoaded } from "../../useLoaded.ts";
import { formatBytes, formatCount, formatDay, formatDuration, formatMoment } from "../parts/format.ts";
import { Section } from "../parts/Section.tsx";
import { Shown } from "../parts/Shown.tsx";
import { useManaged } from "./managed.ts";
import { sumByDay } from "./sum-usage.ts";

const DAY_MS = 86_400_000;
const SPANS = [
  { value: "1", label: "Last 24 hours, by the hour" },
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
];

/** What was used, by the hour or by the day, with a bar to compare. */
export function UsageByDay(): ReactElement {
  const { registryId } = useManaged();
  const [days, setDays] = useState("7");
  const isHourly = days === "1";
  const loaded = useLoaded(
    useCallback(async () => {
      const from = new Date(Date.now() - Number(days) * DAY_MS).toISOString();
      const hours = await listUsage(registryId, from);
      return days === "1" ? hours : sumByDay(hours);
    }, [registryId, days]),
  );
  const most = Math.max(1, ...(loaded.value ?? []).map(({ invocations }) => invocations));
  return (
    <Section
      title="Used"
      isFramed={false}
      actions={<CustomSelect aria-label="Period" value={days} options={SPANS} onValueChange={setDays} />}
    >
      <Shown loaded={loaded}>
        {(windows) => (
          <DataTable
            aria-label="Used"
            data={windows}
            rowKey={({ windowStart }) => windowStart}
            emptyMessage="Nothing was used in this time."
            responsiveColumns
            columns={[
              {
                key: "windowStart",
                header: isHourly ? "Hour" : "Day",
                width: isHourly ? 190 : 130,
                alwaysShow: true,
                render: ({ windowStart }) => (isHourly ? formatMoment : formatDay)(windowStart),
              },
              {
                key: "invocations",
                header: "Calls",
                alwaysShow: true,
                render: (window) => <Bar window={window} most={most} />,
              },
              amount("cpuMs", "Computing time", 3, (window) => formatDuration(window.cpuMs)),
              amount("memoryMbMs", "Memory", 5, ({ memoryMbMs }) => `${formatCount(memoryMbMs / 1000)} MB·s`),
              amount("egressBytes", "Network", 4, (window) => formatBytes(window.egressBytes)),
            ]}
          />
        )}
      </Shown>
    </Section>
  );
}

function amount(key: string, header: string, priority: number, render: (window: UsageWindow) => string) {
  return { key, header, width: 130, align: "end" as const, priority, render };
}

function Bar({ window, most }: { readonly window: UsageWindow; readonly most: number }): ReactElement {
  return (
    <span className="acme-bar">
      <span className="acme-bar__fill" style={{ inlineSize: `${(window.invocations / most) * 100}%` }} />
      <span className="acme-bar__text">{formatCount(window.invocations)}</span>
    </span>
  );
}
