/** Manifests that are refused or warned about, each with its code and place: read by the tests and by `messages.ts`. */
import type { ManifestProblemCode, ManifestWarningCode } from "../src/index.ts";

/** What is wrong, the code it gives, the manifest, where. */
export type Sample<Code> = readonly [what: string, code: Code, input: unknown, pointer: string];

/** The least a manifest needs to be accepted without a warning. */
export const BASE = { name: "sample", publisher: "acme", version: "1.0.0", runtime: "wasm-js@1" };
/** A page with a menu item. */
export const PAGE = { type: "iframe", entry: "ui/index.html", hooks: { appMenu: { label: "Sample" } } };

/** An endpoint without anything special. */
export const get = (path: string, more: object = {}): object => ({
  method: "GET",
  path,
  handler: "dist/main",
  ...more,
});
/** A manifest with these endpoints. */
export const withEndpoints = (...endpoints: readonly unknown[]): object => ({ ...BASE, api: { endpoints } });

const endpoint = (more: object): object => withEndpoints(get("/a", more));
const host = (name: string, more: object = {}): object => ({
  ...BASE,
  capabilities: ["cap:http.fetch"],
  egress: [{ host: name, reason: "Looks things up" }],
  ...more,
});
const ui = (more: object): object => ({ ...BASE, ui: { ...PAGE, ...more } });
const hooks = (more: object): object => ui({ hooks: more });
const tab = { id: "a", label: "A", target: "client" };
const settings = (properties: object, more: object = {}): object => ({
  ...BASE,
  settings: { type: "object", properties, ...more },
});
const oldSettings = (...list: readonly unknown[]): object => ({ ...BASE, settings: list });
const request = (schema: unknown): object => withEndpoints(get("/a", { method: "POST", request: schema }));
const REQUEST = "/api/endpoints/0/request";
const schedule = (more: object, path = "/sync"): object => ({
  ...BASE,
  capabilities: ["cap:scheduler.manage"],
  api: {
    endpoints: [
      get("/sync", { method: "POST", schedulable: true }),
      get("/plain", { method: "POST" }),
      get("/of/:id", { method: "POST", schedulable: true }),
    ],
  },
  schedules: [{ name: "Nightly", cron: "0 3 * * *", endpoint: `POST ${path}`, ...more }],
});
const event = (more: object): object => ({
  ...withEndpoints(get("/events", { method: "POST" })),
  events: [{ topic: "ticket.created", endpoint: "POST /events", ...more }],
});
const without = (key: string, value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
const nested = (depth: number): unknown =>
  Array.from({ length: depth }).reduce<unknown>((inner) => [inner], []);
const nestedSchema = (depth: number): unknown =>
  Array.from({ length: depth }).reduce<unknown>((items) => ({ items }), true);

/** Every way to be refused; each problem code has at least one. */
export const REFUSED: readonly Sample<ManifestProblemCode>[] = [
  // Not JSON, or more of it than a manifest may be.
  ["a comma too many", "not_json", '{"name": "a",}', ""],
  ["a text that ends early", "unfinished_json", '{"name": "a"', ""],
  [
    "a getter that throws",
    "unreadable",
    {
      get name(): string {
        throw new Error("no");
      },
    },
    "",
  ],
  ["a function", "not_a_json_value", { ...BASE, settings: () => 1 }, "/settings"],
  ["not a number", "not_a_json_value", { ...BASE, "x-a": [Number.NaN] }, "/x-a/0"],
  ["a date", "not_a_json_value", { ...BASE, "x-a": new Date(0) }, "/x-a"],
  [
    "a number beyond all doubles",
    "number_too_big",
    '{"name":"a","version":"1.0.0","runtime":"wasm-js@1","x":1e999}',
    "/x",
  ],
  ["a very long text", "too_long", " ".repeat(300_000), ""],
  ["deep nesting", "too_deep", { ...BASE, "x-a": nested(70) }, `/x-a${"/0".repeat(63)}`],
  ["very many values", "too_many_values", { ...BASE, "x-a": Array.from({ length: 50_001 }, () => 1) }, ""],
  ["a very long key", "key_too_long", { ...BASE, "x-a": { ["k".repeat(257)]: 1 } }, "/x-a"],

  // Shape.
  ["a list", "not_an_object", [], ""],
  ["null", "not_an_object", null, ""],
  [
    "capabilities as an object",
    "wrong_type",
    { ...BASE, capabilities: { "alga.storage": {} } },
    "/capabilities",
  ],
  ["ui as text", "wrong_type", { ...BASE, ui: "ui/index.html" }, "/ui"],
  ["hooks as a list", "wrong_type", ui({ hooks: [] }), "/ui/hooks"],
  ["endpoints as an object", "wrong_type", { ...BASE, api: { endpoints: {} } }, "/api/endpoints"],
  ["schedulable as text", "wrong_type", endpoint({ schedulable: "yes" }), "/api/endpoints/0/schedulable"],
  ["egress as text", "wrong_type", { ...BASE, egress: ["api.vendor.example"] }, "/egress/0"],
  ["settings as text", "wrong_type", { ...BASE, settings: "none" }, "/settings"],
  ["a path as a number", "wrong_type", endpoint({ path: 1 }), "/api/endpoints/0/path"],
  ["events as an object", "wrong_type", { ...BASE, events: {} }, "/events"],
  [
    "very many endpoints",
    "too_many_items",
    withEndpoints(...Array.from({ length: 1001 }, (_, at) => get(`/${at}`))),
    "/api/endpoints",
  ],
  ["a very long description", "text_too_long", { ...BASE, description: "d".repeat(4001) }, "/description"],

  // Identity.
  ["no name", "missing_name", without("name", BASE), "/name"],
  ["an empty name", "bad_name", { ...BASE, name: "" }, "/name"],
  ["a blank name", "bad_name", { ...BASE, name: "  " }, "/name"],
  ["a control character in a name", "bad_name", { ...BASE, name: "a\u0007b" }, "/name"],
  ["an invisible character in a name", "bad_name", { ...BASE, name: "a\u202eb" }, "/name"],
  ["half a character in a name", "bad_name", { ...BASE, name: "a\ud800" }, "/name"],
  ["a name as a list", "bad_name", { ...BASE, name: [] }, "/name"],
  ["an empty publisher", "bad_publisher", { ...BASE, publisher: "" }, "/publisher"],
  ["no version", "missing_version", without("version", BASE), "/version"],
  ["a misspelt version", "missing_version", { ...without("version", BASE), verison: "1.0.0" }, "/version"],
  ["a version of two parts", "bad_version", { ...BASE, version: "1.2" }, "/version"],
  ["a version of four parts", "bad_version", { ...BASE, version: "1.2.3.4" }, "/version"],
  ["a version with v", "bad_version", { ...BASE, version: "v1.2.3" }, "/version"],
  ["a wildcard minor", "bad_version", { ...BASE, version: "1.*.*" }, "/version"],
  ["a wildcard with a pre-release", "bad_version", { ...BASE, version: "1.2.*-beta" }, "/version"],
  ["a version with a path", "bad_version", { ...BASE, version: "1.2.3-../x" }, "/version"],
  ["a version with a newline", "bad_version", { ...BASE, version: "1.2.3\n" }, "/version"],
  ["a number as version", "bad_version", { ...BASE, version: 1 }, "/version"],
  ["no runtime", "missing_runtime", without("runtime", BASE), "/runtime"],
  ["an empty runtime", "bad_runtime", { ...BASE, runtime: "" }, "/runtime"],
  ["a runtime without a separator", "bad_runtime", { ...BASE, runtime: "wasm" }, "/runtime"],
  [
    "a host version of two parts",
    "bad_min_host_version",
    { ...BASE, minHostVersion: "2.4" },
    "/minHostVersion",
  ],
  ["an icon outside ui", "bad_icon", { ...BASE, icon: "icon.svg" }, "/icon"],
  ["an icon of another kind", "bad_icon", { ...BASE, icon: "ui/icon.exe" }, "/icon"],
  ["an icon above ui", "path_traversal", { ...BASE, icon: "ui/../icon.svg" }, "/icon"],
  [
    "a link that is a script",
    "bad_link",
    { ...BASE, links: { homepage: "javascript:alert(1)" } },
    "/links/homepage",
  ],
  [
    "a link that shows one host and leads to another",
    "bad_link",
    { ...BASE, links: { support: "https://bank.example@evil.example/" } },
    "/links/support",
  ],

  // Capabilities and hosts.
  [
    "a capability that is no text",
    "bad_capability",
    { ...BASE, capabilities: ["log", 1] },
    "/capabilities/1",
  ],
  ["an empty capability", "bad_capability", { ...BASE, capabilities: [""] }, "/capabilities/0"],
  ["no host", "missing_host", { ...BASE, egress: [{ reason: "r" }] }, "/egress/0/host"],
  ...(
    [
      ["", "bad_host"],
      ["a..b.example", "bad_host"],
      ["api.vendor.example.", "bad_host"],
      ["-api.vendor.example", "bad_host"],
      ["bücher.example", "bad_host"],
      ["api.vendor.example ", "bad_host"],
      ["http://api.vendor.example", "host_scheme"],
      ["file:///etc/passwd", "host_scheme"],
      ["api.vendor.example:8443", "host_port"],
      ["https://api.vendor.example/", "host_path"],
      ["api.vendor.example/path", "host_path"],
      ["user@api.vendor.example", "host_path"],
      ["127.0.0.1", "host_address"],
      ["127.1", "host_address"],
      ["127.0.0.0x1", "host_address"],
      ["2130706433", "host_address"],
      ["[::1]", "host_address"],
      ["::1", "host_address"],
      ["localhost", "host_not_public"],
      ["*", "host_wildcard"],
      ["*.", "host_wildcard"],
      ["*.com", "host_wildcard"],
      ["*.*.vendor.example", "host_wildcard"],
      ["api.*.example", "host_wildcard"],
      ["{domain}.com", "host_placeholder"],
      ["api.{domain}", "host_placeholder"],
      ["{a}{b}.vendor.example", "host_placeholder"],
      ["{}.vendor.example", "host_placeholder"],
    ] as const
  ).map(([name, code]): Sample<ManifestProblemCode> => [
    `host ${JSON.stringify(name)}`,
    code,
    host(name),
    "/egress/0/host",
  ]),
  [
    "a host of an undeclared setting",
    "unknown_setting",
    host("{regoin}.vendor.example", {
      settings: { properties: { region: { type: "string" } }, type: "object" },
    }),
    "/egress/0/host",
  ],
  [
    "a host of a secret",
    "setting_not_text",
    host("{key}.vendor.example", {
      settings: { type: "object", properties: { key: { type: "string", secret: true } } },
    }),
    "/egress/0/host",
  ],
  [
    "a host of a number",
    "setting_not_text",
    host("{n}.vendor.example", { settings: { type: "object", properties: { n: { type: "number" } } } }),
    "/egress/0/host",
  ],
  [
    "no ports in a list of ports",
    "bad_ports",
    { ...BASE, egress: [{ host: "a.vendor.example", reason: "r", ports: [] }] },
    "/egress/0/ports",
  ],
  [
    "the same port twice",
    "bad_ports",
    { ...BASE, egress: [{ host: "a.vendor.example", reason: "r", ports: [1, 1] }] },
    "/egress/0/ports",
  ],
  [
    "port 0",
    "bad_port",
    { ...BASE, egress: [{ host: "a.vendor.example", reason: "r", ports: [0] }] },
    "/egress/0/ports/0",
  ],
  ["no reason", "missing_reason", { ...BASE, egress: [{ host: "api.vendor.example" }] }, "/egress/0/reason"],
  [
    "a reason of two lines",
    "bad_reason",
    { ...BASE, egress: [{ host: "api.vendor.example", reason: "a\nb" }] },
    "/egress/0/reason",
  ],

  // Page.
  ["a page without a type", "missing_ui_type", { ...BASE, ui: { entry: "ui/index.html" } }, "/ui/type"],
  ["a page of another type", "bad_ui_type", ui({ type: "module" }), "/ui/type"],
  ["a page without an entry", "missing_ui_entry", { ...BASE, ui: { type: "iframe" } }, "/ui/entry"],
  ["an empty entry", "path_empty", ui({ entry: "" }), "/ui/entry"],
  ["an entry above the bundle", "path_traversal", ui({ entry: "ui/../../x" }), "/ui/entry"],
  ["an entry with an encoded step up", "path_traversal", ui({ entry: "ui/%2e%2E/x" }), "/ui/entry"],
  ["an entry with an encoded separator", "path_traversal", ui({ entry: "ui%2f..%2fx" }), "/ui/entry"],
  ["an entry with a backslash", "path_unsafe", ui({ entry: "ui\\x.html" }), "/ui/entry"],
  ["an entry on another site", "path_unsafe", ui({ entry: "https://evil.example/" }), "/ui/entry"],
  ["an entry that is a script", "path_unsafe", ui({ entry: "javascript:alert(1)" }), "/ui/entry"],
  ["a very long entry", "path_too_long", ui({ entry: `ui/${"x".repeat(600)}` }), "/ui/entry"],
  ["a menu without a label", "missing_label", hooks({ appMenu: {} }), "/ui/hooks/appMenu/label"],
  [
    "a menu with a blank label",
    "bad_label",
    hooks({ clientPortalMenu: { label: " " } }),
    "/ui/hooks/clientPortalMenu/label",
  ],
  ["a tab without an id", "missing_view_id", hooks({ tabs: [without("id", tab)] }), "/ui/hooks/tabs/0/id"],
  ["a tab with a strange id", "bad_view_id", hooks({ tabs: [{ ...tab, id: "a b" }] }), "/ui/hooks/tabs/0/id"],
  [
    "a panel without a target",
    "missing_view_target",
    hooks({ panels: [without("target", tab)] }),
    "/ui/hooks/panels/0/target",
  ],
  [
    "a panel with a strange target",
    "bad_view_target",
    hooks({ panels: [{ ...tab, target: "" }] }),
    "/ui/hooks/panels/0/target",
  ],
  ["two tabs of one id", "duplicate_view", hooks({ tabs: [tab, tab] }), "/ui/hooks/tabs/1/id"],
  [
    "a dialog of no size",
    "bad_modal_size",
    hooks({ modals: [{ id: "a", label: "A", size: "smal" }] }),
    "/ui/hooks/modals/0/size",
  ],
  [
    "a tab that steps up",
    "path_traversal",
    hooks({ tabs: [{ ...tab, path: "/../x" }] }),
    "/ui/hooks/tabs/0/path",
  ],

  // Endpoints.
  ["api without endpoints", "missing_endpoints", { ...BASE, api: {} }, "/api/endpoints"],
  [
    "an endpoint without a method",
    "missing_method",
    withEndpoints({ path: "/a", handler: "h" }),
    "/api/endpoints/0/method",
  ],
  ["an unknown method", "bad_method", endpoint({ method: "TRACE" }), "/api/endpoints/0/method"],
  ["two methods", "bad_method", endpoint({ method: "GET,POST" }), "/api/endpoints/0/method"],
  ["a misspelt method", "bad_method", endpoint({ method: "DELET" }), "/api/endpoints/0/method"],
  [
    "an endpoint without a path",
    "missing_path",
    withEndpoints({ method: "GET", handler: "h" }),
    "/api/endpoints/0/path",
  ],
  ["an empty path", "path_empty", endpoint({ path: "" }), "/api/endpoints/0/path"],
  ["a path with a space", "path_whitespace", endpoint({ path: "/a b" }), "/api/endpoints/0/path"],
  ["a path with a tab", "path_whitespace", endpoint({ path: "/a\tb" }), "/api/endpoints/0/path"],
  ["a path that steps up", "path_traversal", endpoint({ path: "/a/../b" }), "/api/endpoints/0/path"],
  ["a path that ends above", "path_traversal", endpoint({ path: "/a/.." }), "/api/endpoints/0/path"],
  ["a path that is ..", "path_traversal", endpoint({ path: ".." }), "/api/endpoints/0/path"],
  [
    "a path with an encoded step up",
    "path_traversal",
    endpoint({ path: "/a/.%2e/b" }),
    "/api/endpoints/0/path",
  ],
  ["a path with a control character", "path_unsafe", endpoint({ path: "/a\u0000" }), "/api/endpoints/0/path"],
  [
    "an endpoint without a handler",
    "missing_handler",
    withEndpoints({ method: "GET", path: "/a" }),
    "/api/endpoints/0/handler",
  ],
  ["an empty handler", "bad_handler", endpoint({ handler: "" }), "/api/endpoints/0/handler"],
  ["a handler above", "path_traversal", endpoint({ handler: "../main" }), "/api/endpoints/0/handler"],
  [
    "two endpoints that differ",
    "duplicate_endpoint",
    withEndpoints(get("/a"), get("a", { schedulable: true })),
    "/api/endpoints/1",
  ],

  // Events and schedules.
  ["an event without a topic", "missing_topic", { ...BASE, events: [{}] }, "/events/0/topic"],
  ["a topic with a space", "bad_topic", event({ topic: "a b" }), "/events/0/topic"],
  [
    "an event for an endpoint that is not there",
    "unknown_endpoint",
    event({ endpoint: "POST /evnts" }),
    "/events/0/endpoint",
  ],
  ["an event for a GET", "endpoint_not_callable", event({ endpoint: "GET /events" }), "/events/0/endpoint"],
  ["an event for nothing", "bad_endpoint_reference", event({ endpoint: "/events" }), "/events/0/endpoint"],
  [
    "a schedule without a name",
    "missing_schedule_name",
    { ...BASE, schedules: [{ cron: "0 3 * * *", endpoint: "POST /a" }] },
    "/schedules/0/name",
  ],
  ["a schedule with a blank name", "bad_schedule_name", schedule({ name: " " }), "/schedules/0/name"],
  [
    "two schedules of one name",
    "duplicate_schedule",
    {
      ...schedule({}),
      schedules: [1, 2].map(() => ({ name: "N", cron: "0 3 * * *", endpoint: "POST /sync" })),
    },
    "/schedules/1/name",
  ],
  [
    "a schedule without a time",
    "missing_cron",
    { ...BASE, schedules: [{ name: "N", endpoint: "POST /a" }] },
    "/schedules/0/cron",
  ],
  ["a time of four fields", "bad_cron", schedule({ cron: "0 3 * *" }), "/schedules/0/cron"],
  ["a time in words", "bad_cron", schedule({ cron: "0 3 * * MON" }), "/schedules/0/cron"],
  ["a minute 60", "bad_cron", schedule({ cron: "60 3 * * *" }), "/schedules/0/cron"],
  ["a time with two kinds of day", "cron_two_days", schedule({ cron: "0 3 1 * 1" }), "/schedules/0/cron"],
  ["every minute", "cron_too_often", schedule({ cron: "* * * * *" }), "/schedules/0/cron"],
  ["every four minutes by a list", "cron_too_often", schedule({ cron: "0,4 3 * * *" }), "/schedules/0/cron"],
  ["twice around the full hour", "cron_too_often", schedule({ cron: "1,58 * * * *" }), "/schedules/0/cron"],
  ["an unknown time zone", "bad_timezone", schedule({ timezone: "Mars/Olympus" }), "/schedules/0/timezone"],
  ["an offset for a time zone", "bad_timezone", schedule({ timezone: "+02:00" }), "/schedules/0/timezone"],
  [
    "a schedule without an endpoint",
    "missing_schedule_endpoint",
    { ...BASE, schedules: [{ name: "N", cron: "0 3 * * *" }] },
    "/schedules/0/endpoint",
  ],
  [
    "a schedule for an endpoint with a parameter",
    "endpoint_not_callable",
    schedule({}, "/of/:id"),
    "/schedules/0/endpoint",
  ],
  [
    "a schedule for an endpoint that is not there",
    "unknown_endpoint",
    schedule({}, "/snyc"),
    "/schedules/0/endpoint",
  ],
  [
    "a schedule for an endpoint that forbids it",
    "endpoint_not_schedulable",
    schedule({}, "/plain"),
    "/schedules/0/endpoint",
  ],
  [
    "a very long payload",
    "payload_too_long",
    schedule({ payload: ["p".repeat(100_000)] }),
    "/schedules/0/payload",
  ],

  // Schemas of settings and bodies.
  [
    "a schema with a list for properties",
    "schema_not_a_schema",
    request({ type: "object", properties: [] }),
    `${REQUEST}/properties`,
  ],
  ["a schema with an unknown type", "schema_not_a_schema", request({ type: "text" }), `${REQUEST}/type`],
  ["a schema within that is text", "schema_not_a_schema", request({ items: "string" }), `${REQUEST}/items`],
  ["a negative length", "schema_not_a_schema", request({ minLength: -1 }), `${REQUEST}/minLength`],
  ["a deep schema", "schema_too_deep", request(nestedSchema(18)), `${REQUEST}${"/items".repeat(17)}`],
  [
    "a big schema",
    "schema_too_big",
    request({ properties: Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`p${at}`, true])) }),
    REQUEST,
  ],
  [
    "a reference to another site",
    "schema_reference",
    request({ $ref: "https://evil.example/schema.json" }),
    `${REQUEST}/$ref`,
  ],
  [
    "a reference to nothing",
    "schema_reference",
    request({ $ref: "#/$defs/a", $defs: {} }),
    `${REQUEST}/$ref`,
  ],
  ["a reference to the root", "schema_reference", request({ $ref: "#" }), `${REQUEST}/$ref`],
  [
    "a reference to a prototype",
    "schema_reference",
    request({ $ref: "#/$defs/constructor", $defs: {} }),
    `${REQUEST}/$ref`,
  ],
  [
    "definitions that go round",
    "schema_loop",
    request({
      $ref: "#/$defs/a",
      $defs: { a: { anyOf: [{ $ref: "#/$defs/b" }] }, b: { $ref: "#/$defs/a" } },
    }),
    `${REQUEST}/$defs/a`,
  ],
  ["a condition", "schema_keyword", request({ if: { type: "string" } }), `${REQUEST}/if`],
  ["old definitions", "schema_keyword", request({ definitions: {} }), `${REQUEST}/definitions`],
  ["nested repetition", "schema_pattern", request({ pattern: "^(a+)+$" }), `${REQUEST}/pattern`],
  ["alternatives that overlap", "schema_pattern", request({ pattern: "^(a|ab|b)*$" }), `${REQUEST}/pattern`],
  ["look-around", "schema_pattern", request({ pattern: "^(?=a)" }), `${REQUEST}/pattern`],
  ["a back reference", "schema_pattern", request({ pattern: "(a)\\1" }), `${REQUEST}/pattern`],
  ["a broken pattern", "schema_pattern", request({ pattern: "(" }), `${REQUEST}/pattern`],
  [
    "settings without properties",
    "settings_not_an_object",
    { ...BASE, settings: { type: "object" } },
    "/settings",
  ],
  [
    "settings of another type",
    "settings_not_an_object",
    { ...BASE, settings: { type: "string", properties: {} } },
    "/settings",
  ],
  ["a setting that is true", "bad_setting", settings({ a: true }), "/settings/properties/a"],
  ["an old setting that is text", "bad_setting", oldSettings("region"), "/settings/0"],
  ["an old setting without a key", "bad_setting", oldSettings({ type: "string" }), "/settings/0"],
  [
    "an old setting of an unknown type",
    "bad_setting",
    oldSettings({ key: "a", type: "strng" }),
    "/settings/0",
  ],
  ["an old choice without choices", "bad_setting", oldSettings({ key: "a", type: "select" }), "/settings/0"],
  [
    "a setting with a strange key",
    "bad_setting_key",
    settings({ "a b": { type: "string" } }),
    "/settings/properties/a b",
  ],
  [
    "two old settings of one key",
    "duplicate_setting",
    oldSettings({ key: "a" }, { key: "a" }),
    "/settings/1",
  ],
  [
    "a secret within a setting",
    "secret_misplaced",
    settings({ a: { type: "object", properties: { b: { type: "string", secret: true } } } }),
    "/settings/properties/a/properties/b/secret",
  ],
  [
    "a secret number",
    "secret_misplaced",
    settings({ a: { type: "number", secret: true } }),
    "/settings/properties/a/secret",
  ],
  ["a secret in a body", "secret_misplaced", request({ type: "string", secret: true }), `${REQUEST}/secret`],
  [
    "a secret with a default",
    "secret_in_public",
    settings({ a: { type: "string", secret: true, default: "x" } }),
    "/settings/properties/a/default",
  ],
];

