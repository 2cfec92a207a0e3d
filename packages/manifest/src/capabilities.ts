import type { Capability } from "./ports.ts";

/** Every capability of the platform, in the order of the WIT world's interfaces. */
export const CAPABILITIES: readonly Capability[] = [
  {
    name: "cap:context.read",
    interfaces: ["context"],
    byDefault: true,
    risk: "low",
    sentence: "See which organisation and install it runs for",
  },
  {
    name: "cap:secrets.get",
    interfaces: ["secrets"],
    byDefault: false,
    risk: "high",
    sentence: "Read the passwords and keys you enter for it",
  },
  {
    name: "cap:http.fetch",
    interfaces: ["http"],
    byDefault: false,
    risk: "high",
    sentence: "Call outside services and send them data",
  },
  {
    name: "cap:storage.kv",
    interfaces: ["storage"],
    byDefault: false,
    risk: "low",
    sentence: "Store and read its own data for your organisation",
  },
  {
    name: "cap:log.emit",
    interfaces: ["logging"],
    byDefault: true,
    risk: "low",
    sentence: "Write to its own log, which you can read",
  },
  {
    name: "cap:ui.proxy",
    interfaces: ["ui-proxy"],
    byDefault: false,
    risk: "medium",
    sentence: "Call functions of this application on behalf of the person using it",
  },
  {
    name: "cap:user.read",
    interfaces: ["user", "user-v2"],
    byDefault: true,
    risk: "low",
    sentence: "See the name, e-mail address and role of the person using it",
  },
  {
    name: "cap:scheduler.manage",
    interfaces: ["scheduler"],
    byDefault: false,
    risk: "medium",
    sentence: "Run by itself at times it sets",
  },
  {
    name: "cap:invoice.manual.create",
    interfaces: ["invoicing"],
    byDefault: false,
    risk: "high",
    sentence: "Create invoices for your clients",
  },
  {
    name: "cap:client.read",
    interfaces: ["clients"],
    byDefault: false,
    risk: "medium",
    sentence: "Read your list of clients",
  },
  {
    name: "cap:service.read",
    interfaces: ["services"],
    byDefault: false,
    risk: "low",
    sentence: "Read your list of services and their prices",
  },
];

/** Names of the capabilities every extension has without asking. */
export const DEFAULT_CAPABILITIES: readonly string[] = CAPABILITIES.filter(({ byDefault }) => byDefault).map(
  ({ name }) => name,
);

const BY_NAME: ReadonlyMap<string, Capability> = new Map(CAPABILITIES.map((item) => [item.name, item]));
const ALIASES: ReadonlyMap<string, string> = new Map([["cap:log", "cap:log.emit"]]);

/**
 * The `cap:` name of a known capability, however it is written: bare or prefixed, any case, an old alias.
 *
 * @returns null when nothing of that name is known.
 * @example
 * normalizeCapability("Storage.KV"); // "cap:storage.kv"
 */
export function normalizeCapability(name: string): string | null {
  const lower = name.trim().toLowerCase();
  const prefixed = lower.startsWith("cap:") ? lower : `cap:${lower}`;
  const known = ALIASES.get(prefixed) ?? prefixed;
  return BY_NAME.has(known) ? known : null;
}

/** Look a capability up by any way of writing its name; null when it is not known. */
export function findCapability(name: string): Capability | null {
  const known = normalizeCapability(name);
  return known === null ? null : (BY_NAME.get(known) ?? null);
}
