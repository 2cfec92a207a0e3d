import type { Principal } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";

/** @throws {RegistryError} `forbidden` */
export function requirePublish(principal: Principal): void {
  if (principal.permissions.includes("extension:publish")) return;
  throw new RegistryError("forbidden", "Publishing needs the permission extension:publish.");
}