/** What is accepted with a warning; each warning code has at least one. */
export const WARNED: readonly Sample<ManifestWarningCode>[] = [
  ["a misspelt key", "unknown_key", { ...BASE, capabilites: [] }, "/capabilites"],
  [
    "a misspelt key of an endpoint",
    "unknown_key",
    endpoint({ schedulabel: true }),
    "/api/endpoints/0/schedulabel",
  ],
  [
    "a misspelt key of a host",
    "unknown_key",
    { ...host("a.vendor.example"), egress: [{ host: "a.vendor.example", reason: "r", port: [1] }] },
    "/egress/0/port",
  ],
  ["a misspelt key of a page", "unknown_key", ui({ hook: {} }), "/ui/hook"],
  [
    "a misspelt key of a menu",
    "unknown_key",
    hooks({ appMenu: { label: "A", lable: "B" } }),
    "/ui/hooks/appMenu/lable",
  ],
  ["a misspelt key of a tab", "unknown_key", hooks({ tabs: [{ ...tab, pth: "/" }] }), "/ui/hooks/tabs/0/pth"],
  ["a misspelt key of an event", "unknown_key", event({ endpont: "x" }), "/events/0/endpont"],
  ["a misspelt key of a schedule", "unknown_key", schedule({ timezon: "UTC" }), "/schedules/0/timezon"],
  ["a misspelt key of links", "unknown_key", { ...BASE, links: { homepge: "x" } }, "/links/homepge"],
  ["a misspelt keyword", "unknown_key", request({ requierd: ["a"] }), `${REQUEST}/requierd`],
  ["a misspelt hook", "unknown_hook", hooks({ appmenu: { label: "A" } }), "/ui/hooks/appmenu"],
  ...[
    "entry",
    "main",
    "assets",
    "precompiled",
    "sbom",
    "permissions",
    "components",
    "requiredExtensions",
    "autoEnable",
    "minAppVersion",
    "apiEndpoints",
    "extension",
  ].map((key): Sample<ManifestWarningCode> => [
    `the key ${key}`,
    "no_effect",
    { ...BASE, [key]: { any: [1] } },
    `/${key}`,
  ]),
  ["routes of a page", "no_effect", ui({ routes: [] }), "/ui/routes"],
  [
    "an event that is delivered nowhere",
    "no_effect",
    { ...BASE, events: [{ topic: "ticket.created" }] },
    "/events/0",
  ],
  ["a body for a GET", "no_effect", endpoint({ request: true }), REQUEST],
  [
    "a key that stands twice",
    "duplicate_key",
    '{"name":"a","publisher":"p","name":"b","version":"1.0.0","runtime":"wasm-js@1"}',
    "/name",
  ],
  ["an unknown capability", "unknown_capability", { ...BASE, capabilities: ["metrics"] }, "/capabilities/0"],
  [
    "a misspelt capability",
    "unknown_capability",
    { ...BASE, capabilities: ["cap:storag.kv"] },
    "/capabilities/0",
  ],
  [
    "a capability twice",
    "duplicate",
    { ...BASE, capabilities: ["cap:log.emit", "cap:log.emit"] },
    "/capabilities/1",
  ],
  [
    "an endpoint twice",
    "duplicate",
    withEndpoints(get("/a"), get("/a", { summary: "s" })),
    "/api/endpoints/1",
  ],
  [
    "a host twice",
    "duplicate",
    { ...host("a.vendor.example"), egress: [1, 2].map(() => ({ host: "a.vendor.example", reason: "r" })) },
    "/egress/1",
  ],
  [
    "an event twice",
    "duplicate",
    { ...event({}), events: [1, 2].map(() => ({ topic: "a", endpoint: "POST /events" })) },
    "/events/1",
  ],
  ["a bare capability", "normalized", { ...BASE, capabilities: ["storage.kv"] }, "/capabilities/0"],
  ["a method in lower case", "normalized", endpoint({ method: "get" }), "/api/endpoints/0/method"],
  ["a path without a slash", "normalized", endpoint({ path: "a" }), "/api/endpoints/0/path"],
  ["a host with its scheme", "normalized", host("https://a.vendor.example"), "/egress/0/host"],
  ["an entry with a dot", "normalized", ui({ entry: "./ui/index.html" }), "/ui/entry"],
  ["settings without a type", "normalized", { ...BASE, settings: { properties: {} } }, "/settings"],
  ["settings as a list", "settings_list", oldSettings({ key: "a" }), "/settings"],
  ["no publisher", "missing_publisher", without("publisher", BASE), "/publisher"],
  ["another runtime", "unknown_runtime", { ...BASE, runtime: "wasm-py@2" }, "/runtime"],
  [
    "an endpoint nothing reaches",
    "unreachable_endpoint",
    withEndpoints(get("/a/:id"), get("/a/new")),
    "/api/endpoints/1",
  ],
  [
    "an endpoint for HEAD after the one for GET",
    "unreachable_endpoint",
    withEndpoints(get("/a"), get("/a/", { method: "HEAD" })),
    "/api/endpoints/1",
  ],
  [
    "http.fetch without hosts",
    "egress_mismatch",
    { ...BASE, capabilities: ["cap:http.fetch"] },
    "/capabilities",
  ],
  [
    "hosts without http.fetch",
    "egress_mismatch",
    { ...BASE, egress: [{ host: "a.vendor.example", reason: "r" }] },
    "/egress",
  ],
  [
    "schedules without their capability",
    "schedule_mismatch",
    { ...schedule({}), capabilities: [] },
    "/schedules",
  ],
  [
    "a format nobody checks",
    "unchecked_format",
    request({ type: "string", format: "hostname" }),
    `${REQUEST}/format`,
  ],
];

/** Parts of the old list of settings that cannot be kept: two warnings each, the list itself being the first. */
export const CHANGED_SETTINGS: readonly Sample<ManifestWarningCode>[] = [
  [
    "an old secret with a default",
    "setting_changed",
    oldSettings({ key: "a", encrypted: true, default: "x" }),
    "/settings/0/default",
  ],
  [
    "an old secret with a default of the other name",
    "setting_changed",
    oldSettings({ key: "a", encrypted: true, defaultValue: "x" }),
    "/settings/0/defaultValue",
  ],
  [
    "an old secret that is no text",
    "setting_changed",
    oldSettings({ key: "a", type: "boolean", encrypted: true }),
    "/settings/0/encrypted",
  ],
];
