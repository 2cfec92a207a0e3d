import { GatewayError } from "../errors.ts";
import type { DebugEntry, DebugLog, DebugPage } from "./debug-log.ts";

/** What one event stream is made of. */
export interface EventStreamOptions {
  readonly log: DebugLog;
  readonly tenantId: string;
  /** Registry id. */
  readonly extensionId: string;
  readonly isWanted: (event: DebugEntry) => boolean;
  /** Cursor to go on from; null begins with the newest `tailCount` events. */
  readonly after: string | null;
  /** The client came back with a cursor that nobody can go on from. */
  readonly isLost: boolean;
  readonly tailCount: number;
  readonly heartbeatMs: number;
  readonly recheckMs: number;
  /** A client that takes nothing for this long is given up. */
  readonly stallMs: number;
  /** Rejects with a `GatewayError` when the reader may no longer read. */
  readonly recheck: () => Promise<void>;
  readonly clock: () => number;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** Called once when the stream is over, however it ended. */
  readonly onEnd: () => void;
}

const PAGE = 100;
const CHUNK_CHARACTERS = 64 * 1024;
const RETRY_MS = 2000;
const encoder = new TextEncoder();

/**
 * Open a stream of server-sent events over a debug log.
 *
 * It reads on only when its client takes what it was given, so a slow one holds a page of events and no more; what the
 * log has forgotten meanwhile is told as `event: gap`. Authorization is checked again on time and before anything that
 * came later is told; `event: end` says why the stream is over.
 */
export function openEventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { log, tenantId, extensionId, isWanted, heartbeatMs, recheckMs, clock } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  let { after } = options;
  let recheckAt = clock() + recheckMs;
  let stalled: ReturnType<typeof setTimeout> | undefined;
  let isOpen = true;
  let isCancelled = false;
  let isFirst = true;
  /** Frames of the page under way that the client has not taken yet. */
  let frames: string[] = [];

  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(stalled);
    options.signal.removeEventListener("abort", end);
    over.abort();
    frames = [];
    options.onEnd();
  };

  const recheckWhenDue = async (): Promise<void> => {
    if (clock() < recheckAt) return;
    await options.recheck();
    recheckAt = clock() + recheckMs;
  };

  const readOn = async (): Promise<string[]> => {
    await recheckWhenDue();
    const waitMs = isFirst ? 0 : Math.max(0, Math.min(heartbeatMs, recheckAt - clock()));
    const limit = after === null ? options.tailCount : PAGE;
    const page = await log.read({ tenantId, extensionId, after, limit, waitMs, signal });
    // What came while it waited is for who may read now.
    await recheckWhenDue();
    after = page.lastId;
    return toFrames(page, isWanted);
  };

  const next = async (): Promise<string> => {
    let text = "";
    if (frames.length === 0) {
      if (isFirst) text = `retry: ${RETRY_MS}\n\n${options.isLost ? gapFrame(null) : ""}`;
      frames = await readOn();
      isFirst = false;
    }
    let taken = 0;
    for (const frame of frames) {
      taken += 1;
      text += frame;
      if (text.length >= CHUNK_CHARACTERS) break;
    }
    frames.splice(0, taken);
    return text;
  };

  const giveUpUnlessTaken = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    stalled = setTimeout(() => {
      end();
      controller.error(new DOMException("The client took nothing for too long.", "TimeoutError"));
    }, options.stallMs);
  };

  options.signal.addEventListener("abort", end, { once: true });
  return new ReadableStream<Uint8Array>(
    {
      start: giveUpUnlessTaken,
      async pull(controller) {
        clearTimeout(stalled);
        try {
          const text = isOpen ? await next() : "";
          if (!isOpen) {
            if (!isCancelled) controller.close();
            return;
          }
          controller.enqueue(encoder.encode(text));
          giveUpUnlessTaken(controller);
        } catch (error) {
          if (isCancelled) return;
          if (isOpen) controller.enqueue(encoder.encode(endFrame(error)));
          controller.close();
          end();
        }
      },
      cancel() {
        isCancelled = true;
        end();
      },
    },
    // Nothing is read ahead of the client.
    { highWaterMark: 0 },
  );
}

function toFrames({ events, lastId, missed }: DebugPage, isWanted: (event: DebugEntry) => boolean): string[] {
  const frames = missed === 0 ? [] : [gapFrame(missed)];
  for (const event of events) {
    if (isWanted(event)) frames.push(`id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  // Without data nothing is told, but a client that comes back goes on from here.
  if (events.length === 0 || frames.length === 0) frames.push(`: here\nid: ${lastId}\n\n`);
  return frames;
}

/** It has no id: who comes back goes on from the last event that did arrive. */
function gapFrame(missed: number | null): string {
  return `event: gap\ndata: ${JSON.stringify({ missed })}\n\n`;
}

function endFrame(error: unknown): string {
  const code = error instanceof GatewayError ? error.code : "access_policy_unavailable";
  return `event: end\ndata: ${JSON.stringify({ error: code })}\n\n`;
}
