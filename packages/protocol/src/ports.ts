/** The interfaces of this package a host may implement; each is documented where it is defined. */
export type { BundleSource } from "./bundle-source.ts";
export type { HostApi } from "./host-api.ts";
export type { InstallResolver } from "./install.ts";
export type { TriggerInvoker } from "./trigger.ts";
