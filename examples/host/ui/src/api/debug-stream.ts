import type { DebugEntry } from "@alga-ext/gateway";
import { SIGNED_OUT_EVENT, toQuery } from "./request.ts";
import { createFrameReader, type Frame } from "./event-frames.ts";

/** How the connection is doing. */
export type StreamState = "connecting" | "live" | "lost" | "refused";

/** What {@link followDebugStream} tells. */
export interface StreamHandlers {
  onEvents(events: readonly DebugEntry[]): void;
  /** Events are gone: so many, or nobody knows how many. */
  onGap(missed: number | null): void;
  onState(state: StreamState): void;
}

const RETRY_MS = 2000;
/** Refusals that another try does not change. */
const FINAL = new Set([400, 401, 403, 404]);

/** Follow what one extension does, for as long as the signal lets it; comes back by itself where it was. */
export async function followDebugStream(
  extension: string,
  handlers: StreamHandlers,
  signal: AbortSignal,
): Promise<void> {
  const path = `/api/ext-debug/stream${toQuery({ extensionId: extension })}`;
  let lastId = "";
  const take = (frame: Frame): DebugEntry[] => {
    if (frame.id !== undefined) lastId = frame.id;
    if (frame.event === "gap")
      handlers.onGap((JSON.parse(frame.data ?? "{}") as { missed?: number }).missed ?? null);
    const isEntry = frame.event === undefined && frame.data !== undefined;
    return isEntry ? [JSON.parse(frame.data) as DebugEntry] : [];
  };

  while (!signal.aborted) {
    handlers.onState(lastId === "" ? "connecting" : "lost");
    try {
      const headers = { accept: "text/event-stream", ...(lastId === "" ? {} : { "last-event-id": lastId }) };
      const response = await fetch(path, { headers, signal, cache: "no-store" });
      if (FINAL.has(response.status)) {
        handlers.onState("refused");
        if (response.status === 401) dispatchEvent(new Event(SIGNED_OUT_EVENT));
        return;
      }
      if (response.ok && response.body !== null) {
        handlers.onState("live");
        const frames = createFrameReader();
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let step = await reader.read(); !step.done; step = await reader.read()) {
          const events = frames(step.value).flatMap(take);
          if (events.length > 0) handlers.onEvents(events);
        }
      }
    } catch {
      // Unreachable or cut: tried again below, from where it was.
    }
    if (!signal.aborted) {
      handlers.onState("lost");
      await pause(signal);
    }
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, RETRY_MS);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
