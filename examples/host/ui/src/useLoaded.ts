import { useCallback, useEffect, useState } from "react";
import { messageOf } from "./api/request.ts";

/** A value that comes from the server. */
export interface Loaded<Value> {
  /** Null until the first answer; kept while reloading and when a reload fails. */
  readonly value: Value | null;
  /** What went wrong with the last attempt. */
  readonly error: string | null;
  readonly isLoading: boolean;
  readonly reload: () => Promise<void>;
}

type State<Value> = Omit<Loaded<Value>, "reload">;

/** Load a value when the component appears, and again on demand. */
export function useLoaded<Value>(load: () => Promise<Value>): Loaded<Value> {
  const [state, setState] = useState<State<Value>>({ value: null, error: null, isLoading: true });
  useEffect(() => {
    let isCurrent = true;
    void attempt(load).then((update) => {
      if (isCurrent) setState(update);
    });
    return () => {
      isCurrent = false;
    };
  }, [load]);
  const reload = useCallback(async () => {
    setState((now) => ({ ...now, isLoading: true }));
    setState(await attempt(load));
  }, [load]);
  return { ...state, reload };
}

async function attempt<Value>(load: () => Promise<Value>): Promise<(now: State<Value>) => State<Value>> {
  try {
    const value = await load();
    return () => ({ value, error: null, isLoading: false });
  } catch (error) {
    return (now) => ({ ...now, error: messageOf(error), isLoading: false });
  }
}
