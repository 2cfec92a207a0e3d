/** The end of a call, for host calls that still run then: they serve nobody. */
export class CallEnding {
  #controller: AbortController | null = null;

  /** Aborts when the call ends; made when a host call first asks for it, which most calls never do. */
  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal;
  }

  end(): void {
    this.#controller?.abort(CALL_IS_OVER);
  }
}

/** Made once: an abort without a reason makes an exception with a stack for every call. */
const CALL_IS_OVER = new DOMException("The call is over.", "AbortError");
