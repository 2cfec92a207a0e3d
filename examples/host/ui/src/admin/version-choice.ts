import type { Channel } from "@alga-ext/registry";
import type { CatalogRow } from "../api/catalog.ts";

/** One way to name a version: exactly, or by what is followed. */
export interface VersionChoice {
  /** What the registry is told: `1.2.3`, `1.2.*` or a channel. */
  readonly value: string;
  /** The version that this is now. */
  readonly version: string;
  readonly label: string;
  readonly isFollowed: boolean;
}

const RELEASE = /^(\d+\.\d+)\.\d+$/;

/** Everything an administrator may install: channels and lines to follow, then each version to stay on. */
export function versionChoices(row: CatalogRow, channels: readonly Channel[]): readonly VersionChoice[] {
  const offered = row.versions.filter(({ status }) => status !== "yanked" && status !== "unreadable");
  const isOffered = (version: string): boolean => offered.some((one) => one.version === version);
  const followed: VersionChoice[] = channels
    .filter(({ version }) => isOffered(version))
    // `latest` is what most people mean.
    .toSorted((a, b) => Number(b.name === "latest") - Number(a.name === "latest"))
    .map(({ name, version }) => ({
      value: name,
      version,
      label: `Follow ${name} (now ${version})`,
      isFollowed: true,
    }));
  const lines = new Map<string, string>();
  for (const { version } of offered) {
    const line = RELEASE.exec(version)?.[1];
    if (line !== undefined && !lines.has(line)) lines.set(line, version);
  }
  for (const [line, version] of lines) {
    followed.push({
      value: `${line}.*`,
      version,
      label: `Follow ${line}.* (now ${version})`,
      isFollowed: true,
    });
  }
  return [
    ...followed,
    ...offered.map(({ version, status }, index) => ({
      value: version,
      version,
      label: `Stay on ${version}${index === 0 ? " (newest)" : ""}${status === "deprecated" ? " (deprecated)" : ""}`,
      isFollowed: false,
    })),
  ];
}

/** What an install follows, in words. */
export function describeFollowing({
  follows,
  pinned,
}: {
  readonly follows: string | null;
  readonly pinned: boolean;
}): string {
  if (pinned) return follows === null ? "Pinned" : `Pinned; would follow ${follows}`;
  return follows === null ? "Nothing: it stays until you choose" : follows;
}
