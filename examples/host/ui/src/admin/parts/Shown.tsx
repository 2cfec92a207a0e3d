import { Alert, Button } from "@alga-ext/ui-kit";
import type { ReactElement, ReactNode } from "react";
import type { Loaded } from "../../useLoaded.ts";
import { PlaceholderCard } from "./PlaceholderCard.tsx";

/** What comes from the server: a placeholder until it is there, and what went wrong with a way to try again. */
export function Shown<Value>({
  loaded,
  children,
}: {
  readonly loaded: Loaded<Value>;
  readonly children: (value: Value) => ReactNode;
}): ReactElement {
  const { value, error, isLoading, reload } = loaded;
  return (
    <>
      {error !== null && <Failed message={error} onRetry={reload} />}
      {value === null && isLoading && <PlaceholderCard />}
      {value !== null && children(value)}
    </>
  );
}

/** What went wrong, with a way to try again. */
export function Failed({
  message,
  onRetry,
}: {
  readonly message: string;
  readonly onRetry: () => Promise<unknown>;
}): ReactElement {
  return (
    <Alert tone="danger">
      {message}{" "}
      <Button variant="link" onClick={() => void onRetry()}>
        Try again
      </Button>
    </Alert>
  );
}
