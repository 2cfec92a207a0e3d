/** Everything `parseManifest` accepts but tells the author about, and what the code means. */
export const MANIFEST_WARNINGS = {
  unknown_key: "A key nobody knows; `suggestion` may name the one that was meant.",
  unknown_hook: "A hook that is probably misspelt; it is handed to the host as it is.",
  no_effect: "A known key that has no effect; it stays in `raw`.",
  duplicate_key: "The same key twice in one object; the last one counts.",
  unknown_capability: "A capability nobody knows; it is never granted.",
  duplicate: "The same capability, host, event or endpoint twice; the first one counts.",
  normalized: "A value was understood, but is written differently in the strict form.",
  settings_list: "Settings in the old list form; they were read as a JSON Schema.",
  setting_changed: "Part of a setting in the old list form could not be kept.",
  missing_publisher: "No publisher: the extension cannot be signed for one.",
  unknown_runtime: "A runtime other than `wasm-js@1`.",
  unreachable_endpoint: "An endpoint that an earlier one always wins over.",
  egress_mismatch: "`cap:http.fetch` and `egress` need each other.",
  schedule_mismatch: "`schedules` need `cap:scheduler.manage`.",
  unchecked_format: "A format that nothing checks.",
} as const satisfies Record<string, string>;

/** What a warning is about; see {@link MANIFEST_WARNINGS}. */
export type ManifestWarningCode = keyof typeof MANIFEST_WARNINGS;
