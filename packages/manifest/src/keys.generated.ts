// Made from schema/manifest.schema.json by scripts/generate.ts; do not edit.

/** An object of the manifest whose keys are checked. */
export type KeyScope = "root" | "links" | "egress" | "ui" | "hooks" | "menu" | "tab" | "panel" | "modal" | "api" | "endpoint" | "event" | "schedule" | "jsonSchema" | "settingsEntry";

/** Keys that mean something, by object. */
export const KNOWN_KEYS: Readonly<Record<KeyScope, readonly string[]>> = {
  "root": [
    "$schema",
    "name",
    "publisher",
    "version",
    "runtime",
    "displayName",
    "description",
    "icon",
    "links",
    "minHostVersion",
    "capabilities",
    "egress",
    "settings",
    "ui",
    "api",
    "events",
    "schedules"
  ],
  "links": [
    "homepage",
    "documentation",
    "support",
    "privacy",
    "terms",
    "source"
  ],
  "egress": [
    "host",
    "ports",
    "reason"
  ],
  "ui": [
    "type",
    "entry",
    "hooks"
  ],
  "hooks": [
    "appMenu",
    "clientPortalMenu",
    "tabs",
    "panels",
    "modals"
  ],
  "menu": [
    "label"
  ],
  "tab": [
    "id",
    "label",
    "target",
    "path"
  ],
  "panel": [
    "id",
    "label",
    "target",
    "path"
  ],
  "modal": [
    "id",
    "label",
    "path",
    "size"
  ],
  "api": [
    "endpoints"
  ],
  "endpoint": [
    "method",
    "path",
    "handler",
    "schedulable",
    "summary",
    "request",
    "response"
  ],
  "event": [
    "topic",
    "endpoint"
  ],
  "schedule": [
    "name",
    "cron",
    "timezone",
    "endpoint",
    "payload",
    "enabled"
  ],
  "jsonSchema": [
    "title",
    "description",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "minProperties",
    "maxProperties",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "enum",
    "const",
    "allOf",
    "anyOf",
    "oneOf",
    "$ref",
    "$defs",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
    "secret",
    "category",
    "placeholder",
    "multiline"
  ],
  "settingsEntry": [
    "key",
    "type",
    "label",
    "description",
    "default",
    "defaultValue",
    "placeholder",
    "category",
    "options",
    "required",
    "encrypted",
    "min",
    "max"
  ]
};

/** Keys that are accepted without effect, with the reason, by object. */
export const IGNORED_KEYS: Readonly<Record<KeyScope, Readonly<Record<string, string>>>> = {
  "root": {
    "entry": "The component is always dist/main.wasm.",
    "main": "The page is always ui/index.html.",
    "assets": "Everything below ui/ is packed.",
    "precompiled": "Only the component itself runs.",
    "sbom": "A bill of materials is not read from the manifest.",
    "permissions": "Rights are asked for in capabilities.",
    "components": "User interface is declared in ui.",
    "requiredExtensions": "Extensions cannot depend on each other.",
    "autoEnable": "An administrator enables extensions.",
    "minAppVersion": "Use minHostVersion.",
    "apiEndpoints": "Endpoints are declared in api.endpoints.",
    "extension": "The identity is publisher and name."
  },
  "links": {},
  "egress": {},
  "ui": {
    "routes": "The page routes by itself."
  },
  "hooks": {},
  "menu": {},
  "tab": {},
  "panel": {},
  "modal": {},
  "api": {},
  "endpoint": {},
  "event": {
    "handler": "Has no effect; name an endpoint."
  },
  "schedule": {},
  "jsonSchema": {},
  "settingsEntry": {}
};
