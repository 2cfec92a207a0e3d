import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { CHANGED_SETTINGS, REFUSED, WARNED } from "../scripts/samples.ts";
import { ManifestError } from "./errors.ts";
import type { ManifestProblem, ManifestWarning } from "./manifest.ts";
import { parseManifest } from "./parse-manifest.ts";
import { MANIFEST_PROBLEMS } from "./problems.ts";
import { MANIFEST_WARNINGS } from "./warnings.ts";

function refusalOf(input: unknown): {
  problems: readonly ManifestProblem[];
  warnings: readonly ManifestWarning[];
} {
  try {
    parseManifest(input);
  } catch (error) {
    if (error instanceof ManifestError && error.code === "invalid_manifest") {
      return error.details as unknown as ReturnType<typeof refusalOf>;
    }
    throw error;
  }
  return { problems: [], warnings: [] };
}

const places = (found: readonly (ManifestProblem | ManifestWarning)[]): unknown =>
  found.map(({ code, pointer }) => [code, pointer]);

/** The same manifest as text; null when it cannot be one. */
function toText(input: unknown): string | null {
  try {
    return JSON.stringify(input, null, 2) ?? null;
  } catch {
    return null;
  }
}

describe("what is refused", () => {
  it.each(REFUSED)("%s: %s", (_what, code, input, pointer) => {
    expect(places(refusalOf(input).problems)).toEqual([[code, pointer]]);
  });

  it("has a sample for every code", () => {
    expect(new Set(REFUSED.map(([, code]) => code))).toEqual(new Set(Object.keys(MANIFEST_PROBLEMS)));
  });

  it("says what is wrong without leaving anything to fill in", () => {
    const blanks = new Set(Object.values(MANIFEST_PROBLEMS).flatMap((text) => text.match(/\{\w+\}/g) ?? []));
    blanks.delete("{setting}");
    blanks.delete("{region}");
    for (const [what, , input] of REFUSED) {
      for (const { message } of refusalOf(input).problems) {
        expect(
          [...blanks].filter((blank) => message.includes(blank)),
          what,
        ).toEqual([]);
        expect(message, what).toMatch(/[.?]$/);
        expect(message, what).not.toMatch(/undefined|NaN,? is|\[object/);
      }
    }
  });

  it("places every problem of a text in the text", () => {
    for (const [what, code, input] of REFUSED) {
      const text = typeof input === "string" ? input : toText(input);
      if (text === null || text.length > 100_000) continue;
      for (const problem of refusalOf(text).problems) {
        expect(problem.line, `${what} (${code})`).toBeGreaterThan(0);
        expect(problem.column, what).toBeGreaterThan(0);
      }
    }
  });
});

describe("what is warned about", () => {
  it.each(WARNED)("%s: %s", (_what, code, input, pointer) => {
    expect(places(parseManifest(input).warnings)).toEqual([[code, pointer]]);
  });

  it.each(CHANGED_SETTINGS)("%s: %s", (_what, code, input, pointer) => {
    expect(places(parseManifest(input).warnings)).toEqual([
      ["settings_list", "/settings"],
      [code, pointer],
    ]);
  });

  it("has a sample for every code", () => {
    const codes = [...WARNED, ...CHANGED_SETTINGS].map(([, code]) => code);
    expect(new Set(codes)).toEqual(new Set(Object.keys(MANIFEST_WARNINGS)));
  });
});

describe("what was probably meant", () => {
  it.each([
    ["a misspelt version", "version"],
    ["a misspelt method", "DELETE"],
    ["a dialog of no size", "small"],
    ["a host of an undeclared setting", "region"],
    ["an event for an endpoint that is not there", "POST /events"],
    ["a schedule for an endpoint that is not there", "POST /sync"],
    ["an old setting of an unknown type", "string"],
    ["old definitions", "$defs"],
    ["a misspelt key", "capabilities"],
    ["a misspelt key of an endpoint", "schedulable"],
    ["a misspelt key of a host", "ports"],
    ["a misspelt key of a page", "hooks"],
    ["a misspelt key of a menu", "label"],
    ["a misspelt key of a tab", "path"],
    ["a misspelt key of an event", "endpoint"],
    ["a misspelt key of a schedule", "timezone"],
    ["a misspelt key of links", "homepage"],
    ["a misspelt keyword", "required"],
    ["a misspelt hook", "appMenu"],
    ["a misspelt capability", "cap:storage.kv"],
  ])("%s: %s", (what, suggestion) => {
    const input = [...REFUSED, ...WARNED].find(([name]) => name === what)?.[2];
    const { problems } = refusalOf(input);
    const found = problems.length > 0 ? problems : parseManifest(input).warnings;
    expect(found.map((one) => one.suggestion)).toEqual([suggestion]);
  });
});

it("the README lists every code", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const codes = [...Object.keys(MANIFEST_PROBLEMS), ...Object.keys(MANIFEST_WARNINGS)];
  expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
});

it("five mistakes are five problems, each in its line and column", () => {
  const text = `{
  "name": "agreements",
  "publisher": "acme-labs",
  "verison": "0.1.0",
  "runtime": "wasm-js@1",
  "capabilities": ["cap:storage.kv", 7],
  "egress": [
    { "host": "http://api.ledgerline.example", "reason": "Looks up standing" }
  ],
  "api": { "endpoints": [
    { "method": "GTE", "path": "/agreements", "handler": "dist/main" },
    { "method": "GET", "path": "/agreements", "handler": "dist/main" },
    { "method": "GET", "path": "/agreements", "handler": "dist/other" }
  ] }
}`;
  expect(
    refusalOf(text).problems.map(({ code, pointer, line, column }) => [code, pointer, line, column]),
  ).toEqual([
    ["missing_version", "/version", 4, 3],
    ["bad_capability", "/capabilities/1", 6, 38],
    ["host_scheme", "/egress/0/host", 8, 7],
    ["bad_method", "/api/endpoints/0/method", 11, 7],
    ["duplicate_endpoint", "/api/endpoints/2", 13, 5],
  ]);
});

it("does not blame what only refers to something refused", () => {
  const input = {
    name: "a",
    publisher: "p",
    version: "1.0.0",
    runtime: "wasm-js@1",
    capabilities: ["cap:scheduler.manage", "cap:http.fetch"],
    egress: [{ host: "{region}.vendor.example", reason: "r" }],
    settings: 7,
    api: { endpoints: [{ method: "POST", path: "/sy nc", handler: "h", schedulable: true }] },
    schedules: [{ name: "N", cron: "* * * * *", endpoint: "POST /sync" }],
  };
  expect(places(refusalOf(input).problems)).toEqual([
    ["wrong_type", "/settings"],
    ["path_whitespace", "/api/endpoints/0/path"],
    ["cron_too_often", "/schedules/0/cron"],
  ]);
});

it("judges nothing by settings that are broken", () => {
  const input = {
    name: "a",
    publisher: "p",
    version: "1.0.0",
    runtime: "wasm-js@1",
    capabilities: ["cap:http.fetch"],
    egress: [{ host: "{region}.vendor.example", reason: "r" }],
    settings: { type: "object", properties: { region: null } },
  };
  expect(places(refusalOf(input).problems)).toEqual([["schema_not_a_schema", "/settings/properties/region"]]);
});

it("a refusal carries its warnings too", () => {
  const input = { name: "a", publisher: "p", version: "1", runtime: "wasm-js@1", capabilites: [] };
  expect(places(refusalOf(input).warnings)).toEqual([["unknown_key", "/capabilites"]]);
});
