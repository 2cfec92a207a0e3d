const KEY =
  /^sha256\/_staging\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\/bundle\.tar\.zst$/;

/** What every staging key begins with. */
export const STAGING_PREFIX = "sha256/_staging/";

/** Blob key of a staged upload (contract §6.2). */
export function stagingKey(id: string): string {
  return `${STAGING_PREFIX}${id}/bundle.tar.zst`;
}

/** The upload's id, or null when this is no staging key. */
export function parseStagingKey(key: string): string | null {
  return KEY.exec(key)?.[1] ?? null;
}
