import { describe, expect, it } from "vitest";
import { FULL_MANIFEST } from "../scripts/full-manifest.ts";
import { BASE, get, PAGE, withEndpoints } from "../scripts/samples.ts";
import { parseManifest } from "./parse-manifest.ts";

const settingsOf = (settings: unknown): unknown => parseManifest({ ...BASE, settings }).manifest.settings;

describe("a manifest with every field", () => {
  const { manifest, warnings } = parseManifest(FULL_MANIFEST);

  it("is accepted without a warning", () => {
    expect(warnings).toEqual([]);
  });

  it("keeps what carries meaning", () => {
    const { raw, endpoints, settings, ui, ...rest } = manifest;
    expect(raw).toEqual(FULL_MANIFEST);
    expect(settings).toEqual(FULL_MANIFEST.settings);
    expect(endpoints.map(({ request, response }) => [request, response])).toEqual(
      FULL_MANIFEST.api.endpoints.map((one) => [
        "request" in one ? one.request : undefined,
        "response" in one ? one.response : undefined,
      ]),
    );
    expect(ui).toEqual({
      ...FULL_MANIFEST.ui,
      hooks: {
        ...FULL_MANIFEST.ui.hooks,
        panels: [{ id: "summary", label: "Agreements", target: "dashboard", path: "/" }],
      },
    });
    expect(rest).toEqual({
      name: "agreements",
      publisher: "acme-labs",
      slug: "acme-labs.agreements",
      version: "0.1.*",
      runtime: "wasm-js@1",
      displayName: "Agreements",
      description: FULL_MANIFEST.description,
      icon: "ui/icon.svg",
      links: FULL_MANIFEST.links,
      minHostVersion: "2.4.0",
      capabilities: FULL_MANIFEST.capabilities,
      unknownCapabilities: [],
      egress: FULL_MANIFEST.egress,
      events: [{ topic: "ticket.created", endpoint: { method: "POST", path: "/events/ticket" } }],
      schedules: [
        {
          name: "Nightly sync",
          cron: "0 3 * * *",
          timezone: "Europe/Berlin",
          endpoint: { method: "POST", path: "/sync" },
          payload: { full: true },
          enabled: false,
        },
        {
          name: "Often",
          cron: "*/15 8-18 * * 1-5",
          timezone: "UTC",
          endpoint: { method: "POST", path: "/sync" },
          payload: null,
          enabled: true,
        },
      ],
    });
  });

  it("reads the same from text, from a value and from what it kept", () => {
    expect(parseManifest(JSON.stringify(FULL_MANIFEST)).manifest).toEqual(manifest);
    expect(parseManifest(manifest.raw).manifest).toEqual(manifest);
  });

  it("shares nothing with a value it was given", () => {
    const given = structuredClone(FULL_MANIFEST);
    const read = parseManifest(given).manifest;
    given.settings.required.push("days");
    given.egress.length = 0;
    expect(read).toEqual(manifest);
  });
});

describe("hosts", () => {
  it.each([
    ["https://API.Vendor.example", "api.vendor.example"],
    ["{Region}.Vendor.example", "{Region}.vendor.example"],
    ["HTTPS://*.X-{Region}-y.Vendor.example", "*.x-{Region}-y.vendor.example"],
  ])("reads %s as %s", (host, expected) => {
    const settings = { type: "object", properties: { Region: { type: "string" } } };
    const egress = [{ host, reason: "r" }];
    expect(parseManifest({ ...BASE, egress, settings }).manifest.egress).toEqual([
      { host: expected, reason: "r" },
    ]);
  });
});

describe("settings in the old list form", () => {
  it("become a schema", () => {
    expect(
      settingsOf([
        {
          key: "region",
          label: "Region",
          type: "select",
          options: [{ label: "Europe", value: "eu" }, "us"],
          required: true,
          defaultValue: "eu",
        },
        { key: "api_key", type: "string", encrypted: true, placeholder: "ll_…", required: true },
        { key: "notes", type: "text", category: "Texts", max: 100 },
        { key: "days", type: "number", min: 1, max: 30, default: 7, description: "How long" },
        { key: "on", type: "boolean", default: false },
        { key: "tags", type: "multiselect", options: [{ label: "One", value: 1 }], min: 1 },
        { key: "plain" },
      ]),
    ).toEqual({
      type: "object",
      required: ["region", "api_key"],
      properties: {
        region: {
          title: "Region",
          default: "eu",
          oneOf: [
            { const: "eu", title: "Europe" },
            { const: "us", title: "us" },
          ],
        },
        api_key: { type: "string", secret: true, placeholder: "ll_…" },
        notes: { type: "string", multiline: true, category: "Texts", maxLength: 100 },
        days: { type: "number", minimum: 1, maximum: 30, default: 7, description: "How long" },
        on: { type: "boolean", default: false },
        tags: {
          type: "array",
          items: { oneOf: [{ const: 1, title: "One" }] },
          uniqueItems: true,
          minItems: 1,
        },
        plain: { type: "string" },
      },
    });
  });

  it("leave a secret's default out", () => {
    expect(settingsOf([{ key: "a", encrypted: true, default: "x" }])).toEqual({
      type: "object",
      properties: { a: { type: "string", secret: true } },
    });
  });

  it("keep a setting named __proto__ an ordinary one", () => {
    const settings = settingsOf([{ key: "__proto__", type: "string" }]) as { properties: object };
    expect(Object.hasOwn(settings.properties, "__proto__")).toBe(true);
  });
});

