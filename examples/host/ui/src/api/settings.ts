import type { JsonValue } from "@alga-ext/protocol";
import type { InstallSettings, SecretName } from "@alga-ext/registry";
import { extensionPath, request } from "./request.ts";

/** Schema, values and what is wrong with them. */
export const readSettings = (extension: string): Promise<InstallSettings> =>
  request("GET", `${extensionPath(extension)}/settings`);

/** Set values by name; null resets one. */
export const changeSettings = (
  extension: string,
  values: Readonly<Record<string, JsonValue>>,
): Promise<InstallSettings> => request("PATCH", `${extensionPath(extension)}/settings`, { values });

/** Which secrets an install has and since when. */
export async function listSecrets(extension: string): Promise<readonly SecretName[]> {
  const path = `${extensionPath(extension)}/secrets`;
  return (await request<{ secrets: readonly SecretName[] }>("GET", path)).secrets;
}

/** Set secrets by name; null deletes one. */
export const setSecrets = (
  extension: string,
  secrets: Readonly<Record<string, string | null>>,
): Promise<unknown> => request("PUT", `${extensionPath(extension)}/secrets`, secrets);
