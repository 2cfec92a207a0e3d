import { CodedError, type CodedErrorOptions } from "@alga-ext/protocol";

/** What can go wrong in the kit apart from caller mistakes, which are `TypeError`. */
export type UiKitErrorCode = "invalid_theme_var";

/** The HTTP status that means the same as each code. */
export const UI_KIT_STATUS = { invalid_theme_var: 400 } as const satisfies Record<UiKitErrorCode, number>;

/** Thrown by the kit's helpers when data from outside is not what it claims to be. */
export class UiKitError extends CodedError<UiKitErrorCode> {
  static override readonly brand = "UiKitError";

  constructor(code: UiKitErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, UI_KIT_STATUS[code], message, options);
  }
}
