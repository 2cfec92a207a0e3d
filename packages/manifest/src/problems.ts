/**
 * Every reason why a manifest can be refused, with the sentence that says what is wrong and what to do.
 *
 * `{value}` and the like stand for what was found; `parseManifest` fills them in.
 */
export const MANIFEST_PROBLEMS = {
  // Not JSON, or more of it than a manifest may be.
  not_json:
    "The text stops being JSON at {found}. Look for a missing or surplus comma, quote or bracket there.",
  unfinished_json: "The text ends before its JSON is complete. Close what is still open.",
  unreadable: "This value cannot be read as JSON. Give JSON text or a plain object.",
  not_a_json_value:
    "This is {type}, which JSON cannot hold. Use text, numbers, true, false, null, lists and plain objects.",
  number_too_big: "This number is too big for JSON programs to hold. Write a smaller one, or text.",
  too_long: "The manifest is longer than {limit} characters. Shorten it.",
  too_deep: "This is nested deeper than {limit} levels. Flatten it.",
  too_many_values: "The manifest has more than {limit} values. Shorten it.",
  key_too_long: "A key in here is longer than {limit} characters. Use a shorter one.",

  // Shape.
  not_an_object:
    'A manifest is an object, but this is {type}. Start with { "name": …, "version": …, "runtime": "wasm-js@1" }.',
  wrong_type: "This is {type}. Write {expected} here instead.",
  too_many_items: "This list is longer than {limit} entries. Shorten it.",
  text_too_long: "This text is longer than {limit} characters. Shorten it.",

  // Identity.
  missing_name: '"name" is missing. Give the extension a name, such as "agreements".',
  bad_name: "{value} cannot be a name. Use 1 to 200 printable characters.",
  bad_publisher: "{value} cannot be a publisher. Use 1 to 200 printable characters, or leave it out.",
  missing_version:
    '"version" is missing. Write one, such as "1.0.0", or "1.0.*" to let the registry choose the last number.',
  bad_version:
    "{value} is not a version. Write three numbers such as 1.2.3, or 1.2.* to let the registry choose the last number.",
  missing_runtime: '"runtime" is missing. Write "runtime": "wasm-js@1".',
  bad_runtime: '{value} is not a runtime. Write "wasm-js@1".',
  bad_min_host_version: "{value} is not a host version. Write three numbers, such as 2.4.0.",
  bad_icon: "{value} cannot be the icon. Name an .svg, .png or .webp file below ui/, such as ui/icon.svg.",
  bad_link: "{value} is not a link people can follow. Write an https:// or mailto: address.",

  // Capabilities and hosts.
  bad_capability: "{value} is not the name of a capability. Write one such as cap:storage.kv.",
  missing_host: '"host" is missing. Name the host, such as "api.vendor.example".',
  bad_host: "{value} is not a host name. Write one such as api.vendor.example or *.vendor.example.",
  host_scheme: "{value} has a scheme other than https. Write the host alone; every call uses https.",
  host_port: '{value} has a port in it. Write the host alone and add "ports": [{port}].',
  host_path: "{value} is more than a host. Write the host alone; every path on it can be called.",
  host_address: "{value} is an address, not a name. Write the host's name; addresses are never called.",
  host_not_public:
    "{value} is not a public host name. Write a name with a dot in it, such as api.vendor.example.",
  host_wildcard:
    "{value} uses * in a way that is not allowed. Write *. once, in front of a domain such as vendor.example.",
  host_placeholder:
    "{value} has a placeholder where none is allowed. Write {setting} as one part of the name, before a literal domain, such as {region}.vendor.example.",
  unknown_setting: "The host names the setting {value}, which settings does not declare. Declare it as text.",
  setting_not_text:
    "The host names the setting {value}, which is secret or not text. Use a text setting that is no secret.",
  bad_ports: "These are not ports. List 1 to 16 different port numbers.",
  bad_port: "{value} is not a port. Write a whole number from 1 to 65535.",
  missing_reason:
    '"reason" is missing. Say in a few words why the host is called; the administrator reads it.',
  bad_reason: "This reason cannot be shown. Write one line of 1 to 500 characters.",

  // Page.
  missing_ui_type: '"type" is missing in "ui". Write "type": "iframe".',
  bad_ui_type: '{value} is not a kind of page. Write "iframe".',
  missing_ui_entry: '"entry" is missing in "ui". Name the page, such as "ui/index.html".',
  missing_label: '"label" is missing. Write the text people will see.',
  bad_label: "{value} cannot be a label. Use 1 to 100 printable characters.",
  missing_view_id: '"id" is missing. Give it a short name, such as "overview".',
  bad_view_id: "{value} cannot be an id. Use up to 64 letters, digits, dots, hyphens and underscores.",
  missing_view_target: '"target" is missing. Name the page of the host that shows it.',
  bad_view_target: "{value} cannot be a target. Use the name of a page of the host, such as client.",
  duplicate_view: "The id {value} is taken by another entry of this list. Choose another.",
  bad_modal_size: "{value} is not a size. Write small, medium or large.",

  // Endpoints.
  missing_endpoints: '"endpoints" is missing in "api". Add the list; it may be empty.',
  missing_method: '"method" is missing. Write GET, POST, PUT, PATCH, DELETE, OPTIONS or HEAD.',
  bad_method: "{value} is not a method. Write GET, POST, PUT, PATCH, DELETE, OPTIONS or HEAD.",
  missing_path: '"path" is missing. Write the route, such as "/items/:id".',
  missing_handler: '"handler" is missing. Write "handler": "dist/main".',
  bad_handler: '{value} cannot be a handler. Write "dist/main".',
  path_empty: 'This path is empty. Write one; the root is "/".',
  path_whitespace: "{value} has whitespace in it. Take it out.",
  path_traversal: '{value} steps up with "..". Write the path without it.',
  path_unsafe: "{value} has a backslash, a control character or a scheme in it. Write a plain path.",
  path_too_long: "This path is longer than {limit} characters. Shorten it.",
  duplicate_endpoint: "{value} is declared already, and this entry differs from the first. Keep one of them.",

  // Events and schedules.
  missing_topic: '"topic" is missing. Name the event, such as "ticket.created".',
  bad_topic: "{value} is not a topic. Use 1 to 200 printable characters without spaces.",
  missing_schedule_name: '"name" is missing. Name the schedule, such as "Nightly sync".',
  bad_schedule_name: "{value} cannot name a schedule. Use 1 to 128 printable characters.",
  duplicate_schedule: "The name {value} is taken by another schedule. Choose another.",
  missing_cron: '"cron" is missing. Say when it runs, such as "0 3 * * *".',
  bad_cron:
    "{value} is not a time to run at. Write five fields: minute, hour, day of month, month, day of week.",
  cron_two_days: "{value} restricts both the day of the month and the day of the week. Leave one of them *.",
  cron_too_often: "{value} runs more often than every 5 minutes. Leave at least 5 minutes between runs.",
  bad_timezone: "{value} is not a time zone. Write an IANA name, such as Europe/Berlin.",
  missing_schedule_endpoint: '"endpoint" is missing. Name the endpoint to call, such as "POST /sync".',
  bad_endpoint_reference: "{value} does not name an endpoint. Write a method and a path, such as POST /sync.",
  unknown_endpoint: "{value} is not declared in api.endpoints. Declare it there, or name one that is.",
  endpoint_not_callable:
    "{value} cannot be called by the host itself. Use {expected} endpoint whose path has no :name.",
  endpoint_not_schedulable: '{value} is not schedulable. Add "schedulable": true to it in api.endpoints.',
  payload_too_long: "This payload is longer than {limit} characters as JSON. Shorten it.",

  // Schemas of settings and bodies.
  schema_not_a_schema: "This is not a JSON Schema: {detail}. Correct it.",
  schema_too_deep: "This schema is nested deeper than {limit} levels. Flatten it, or move parts to $defs.",
  schema_too_big:
    "This schema has too many parts: {limit} are allowed in one, and 20,000 in the whole manifest. Shorten it.",
  schema_reference:
    "{value} leads out of the schema or to nothing. Only #/$defs/name of the same schema works.",
  schema_loop:
    "The definition {value} leads back to itself without going deeper, so checking would never end. Break the loop.",
  schema_keyword:
    "The keyword {value} is not supported, so nothing would be checked. Express it otherwise, or leave it out.",
  schema_pattern: "The pattern {value} is not allowed: {detail}. Simplify it.",
  settings_not_an_object: 'Settings are a schema of type object. Write "type": "object" and "properties".',
  bad_setting: "This is not a setting: {detail}. Correct it.",
  bad_setting_key:
    "{value} cannot be the key of a setting. Use a letter first, then letters, digits, _, . and -, up to 128.",
  duplicate_setting: "The setting {value} is declared already. Remove one of them.",
  secret_misplaced:
    'Only a setting of type string at the top of settings can be secret. Move it there, or drop "secret".',
  secret_in_public: "A secret cannot have {value}: everybody can read the manifest. Remove it.",
} as const satisfies Record<string, string>;

/** Why a manifest was refused; see {@link MANIFEST_PROBLEMS}. */
export type ManifestProblemCode = keyof typeof MANIFEST_PROBLEMS;
