import type { CatalogEntry, CatalogVersion, InstallSummary, VersionChange } from "@alga-ext/protocol";
import { Alert, Badge, type BadgeProps } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { consentKey, droppedItems, newKeys } from "./consent.ts";

const SEMVER = {
  none: { tone: "success", label: "No change", text: "Nothing it asks for or offers is different." },
  patch: { tone: "success", label: "Small change", text: "What works with it now keeps working." },
  minor: {
    tone: "info",
    label: "Minor change",
    text: "It can do more; what works with it now keeps working.",
  },
  major: { tone: "warning", label: "Major change", text: "What works with it now may stop working." },
} as const satisfies Record<
  VersionChange["semver"],
  { tone: BadgeProps["tone"]; label: string; text: string }
>;

/** What another version means beside the one that is installed: how big the change is, what is new, what goes. */
export function VersionChangeNotes({
  entry,
  install,
  version,
  isNewer,
}: {
  readonly entry: CatalogEntry;
  readonly install: InstallSummary;
  readonly version: CatalogVersion | undefined;
  readonly isNewer: boolean;
}): ReactElement | null {
  const change = version?.change ?? null;
  if (change === null) return null;
  const { tone, label, text } = SEMVER[change.semver];
  const added = newKeys(version, install).size;
  const dropped = droppedItems(entry, version, install);
  return (
    <section className="acme-change" aria-label="What changes">
      <p>
        <Badge tone={tone}>{label}</Badge> {text}
      </p>
      {!isNewer && (
        <Alert tone="warning">
          This is an older version. It may not understand what {install.version} has stored.
        </Alert>
      )}
      <p>
        {added === 0
          ? "It asks for nothing new."
          : added === 1
            ? "It asks for 1 new permission, marked New below."
            : `It asks for ${added} new permissions, marked New below.`}
      </p>
      {dropped.length > 0 && (
        <div>
          <h3>No longer asks to</h3>
          <ul>
            {dropped.map((item) => (
              <li key={consentKey(item)}>{item.sentence}</li>
            ))}
          </ul>
        </div>
      )}
      <Routes title="New addresses it answers" routes={change.endpoints.added} />
      <Routes title="No longer answers" routes={change.endpoints.removed} />
    </section>
  );
}

function Routes({ title, routes }: { readonly title: string; readonly routes: readonly string[] }) {
  if (routes.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {routes.map((route) => (
          <li key={route}>
            <code className="acme-code">{route}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
