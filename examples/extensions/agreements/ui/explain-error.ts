import { ApiError, BridgeError } from "@alga-ext/sdk/ui";

/** An error in words a person can act on. */
export interface Explanation {
  readonly title: string;
  readonly text: string;
  readonly canRetry: boolean;
  /** What to tell support. */
  readonly requestId: string | null;
}

/** What each code means to the person in front of the page; gateway codes, then this extension's own. */
const BY_CODE: Readonly<Record<string, readonly [title: string, text: string, canRetry: boolean]>> = {
  extension_not_available: [
    "Agreements is not available here",
    "An administrator has switched it off or uninstalled it. Nothing you do on this page can be saved.",
    false,
  ],
  not_installed: [
    "Agreements is not available here",
    "An administrator has switched it off or uninstalled it. Nothing you do on this page can be saved.",
    false,
  ],
  endpoint_not_found: [
    "Agreements was updated",
    "This page belongs to another version of the extension. Reload the whole application.",
    false,
  ],
  forbidden: ["You may not do this", "Ask an administrator for access to agreements.", false],
  read_only: [
    "You can read this, not change it",
    "Agreements are kept by the people you have them with. Ask them.",
    false,
  ],
  storage_denied: [
    "Agreements may not keep data here",
    "An administrator has not granted it its storage. They can do so under Extensions, in its permissions.",
    false,
  ],
  agreement_not_found: ["This agreement is gone", "Somebody deleted it, or the link is wrong.", false],
  conflict: ["Someone else changed this", "Reload to see the current version, then try again.", true],
};

/** The same for answers without a code that says more. */
const BY_STATUS: typeof BY_CODE = {
  401: ["You are signed out", "Sign in to the application again, then retry.", true],
  403: ["This was refused", "Ask an administrator whether you, and this extension, may do this.", false],
  404: ["Not found", "It may have been deleted.", false],
  429: ["Too many requests", "Wait a moment, then try again.", true],
  504: ["This took too long", "Try again in a moment.", true],
};

const UNKNOWN = [
  "Something went wrong",
  "The extension could not answer. Try again in a moment.",
  true,
] as const;

/** Say what happened and what to do: by code first, by status only where the code says nothing. */
export function explainError(error: unknown): Explanation {
  if (error instanceof ApiError) {
    const code = codeOf(error);
    const known = code !== null && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
    const [title, text, canRetry] = known ?? BY_STATUS[error.status] ?? UNKNOWN;
    return { title, text, canRetry, requestId: error.requestId };
  }
  if (error instanceof BridgeError && error.code === "rate_limited") {
    const [title, text, canRetry] = BY_STATUS[429] ?? UNKNOWN;
    return { title, text, canRetry, requestId: null };
  }
  return {
    title: "No connection",
    text: "The application around this page did not answer. Check your network and retry.",
    canRetry: true,
    requestId: null,
  };
}

/** Whether the agreement itself is gone; that the extension is gone is another thing. */
export function isAgreementGone(error: unknown): boolean {
  return error instanceof ApiError && codeOf(error) === "agreement_not_found";
}

/** The snake_case code an answer carries in `error`, if it is one. */
function codeOf({ body }: ApiError): string | null {
  if (typeof body !== "object" || body === null) return null;
  const code: unknown = Reflect.get(body, "error");
  return typeof code === "string" ? code : null;
}
