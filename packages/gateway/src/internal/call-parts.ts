/** What a call is read from, without a web-standard object for each part of it. */
export interface CallParts {
  /** Nobody may change it. */
  readonly url: URL;
  /** As `readBody` does. */
  readBody(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** Where requests of an adapter that has the parts at hand keep them. */
export const PARTS = Symbol("parts");

/** A request's parts, if its adapter has them at hand; then a lazy answer will do, too. */
export function partsOf(request: Request): CallParts | undefined {
  return (request as { readonly [PARTS]?: CallParts })[PARTS];
}
