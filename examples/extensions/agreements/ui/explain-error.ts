import { ApiError, BridgeError } from "@alga-ext/sdk/ui";

/** An error in words a person can act on. */
export interface Explanation {
  readonly title: string;
  readonly text: string;
  readonly canRetry: boolean;
  /** What to tell support. */
  readonly requestId: string | null;
}

/** Say what happened and what to do, from codes and statuses alone. */
export function explainError(error: unknown): Explanation {
  if (error instanceof ApiError) {
    const { requestId } = error;
    if (error.status === 401) {
      return say("You are signed out", "Sign in to the application again, then retry.", requestId);
    }
    if (error.status === 403) {
      return say("You may not do this", "Ask an administrator for access to agreements.", requestId, false);
    }
    if (error.status === 404) {
      return say(
        "Not found",
        "It may have been deleted, or the extension is switched off.",
        requestId,
        false,
      );
    }
    if (error.status === 409) {
      return say(
        "Someone else changed this",
        "Reload to see the current version, then try again.",
        requestId,
      );
    }
    if (error.status === 429) return say("Too many requests", "Wait a moment, then try again.", requestId);
    if (error.status === 504) return say("This took too long", "Try again in a moment.", requestId);
    return say("Something went wrong", "The extension could not answer. Try again in a moment.", requestId);
  }
  if (error instanceof BridgeError && error.code === "rate_limited") {
    return say("Too many requests", "Wait a moment, then try again.", null);
  }
  return say(
    "No connection",
    "The application around this page did not answer. Check your network and retry.",
    null,
  );
}

function say(title: string, text: string, requestId: string | null, canRetry = true): Explanation {
  return { title, text, requestId, canRetry };
}