describe("events in the old form", () => {
  it("are kept, and delivered nowhere", () => {
    const { manifest, warnings } = parseManifest({
      ...BASE,
      events: [{ topic: "ticket.created", handler: "dist/events#handle" }],
    });
    expect(manifest.events).toEqual([{ topic: "ticket.created", endpoint: null }]);
    expect(warnings.map(({ code, pointer }) => [code, pointer])).toEqual([
      ["no_effect", "/events/0/handler"],
      ["no_effect", "/events/0"],
    ]);
  });
});

describe("hooks", () => {
  it("hands on what it does not know, whatever its name", () => {
    const hooks = JSON.parse('{"commandBar":{"a":1},"__proto__":{"appMenu":{"label":"X"}}}') as object;
    const { manifest } = parseManifest({ ...BASE, ui: { ...PAGE, hooks } });
    expect(JSON.stringify(manifest.ui?.hooks)).toBe(JSON.stringify(hooks));
    expect(manifest.ui?.hooks.appMenu).toBeUndefined();
  });
});

describe("the same method and path twice", () => {
  const handlers = (...endpoints: readonly object[]): readonly string[] =>
    parseManifest(withEndpoints(...endpoints)).manifest.endpoints.map(({ handler }) => handler);

  it("counts once when nothing differs but the words", () => {
    expect(handlers(get("/a"), get("./a", { summary: "again" }))).toEqual(["dist/main"]);
    const request = { type: "object", properties: { a: {}, b: {} } };
    const reordered = { properties: { b: {}, a: {} }, type: "object" };
    const post = { method: "POST" };
    expect(
      handlers(get("/a", { ...post, request }), get("/a", { ...post, request: reordered })),
    ).toHaveLength(1);
  });

  it.each([
    [{ handler: "dist/other" }],
    [{ schedulable: true }],
    [{ response: { type: "string" } }],
    [{ response: true }],
  ])("is refused when the second says %j", (more) => {
    expect(() => handlers(get("/a"), get("/a", more))).toThrowError(
      expect.objectContaining({ code: "invalid_manifest" }),
    );
  });
});

describe("schemas of bodies", () => {
  const parse = (request: unknown): unknown =>
    parseManifest(withEndpoints(get("/a", { method: "POST", request }))).manifest.endpoints[0]?.request;

  it.each([
    [true],
    [{}],
    [{ $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", "x-note": 1 }],
    [{ $ref: "#/$defs/a", $defs: { a: { type: "object", properties: { child: { $ref: "#/$defs/a" } } } } }],
    [{ type: ["string", "null"], enum: ["a", null], examples: ["a"], default: null }],
    [{ properties: { $ref: { type: "string" }, if: { type: "boolean" }, pattern: { pattern: "^a$" } } }],
    [{ enum: [{ if: 1, $ref: "x" }], const: { not: 1 } }],
  ])("passes %j through", (schema) => {
    expect(parse(schema)).toEqual(schema);
  });

  it("are bounded all together", () => {
    const schema = {
      properties: Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`p${at}`, true])),
    };
    const endpoints = Array.from({ length: 25 }, (_, at) => get(`/${at}`, { response: schema }));
    expect(() => parseManifest(withEndpoints(...endpoints))).toThrowError(
      expect.objectContaining({
        details: expect.objectContaining({
          problems: expect.arrayContaining([expect.objectContaining({ code: "schema_too_big" })]),
        }),
      }),
    );
  });

  it("cost little even when all of them are patterns", () => {
    const pattern = `(?:${Array.from({ length: 60 }, (_, at) => `${"abc"[at % 3]}${at % 10}`).join("|")})*`;
    const schema = { allOf: Array.from({ length: 45 }, () => ({ pattern })) };
    const endpoints = Array.from({ length: 25 }, (_, at) => get(`/${at}`, { response: schema }));
    const started = performance.now();
    expect(() => parseManifest(withEndpoints(...endpoints))).toThrow();
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
