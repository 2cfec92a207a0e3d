import { readFileSync } from "node:fs";
import { zstdDecompressSync } from "node:zlib";
import { packValue } from "../frames/wire-value.ts";
import { encodeFrame } from "../frames/frame.ts";
import type { Isolation } from "../options.ts";
import { decodeArtifact, type Artifact } from "../prepare/artifact.ts";
import type { Engine } from "../prepare/known-engines.ts";
import { toLoadFrame } from "./load-frame.ts";

/**
 * What a spare does while it waits: it loads a component of our own that was made with the same engine and answers calls
 * of it, in a context that is thrown away before any extension comes. What node does for the first time takes twice as
 * long as it does the second time.
 */
export interface Rehearsal {
  /** Frames for that context, to be sent behind the one with the engine. */
  readonly frames: Uint8Array;
  readonly calls: number;
}

const CALLS = 3;
const REQUEST = {
  context: { requestId: null, tenantId: "t", extensionId: "e", installId: null, versionId: null },
  http: {
    method: "POST",
    url: "/",
    headers: [{ name: "content-type", value: "application/json" }],
    body: new TextEncoder().encode("{}"),
  },
};
const made = new Map<string, Rehearsal | null>();

/** The rehearsal for an engine; null when this build has none for it. */
export function rehearsalOf(engine: Engine, isolation: Isolation): Rehearsal | null {
  const key = `${isolation} ${engine.digest}`;
  let known = made.get(key);
  if (known === undefined) made.set(key, (known = make(engine, isolation)));
  return known;
}

function make(engine: Engine, isolation: Isolation): Rehearsal | null {
  const artifact = read(engine.digest);
  // `scripts/make-rehearsals.ts` leaves the engine out, and its digest in its place.
  const compiled = artifact?.modules.find(
    ({ bytes }) => Buffer.from(bytes).toString("hex") === engine.digest,
  );
  if (artifact === null || compiled === undefined) return null;
  const { header, parts } = toLoadFrame(artifact, { guest: 0, compiled, isWarm: isolation === "warm" });
  const { json, bytes } = packValue(REQUEST);
  const calls = Array.from({ length: CALLS }, (_, index) =>
    encodeFrame(
      { t: "call", guest: 0, id: index + 1, at: Number.MAX_SAFE_INTEGER, cpu: null, pages: null, v: json },
      bytes,
    ),
  );
  return { frames: Buffer.concat([encodeFrame(header, Buffer.concat(parts)), ...calls]), calls: CALLS };
}

function read(digest: string): Artifact | null {
  try {
    const file = new URL(`../../dist/rehearsals/${digest}.zst`, import.meta.url);
    return decodeArtifact(zstdDecompressSync(readFileSync(file)));
  } catch {
    return null;
  }
}
