import type { JsonValue } from "@alga-ext/protocol";
import { ManifestError } from "./errors.ts";
import { describe } from "./internal/describe.ts";
import { toPointer } from "./internal/to-pointer.ts";
import type { Manifest } from "./manifest.ts";

const PLACEHOLDER = /\{(.+?)\}/g;
const VALUE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const HOST = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+$/;

/**
 * The hosts of a manifest with the settings of one install filled in.
 *
 * A value becomes one DNS label or part of one, so that it cannot lead to another domain. A host whose setting has
 * neither a value nor a default is left out: it cannot be called yet.
 *
 * @param settings Values by name, secrets left out.
 * @throws {ManifestError} `invalid_setting` when a value is no DNS label; `details.settings` are their pointers.
 * @example
 * resolveEgress(manifest, { region: "eu" }); // ["eu.vendor.example"]
 */
export function resolveEgress(
  manifest: {
    readonly egress: readonly { readonly host: string }[];
    readonly settings?: Manifest["settings"];
  },
  settings: { readonly [name: string]: JsonValue },
): string[] {
  const wrong = new Set<string>();
  const hosts = new Set<string>();
  for (const { host } of manifest.egress) {
    let isKnown = true;
    const resolved = host.replaceAll(PLACEHOLDER, (_, name: string) => {
      const value = valueOf(manifest.settings ?? null, settings, name);
      if (value === undefined) isKnown = false;
      else if (typeof value !== "string" || !VALUE.test(value)) wrong.add(name);
      else return value.toLowerCase();
      return "";
    });
    if (wrong.size > 0 || !isKnown) continue;
    if (resolved !== host && (resolved.length > 253 || !HOST.test(resolved))) {
      for (const [, name = ""] of host.matchAll(PLACEHOLDER)) wrong.add(name);
    }
    hosts.add(resolved);
  }
  if (wrong.size === 0) return [...hosts];
  const names = [...wrong];
  throw new ManifestError(
    "invalid_setting",
    `${names.map(describe).join(" and ")} must fit into a host name: letters, digits and hyphens, up to 63.`,
    { details: { settings: names.map((name) => toPointer([name])) } },
  );
}

function valueOf(
  schema: Manifest["settings"],
  settings: { readonly [name: string]: JsonValue },
  name: string,
): JsonValue | undefined {
  const given = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (given !== undefined && given !== null && given !== "") return given;
  return schema !== null && Object.hasOwn(schema.properties, name)
    ? schema.properties[name]?.default
    : undefined;
}
