import { useEffect, useState } from "react";

/** Something that is being fetched, was fetched, or could not be. */
export type Loaded<Value> =
  | { readonly phase: "loading" }
  | { readonly phase: "ready"; readonly value: Value }
  | { readonly phase: "failed"; readonly error: unknown };

/** Fetch once per identity of `load` (memoise it) and again on `reload`; abandons a fetch nobody waits for. */
export function useLoaded<Value>(load: (signal: AbortSignal) => Promise<Value>): {
  readonly state: Loaded<Value>;
  readonly reload: () => void;
} {
  const [attempt, setAttempt] = useState({ load, count: 0 });
  const [result, setResult] = useState<{ readonly of: object; readonly state: Loaded<Value> } | null>(null);
  if (attempt.load !== load) setAttempt({ load, count: 0 });

  useEffect(() => {
    const abort = new AbortController();
    attempt.load(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setResult({ of: attempt, state: { phase: "ready", value } });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setResult({ of: attempt, state: { phase: "failed", error } });
      },
    );
    return () => abort.abort();
  }, [attempt]);

  return {
    state: result !== null && result.of === attempt ? result.state : { phase: "loading" },
    reload: () => setAttempt({ load, count: attempt.count + 1 }),
  };
}
