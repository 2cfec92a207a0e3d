import type { SelectOption } from "@alga-ext/ui-kit";

/** What administrators do, as the audit log names it. */
const EVENTS = {
  "http.install": "Install",
  "http.installExtension": "Install (v1)",
  "http.uninstall": "Uninstall",
  "http.uninstallExtension": "Uninstall (v1)",
  "http.update": "Change version",
  "http.updateExtension": "Change version (v1)",
  "http.rollback": "Roll back",
  "http.setPinned": "Pin or unpin",
  "http.setEnabled": "Switch on or off",
  "http.setGrants": "Change permissions",
  "http.changeSettings": "Change settings",
  "http.setSecrets": "Change secrets",
  "http.rotateDataKey": "Rotate the data key",
  "http.setSubscriptionPaused": "Pause or resume events",
  "http.replayDeadLetters": "Send dead letters again",
  "http.discardDeadLetters": "Discard dead letters",
  "http.createSchedule": "Create a schedule",
  "http.changeSchedule": "Change a schedule",
  "http.deleteSchedule": "Delete a schedule",
  "http.runSchedule": "Run a schedule",
  "http.createApiKey": "Create an API key (request)",
  "http.revokeApiKey": "Revoke an API key (request)",
  "api_key.created": "API key created",
  "api_key.revoked": "API key revoked",
} as const satisfies Record<string, string>;

/** An entry's type in words; one nobody has words for is shown as it is. */
export function describeEvent(eventType: string): string {
  return Object.hasOwn(EVENTS, eventType) ? EVENTS[eventType as keyof typeof EVENTS] : eventType;
}

/** What the log can be narrowed to. */
export const AUDIT_FILTERS: readonly SelectOption[] = [
  { value: "", label: "Everything" },
  ...Object.entries(EVENTS).map(([value, label]) => ({ value, label })),
];
