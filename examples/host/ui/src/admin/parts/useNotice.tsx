import { Alert } from "@alga-ext/ui-kit";
import { useCallback, useRef, useState, type ReactElement } from "react";

/** What was done last, said on the page. */
export interface Notice {
  readonly element: ReactElement;
  /** Say that something was done; null takes it back. */
  readonly say: (message: string | null) => void;
}

/** A place at the top of a page for what was done; it takes focus over from what is gone. */
export function useNotice(): Notice {
  const [message, setMessage] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const say = useCallback((next: string | null) => {
    setMessage(next);
    if (next === null) return;
    // What was done may have taken away the button that had focus.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) box.current?.focus();
    });
  }, []);
  const element = (
    <div ref={box} className="acme-notice" aria-live="polite" tabIndex={-1}>
      {message !== null && (
        <Alert tone="success" role="none">
          {message}
        </Alert>
      )}
    </div>
  );
  return { element, say };
}
