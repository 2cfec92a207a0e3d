import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { packageJson, ROOT } from "./sources.ts";

/** Entries that must load in browsers, edge runtimes and Node alike. */
const NEUTRAL = [
  "@alga-ext/protocol",
  "@alga-ext/protocol/wit",
  "@alga-ext/manifest",
  "@alga-ext/bundle",
  "@alga-ext/gateway",
  "@alga-ext/iframe-bridge",
  "@alga-ext/iframe-bridge/host",
  "@alga-ext/iframe-bridge/frame",
  "@alga-ext/ui-kit",
  "@alga-ext/sdk",
  "@alga-ext/sdk/handler",
  "@alga-ext/sdk/prelude",
  "@alga-ext/sdk/ui",
  "@alga-ext/sdk/ui/react",
];

function entryOf(specifier: string): string {
  const [, name, ...rest] = specifier.split("/");
  const target = packageJson(name!).exports[rest.length === 0 ? "." : `./${rest.join("/")}`];
  if (target === undefined || typeof target === "string")
    throw new TypeError(`${specifier} is not a module entry`);
  return join(ROOT, "packages", name!, target["default"]!);
}

/** Every specifier outside our own packages that loading an entry reaches. */
function reached(entry: string, seen = new Set<string>(), outside = new Set<string>()): Set<string> {
  if (seen.has(entry)) return outside;
  seen.add(entry);
  const text = readFileSync(entry, "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, "");
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)) {
    const specifier = match[1]!;
    if (specifier.startsWith(".")) reached(resolve(dirname(entry), specifier), seen, outside);
    else if (specifier.startsWith("@alga-ext/")) reached(entryOf(specifier), seen, outside);
    else outside.add(specifier);
  }
  return outside;
}

test.each(NEUTRAL)("%s loads without Node", (specifier) => {
  const outside = [...reached(entryOf(specifier))];
  expect(outside.filter((one) => one.startsWith("node:") || one === "undici")).toEqual([]);
});
