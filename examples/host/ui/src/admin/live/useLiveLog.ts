import { useEffect, useState } from "react";
import { followDebugStream, type StreamState } from "../../api/debug-stream.ts";
import { addEvents, addGap, EMPTY_LOG, type LiveLog } from "./live-log.ts";

/** What an extension does, as it does it. */
export interface LiveLogState {
  readonly log: LiveLog;
  readonly state: StreamState;
  /** Forget what came so far. */
  readonly clear: () => void;
}

/** Follow an extension for as long as the component is there; a component follows one. */
export function useLiveLog(registryId: string): LiveLogState {
  const [log, setLog] = useState(EMPTY_LOG);
  const [state, setState] = useState<StreamState>("connecting");
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    void followDebugStream(
      registryId,
      {
        onEvents: (events) => !signal.aborted && setLog((now) => addEvents(now, events)),
        onGap: (missed) => !signal.aborted && setLog((now) => addGap(now, missed)),
        onState: (next) => !signal.aborted && setState(next),
      },
      signal,
    );
    return () => controller.abort();
  }, [registryId]);
  return { log, state, clear: () => setLog((now) => ({ ...EMPTY_LOG, total: now.total })) };
}
