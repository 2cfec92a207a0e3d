// Made from schema/manifest.schema.json by scripts/generate.ts; do not edit.

/** An object of the manifest whose keys are checked. */
export type KeyScope = "root" | "ui" | "api" | "endpoint" | "egress";

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
    "capabilities",
    "egress",
    "ui",
    "api",
    "settings"
  ],
  "ui": [
    "type",
    "entry",
    "hooks"
  ],
  "api": [
    "endpoints"
  ],
  "endpoint": [
    "method",
    "path",
    "handler",
    "schedulable",
    "summary"
  ],
  "egress": [
    "host",
    "ports",
    "reason"
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
    "events": "Events are not delivered yet.",
    "permissions": "Rights are asked for in capabilities.",
    "components": "User interface is declared in ui.",
    "requiredExtensions": "Extensions cannot depend on each other.",
    "autoEnable": "An administrator enables extensions.",
    "minAppVersion": "The host decides which runtimes it serves.",
    "apiEndpoints": "Endpoints are declared in api.endpoints.",
    "extension": "The identity is publisher and name."
  },
  "ui": {
    "routes": "The page routes by itself."
  },
  "api": {},
  "endpoint": {},
  "egress": {}
};
