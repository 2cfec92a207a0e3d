import { isAbsolute, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, packageJson, packageNames } from "./sources.ts";

/** A package may import only packages of a lower rank. */
const RANK: Record<string, number> = {
  protocol: 0,
  manifest: 1,
  "iframe-bridge": 1,
  bundle: 2,
  "ui-kit": 2,
  registry: 3,
  gateway: 3,
  runner: 3,
  sdk: 4,
  cli: 5,
};

/** Third parties sit in one place each: specifier prefix → where below `packages/` it may be imported. */
const PLACES: Record<string, readonly RegExp[]> = {
  kysely: [/^registry\/src\//],
  undici: [/^gateway\/src\/node\//, /^runner\/src\//],
  "@bytecodealliance/jco-transpile": [/^runner\/src\/prepare\//],
  "componentize-qjs": [/^cli\/src\//],
  esbuild: [/^cli\/src\//],
  vite: [/^cli\/src\//],
  ajv: [],
  jose: [/^bundle\/src\//, /^gateway\/src\//, /^runner\/src\//, /^registry\/src\//],
  "ipaddr.js": [/^runner\/src\/egress\//],
  "lru-cache": [/^runner\/src\//, /^gateway\/src\//],
  acorn: [/^runner\/src\/prepare\//],
  "cron-parser": [/^registry\/src\/schedules\//],
  "pg-boss": [/^registry\/src\/adapters\//, /^registry\/src\/testing\//],
  "@base-ui/react": [/^ui-kit\/src\//],
};

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

test("the ranks name every package", () => {
  expect(Object.keys(RANK).toSorted()).toEqual(packageNames());
});

describe.each(packageNames())("%s", (name) => {
  const imports = importsOf(name);

  test("imports only packages of a lower rank, through their exports maps", () => {
    const wrong = imports.filter(({ file, specifier }) => {
      if (!specifier.startsWith("@alga-ext")) return false;
      const [, target, ...rest] = specifier.split("/");
      const subpath = rest.length === 0 ? "." : `./${rest.join("/")}`;
      // The in-guest sources import WIT interfaces; only real packages count here.
      if (target === undefined || !(target in RANK)) return true;
      // Processes that a test starts use the package as it is built, through its own exports map.
      if (target === name && file.startsWith("testing/kit/")) return !(subpath in packageJson(name).exports);
      return RANK[target]! >= RANK[name]! || !(subpath in packageJson(target).exports);
    });
    expect(wrong).toEqual([]);
  });

  test("never leaves its own src by a relative path", () => {
    const wrong = imports.filter(
      ({ file, specifier }) =>
        isAbsolute(specifier) ||
        (specifier.startsWith(".") &&
          normalize(join("/src", file, "..", specifier)).startsWith("/src/") === false),
    );
    expect(wrong).toEqual([]);
  });

  test("imports third parties only where they belong", () => {
    const wrong = imports.filter(({ file, specifier }) => {
      const places = PLACES[packageOf(specifier)];
      return places !== undefined && !places.some((place) => place.test(`${name}/src/${file}`));
    });
    expect(wrong).toEqual([]);
  });

  test("declares what it imports", () => {
    const json = packageJson(name) as { dependencies?: object; peerDependencies?: object };
    const declared = new Set([
      ...Object.keys(json.dependencies ?? {}),
      ...Object.keys(json.peerDependencies ?? {}),
    ]);
    const wrong = imports.filter(
      ({ file, specifier }) =>
        !specifier.startsWith(".") &&
        !specifier.startsWith("node:") &&
        !specifier.startsWith("alga:") &&
        !file.startsWith("testing/") &&
        !declared.has(packageOf(specifier)),
    );
    expect(wrong).toEqual([]);
  });
});
