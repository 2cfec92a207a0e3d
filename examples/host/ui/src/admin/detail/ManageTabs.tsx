import { Tabs, type TabItem } from "@alga-ext/ui-kit";
import { useEffect, useRef, type ReactElement } from "react";
import { adminHref, navigate } from "../../router.ts";
import { LiveTab } from "../live/LiveTab.tsx";
import { CallsTab } from "./CallsTab.tsx";
import { EventsTab } from "./EventsTab.tsx";
import { useManaged } from "./managed.ts";
import { OverviewTab } from "./OverviewTab.tsx";
import { PermissionsTab } from "./PermissionsTab.tsx";
import { SchedulesTab } from "./SchedulesTab.tsx";
import { SecretsTab } from "./SecretsTab.tsx";
import { SettingsTab } from "./SettingsTab.tsx";
import { UsageTab } from "./UsageTab.tsx";
import { VersionsTab } from "./VersionsTab.tsx";

/** What there is to see of an extension, whether it is installed or not. */
const ALWAYS: readonly TabItem[] = [
  { key: "overview", label: "Overview", content: <OverviewTab /> },
  { key: "versions", label: "Versions", content: <VersionsTab /> },
];
const INSTALLED: readonly TabItem[] = [
  { key: "settings", label: "Settings", content: <SettingsTab /> },
  { key: "permissions", label: "Permissions", content: <PermissionsTab /> },
  { key: "secrets", label: "Secrets", content: <SecretsTab /> },
];
const LOGS: readonly TabItem[] = [
  { key: "calls", label: "Calls", content: <CallsTab /> },
  { key: "live", label: "Live log", content: <LiveTab /> },
  { key: "usage", label: "Usage", content: <UsageTab /> },
];
const CALLED: readonly TabItem[] = [
  { key: "events", label: "Events", content: <EventsTab /> },
  { key: "schedules", label: "Schedules", content: <SchedulesTab /> },
];

/** The tabs of one extension; the address says which one is shown. */
export function ManageTabs({ tab }: { readonly tab: string | undefined }): ReactElement {
  const { registryId, name, data } = useManaged();
  const isInstalled = data.install !== null;
  // What was called stays in the log after an uninstall.
  const tabs = isInstalled ? [...ALWAYS, ...INSTALLED, ...LOGS, ...CALLED] : [...ALWAYS, ...LOGS];
  const active = tabs.find(({ key }) => key === tab)?.key ?? "overview";
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const shown = box.current?.querySelector('[role="tab"][aria-selected="true"]');
    const list = shown?.parentElement;
    if (!(shown instanceof HTMLElement) || list === null || list === undefined) return;
    // Only the list of tabs moves, never the page.
    list.scrollLeft = shown.offsetLeft - (list.clientWidth - shown.offsetWidth) / 2;
  }, [active]);
  return (
    <div ref={box} className="acme-tabs">
      <Tabs
        aria-label={`Manage ${name}`}
        tabs={tabs}
        activeKey={active}
        // Arrows pass over tabs; only the one they stop at is a place to come back to.
        onChange={(key) =>
          navigate(adminHref(registryId, key === "overview" ? undefined : key), { replace: true })
        }
      />
    </div>
  );
}
