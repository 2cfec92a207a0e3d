import type { PlatformCapability } from "./ports.ts";

/** Every capability of the platform, in the order of the WIT world's interfaces. */
export const CAPABILITIES: readonly PlatformCapability[] = [
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
    route: "storage",
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
    route: "scheduler",
  },
  {
    name: "cap:invoice.manual.create",
    interfaces: ["invoicing"],
    byDefault: false,
    risk: "high",
    sentence: "Create invoices for your clients",
    route: "invoicing",
  },
  {
    name: "cap:client.read",
    interfaces: ["clients"],
    byDefault: false,
    risk: "medium",
    sentence: "Read your list of clients",
    route: "clients",
  },
  {
    name: "cap:service.read",
    interfaces: ["services"],
    byDefault: false,
    risk: "low",
    sentence: "Read your list of services and their prices",
    route: "services",
  },
  {
    name: "cap:config.read",
    interfaces: ["config"],
    byDefault: false,
    risk: "low",
    sentence: "Read the settings you enter for it, but not its passwords and keys",
  },
  {
    name: "cap:metrics.emit",
    interfaces: ["metrics"],
    byDefault: false,
    risk: "low",
    sentence: "Report numbers about its own work, which you can read",
  },
];

/** Names of the capabilities every extension has without asking. */
export const DEFAULT_CAPABILITIES: readonly string[] = CAPABILITIES.filter(({ byDefault }) => byDefault).map(
  ({ name }) => name,
);
