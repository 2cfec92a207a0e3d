import { createHash } from "node:crypto";
import type { Artifact } from "./artifact.ts";

/** A core module that is the same in every component of one engine: nothing of an extension is in it. */
export interface Engine {
  readonly digest: string;
  readonly module: Artifact["modules"][number];
}

/**
 * SHA-256 of engines as `rewrite/` leaves them. Cells may compile these before they know whose call comes, so none may
 * carry a byte that an extension chose. A new toolchain or a change in rewriting adds one: the test beside this says
 * which.
 */
const KNOWN: ReadonlySet<string> = new Set([
  // componentize-qjs 0.4.5, for instances that are put back, with memory up to 1 GiB, and for those that are not
  "7b9a9fd61743ebd98ae1004c5520f0985838cc66ab6c7e879d6dd56748667208",
  "9d52811e627b03764fdaf58b0e1f0b4e5c3e0c840a21c1bb4380a2d6c3c0a67d",
]);

/** No smaller module is worth it. */
const LARGE_BYTES = 256 * 1024;
const found = new WeakMap<Artifact, Engine | null>();

/** Digest of a module as {@link engineOf} compares it. */
export function engineDigest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The known engine in an artifact, or null. */
export function engineOf(artifact: Artifact): Engine | null {
  const known = found.get(artifact);
  if (known !== undefined) return known;
  const engine =
    artifact.modules
      .filter(({ bytes }) => bytes.length > LARGE_BYTES)
      .map((module) => ({ digest: engineDigest(module.bytes), module }))
      .find(({ digest }) => KNOWN.has(digest)) ?? null;
  found.set(artifact, engine);
  return engine;
}
