import { GatewayError } from "../errors.ts";
import { parseDebugCursor, type DebugEntry } from "./debug-log.ts";

/** What the query of the debug stream asks for. */
export interface StreamQuery {
  /** Install id, registry id or slug, lower-case. */
  readonly extensionId: string;
  readonly isWanted: (event: DebugEntry) => boolean;
}

const EXTENSION_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,199}$/;
/** A cursor that lies further ahead than clocks differ is none of ours. */
const AHEAD_MS = 60_000;

/**
 * Read `extensionId`, `installId` and `requestId`; the latter two narrow, compared without regard to case.
 *
 * @throws {GatewayError} `invalid_request`
 */
export function parseStreamQuery({ searchParams }: URL): StreamQuery {
  const extensionId = searchParams.get("extensionId") ?? "";
  if (extensionId === "") throw new GatewayError("invalid_request", "extensionId is required");
  if (!EXTENSION_ID.test(extensionId))
    throw new GatewayError("invalid_request", "extensionId has characters that no id has");
  const installId = narrow(searchParams.get("installId"));
  const requestId = narrow(searchParams.get("requestId"));
  return {
    extensionId: extensionId.toLowerCase(),
    isWanted: (event) =>
      (installId === null || event.installId?.toLowerCase() === installId) &&
      (requestId === null || event.requestId?.toLowerCase() === requestId),
  };
}

/** Whether a text is a cursor that this log may have given out. */
export function isPlausibleCursor(text: string, now: number): boolean {
  const cursor = parseDebugCursor(text);
  return cursor !== null && cursor[0] <= now + AHEAD_MS;
}

function narrow(value: string | null): string | null {
  return value === null || value === "" ? null : value.toLowerCase();
}
