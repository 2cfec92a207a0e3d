import { parseManifest, validateAgainst, type SettingsSchema } from "@alga-ext/manifest";
import type { JsonValue } from "@alga-ext/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fitSettings, judgeSetting } from "./fit-settings.ts";

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
const name = fc.constantFrom("a", "b", "secret", "nested", "unknown", "__proto__", "a/b~c", "toString");
const values = fc.dictionary(name, json);

const schema = {
  type: "object",
  required: ["a", "secret"],
  properties: {
    a: { type: "string", maxLength: 3 },
    b: { type: "integer", minimum: 0, default: 1 },
    secret: { type: "string", secret: true },
    nested: { type: "object", required: ["x"], properties: { x: { $ref: "#/$defs/flag" } } },
    "a/b~c": { type: "boolean" },
  },
  $defs: { flag: { type: "boolean" } },
} as const satisfies SettingsSchema;
const manifest = { settings: schema, egress: [{ host: "{a}.vendor.example", reason: "" }] };

test("each value is handed out or has a problem, and no value takes another one with it", () => {
  fc.assert(
    fc.property(values, fc.subarray(["secret", "other"]), (given, secretNames) => {
      const { config, problems } = fitSettings(manifest, given, secretNames);
      for (const [key, value] of Object.entries(given)) {
        const isHandedOut =
          Object.hasOwn(config, key) && JSON.stringify(config[key]) === JSON.stringify(value);
        const pointer = `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        const hasProblem = problems.some(
          (one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`),
        );
        expect(isHandedOut !== hasProblem || config[key] === value).toBe(true);
        expect(isHandedOut || hasProblem).toBe(true);
        const alone = fitSettings(manifest, Object.fromEntries([[key, value]]), []);
        expect(JSON.stringify(alone.config[key])).toBe(JSON.stringify(config[key]));
      }
      expect(Object.hasOwn(config, "secret")).toBe(false);
      expect(config["b"]).toBeTypeOf("number");
      const { required: _, ...rest } = schema;
      expect(validateAgainst(rest, config)).toEqual([]);
      const isMissing = problems.some(({ code, pointer }) => code === "missing" && pointer === "/secret");
      expect(isMissing).toBe(!secretNames.includes("secret") && !Object.hasOwn(given, "secret"));
    }),
  );
});

test("without problems the settings are whole: the schema itself accepts them", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 3 }), fc.nat(), fc.boolean(), (a, b, x) => {
      const { config, problems } = fitSettings({ ...manifest, egress: [] }, { a, b, nested: { x } }, [
        "secret",
      ]);
      expect(problems).toEqual([]);
      expect(config).toEqual({ a, b, nested: { x } });
    }),
  );
});

test("names of the language are names like others", () => {
  const nothing = { settings: null, egress: [] };
  const given = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, JsonValue>;
  const { config, problems } = fitSettings(nothing, given, []);
  expect(Object.entries(config)).toEqual([
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
  expect(problems).toEqual([]);
  expect(judgeSetting(schema, "toString", "x")).toMatchObject([
    { code: "unknown_key", pointer: "/toString" },
  ]);
});

test("a rule about all settings together is judged on what is left", () => {
  const both = {
    ...schema,
    required: [],
    anyOf: [{ required: ["a"] }, { required: ["b"] }],
    properties: { a: { type: "string" }, b: { type: "string" } },
  } as const satisfies SettingsSchema;
  const fit = (given: Record<string, JsonValue>) => fitSettings({ settings: both, egress: [] }, given, []);
  expect(fit({ a: "x" }).problems).toEqual([]);
  expect(fit({}).problems).toMatchObject([{ code: "no_match", pointer: "" }]);
  expect(fit({ a: 1 }).problems.map(({ code }) => code)).toEqual(["wrong_type", "no_match"]);
});

test("the old list form of settings is judged as the schema it is read as", () => {
  const { manifest: read } = parseManifest({
    name: "x",
    publisher: "p",
    version: "1.0.0",
    runtime: "wasm-js@1",
    settings: [
      {
        key: "region",
        type: "select",
        label: "Region",
        options: [{ label: "EU", value: "eu" }],
        default: "eu",
      },
      { key: "token", type: "string", label: "Token", encrypted: true },
    ],
  });
  expect(fitSettings(read, {}, []).config).toEqual({ region: "eu" });
  expect(fitSettings(read, { region: "mars" }, []).problems).toMatchObject([{ pointer: "/region" }]);
  expect(fitSettings(read, { token: "t" }, []).problems).toMatchObject([
    { code: "now_secret", pointer: "/token" },
  ]);
});
