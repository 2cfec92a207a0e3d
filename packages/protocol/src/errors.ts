const BRAND: unique symbol = Symbol.for("@alga-ext/error");

/** A value that survives `JSON.stringify` unchanged. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What a {@link CodedError} carries besides its code and message. */
export interface CodedErrorOptions {
  /** The failure underneath, kept for logs; never sent over a wire. */
  readonly cause?: unknown;
  /** JSON-safe facts a caller can act on, such as a limit's name and value. */
  readonly details?: { readonly [key: string]: JsonValue };
  /** True when the same request may succeed later. @default false */
  readonly retryable?: boolean;
}

/**
 * Base of every error the `@alga-ext` packages throw on purpose: switch on `code`, never on the message.
 *
 * Each package has one subclass with a closed union of codes. `instanceof` works across two copies of a
 * package, because it compares a brand, not identity.
 *
 * @example
 * try { parseManifest(text) } catch (error) {
 *   if (error instanceof ManifestError && error.code === "invalid_manifest") show(error.details);
 * }
 */
export class CodedError<Code extends string = string> extends Error {
  /** Name of the concrete class; what `instanceof` compares. */
  static readonly brand: string = "CodedError";

  /** Stable snake_case code from the package's closed union. */
  readonly code: Code;
  /** The HTTP status that means the same. */
  readonly status: number;
  /** True when the same request may succeed later. */
  readonly retryable: boolean;
  /** JSON-safe facts a caller can act on. */
  readonly details: { readonly [key: string]: JsonValue };
  readonly [BRAND]: string;

  constructor(code: Code, status: number, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const brand = new.target.brand;
    this.name = brand;
    this.code = code;
    this.status = status;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
    this[BRAND] = brand;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== "object" || value === null || !(BRAND in value)) return false;
    return this.brand === "CodedError" || value[BRAND] === this.brand;
  }
}
