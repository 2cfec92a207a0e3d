/** A semantic version taken apart; build metadata does not count. */
interface Parsed {
  readonly core: readonly [number, number, number];
  readonly pre: readonly string[];
}

function parse(version: string): Parsed {
  const [withoutBuild = ""] = version.split("+");
  const dash = withoutBuild.indexOf("-");
  const core = (dash < 0 ? withoutBuild : withoutBuild.slice(0, dash)).split(".").map(Number);
  return {
    core: [core[0] ?? 0, core[1] ?? 0, core[2] ?? 0],
    pre: dash < 0 ? [] : withoutBuild.slice(dash + 1).split("."),
  };
}

/** Order by semantic version precedence; a pre-release comes before its release. */
export function compareVersions(left: string, right: string): number {
  const a = parse(left);
  const b = parse(right);
  for (const [index, part] of a.core.entries()) {
    const difference = part - (b.core[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
  for (let index = 0; index < Math.max(a.pre.length, b.pre.length); index++) {
    const difference = comparePre(a.pre[index], b.pre[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function comparePre(left: string | undefined, right: string | undefined): number {
  if (left === right) return 0;
  if (left === undefined) return -1;
  if (right === undefined) return 1;
  const numeric = [left, right].map((part) => /^\d+$/.test(part));
  if (numeric[0] && numeric[1]) return Number(left) - Number(right);
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
  return left < right ? -1 : 1;
}

const WILDCARD = /^(\d+\.\d+)\.\*$/;

/** `X.Y` of a wildcard version `X.Y.*`, or null for an exact one. */
export function wildcardLine(version: string): string | null {
  return WILDCARD.exec(version)?.[1] ?? null;
}

/** Patch numbers of the releases of a line `X.Y`; pre-releases do not count. */
export function patchesOf(line: string, versions: readonly string[]): number[] {
  return versions.flatMap((version) => {
    const { core, pre } = parse(version);
    return pre.length === 0 && `${core[0]}.${core[1]}` === line ? [core[2]] : [];
  });
}
