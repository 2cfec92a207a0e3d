// Nothing is imported here: an old Node must get as far as the sentence below.

/** Oldest major version of Node that the bin runs on. */
export const NODE_FLOOR = 24;

/** Exit code of the bin on an older Node. */
export const NODE_TOO_OLD = 8;

/** What to tell somebody who runs the bin on this Node version (`process.version`); null when it is new enough. */
export function refuseOldNode(version: string): string | null {
  if (Number.parseInt(version.replace(/^v/, ""), 10) >= NODE_FLOOR) return null;
  return `alga-ext needs Node ${NODE_FLOOR} or newer; this is ${version}. Install a newer one, or give this project its own: npm install --save-dev node@26 (npx and npm scripts then use it).`;
}
