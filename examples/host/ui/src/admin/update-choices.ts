import type { InstallDetails } from "@alga-ext/protocol";
import type { Channel } from "@alga-ext/registry";
import type { CatalogRow } from "../api/catalog.ts";
import { newerVersions } from "./consent.ts";
import { versionChoices, type VersionChoice } from "./version-choice.ts";

/** `update` offers newer versions, `change` every other one and what can be followed. */
export type UpdateMode = "update" | "change";

/** Where an install can go from what it runs. */
export function updateChoices({
  entry,
  install,
  channels,
  mode,
}: {
  readonly entry: CatalogRow;
  readonly install: InstallDetails;
  readonly channels: readonly Channel[];
  readonly mode: UpdateMode;
}): readonly VersionChoice[] {
  const newer = new Set(newerVersions(entry, install).map(({ version }) => version));
  return versionChoices(entry, channels)
    .filter(({ isFollowed }) => !(install.pinned && isFollowed))
    .filter(({ version }) => mode === "change" || newer.has(version))
    .map((choice) =>
      choice.isFollowed || newer.has(choice.version)
        ? choice
        : {
            ...choice,
            label: `${choice.label} (${choice.version === install.version ? "installed" : "older"})`,
          },
    );
}

/** What the dialog begins with: what is followed when that has moved on, else the first version that is another one. */
export function startOf(choices: readonly VersionChoice[], install: InstallDetails): string {
  const isOther = ({ version }: VersionChoice): boolean => version !== install.version;
  const start =
    choices.find((choice) => choice.value === install.follows && isOther(choice)) ??
    choices.find((choice) => !choice.isFollowed && isOther(choice)) ??
    choices[0];
  return start?.value ?? install.version;
}
