import type { UserData } from "../ports.ts";
import { fromWitRecord } from "./wit-record.ts";

/** A user as a host sends it: additional fields as pairs (WIT) or as a map (older SDKs). */
export interface UserDataWire extends Omit<UserData, "additionalFields" | "clientId"> {
  readonly clientId?: string | null;
  readonly additionalFields?:
    | readonly (readonly [string, string])[]
    | Readonly<Record<string, string>>
    | null;
}

/** A user with additional fields as one map, whatever the host sent. */
export function normalizeUserData(wire: UserDataWire): UserData {
  const { additionalFields, ...rest } = fromWitRecord(wire);
  const user = rest as Omit<UserData, "additionalFields">;
  if (additionalFields === undefined || additionalFields === null) return user;
  const pairs = Array.isArray(additionalFields)
    ? (additionalFields as readonly (readonly [string, string])[])
    : Object.entries(additionalFields as Readonly<Record<string, string>>);
  return { ...user, additionalFields: Object.fromEntries(pairs) };
}
