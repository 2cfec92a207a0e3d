import type { IncomingMessage, ServerResponse } from "node:http";
import { PARTS, type CallParts } from "../internal/call-parts.ts";
import { readStream } from "../internal/read-body.ts";
import { PLAIN, standIn } from "../internal/stand-in.ts";
import { toBodyStream } from "./body-stream.ts";
import { toNodeHeaders } from "./node-headers.ts";
import { readIncoming } from "./read-incoming.ts";

/** What a request is made of. */
export interface NodeRequestParts {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly url: URL;
  readonly method: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly hasBody: boolean;
  /** The body, where it was read already. */
  readonly body?: ReadableStream<Uint8Array> | undefined;
}

/**
 * A web-standard request over a node one. Signal, headers, stream and all the rest are made when somebody asks for them:
 * together they cost as much as everything else that a gateway does with a call.
 */
export function toNodeRequest(parts: NodeRequestParts): Request {
  return new NodeRequest(parts) as unknown as Request;
}

class NodeRequest {
  readonly #parts: NodeRequestParts;
  #headers: Headers | undefined;
  #signal: AbortSignal | undefined;
  #plain: Request | undefined;
  #isRead = false;

  constructor(parts: NodeRequestParts) {
    this.#parts = parts;
  }

  get method(): string {
    return this.#parts.method;
  }
  get url(): string {
    return this.#parts.url.href;
  }
  get headers(): Headers {
    return this.#plain?.headers ?? (this.#headers ??= toNodeHeaders(this.#parts.headers));
  }
  /** Aborts when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    return (this.#signal ??= signalOf(this.#parts.outgoing));
  }
  get bodyUsed(): boolean {
    return this.#isRead || this.#plain?.bodyUsed === true;
  }
  get [PARTS](): CallParts {
    return { url: this.#parts.url, readBody: (maxBytes) => this.#read(maxBytes) };
  }

  [PLAIN](): Request {
    if (this.#plain === undefined) {
      const { method, headers, signal } = this;
      const init = { method, headers, signal, duplex: "half", body: this.#stream() };
      this.#plain = new Request(this.#parts.url, init as RequestInit);
    }
    return this.#plain;
  }

  async #read(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const { incoming, hasBody, body } = this.#parts;
    if (!hasBody) return null;
    if (this.#plain !== undefined) return readStream(this.#plain, maxBytes);
    if (this.#isRead || body !== undefined) return readStream(this[PLAIN](), maxBytes);
    this.#isRead = true;
    return readIncoming(incoming, maxBytes);
  }

  #stream(): ReadableStream<Uint8Array> | null {
    const { incoming, hasBody, body } = this.#parts;
    if (!hasBody) return null;
    if (!this.#isRead) return body ?? toBodyStream(incoming);
    const gone = new TypeError("The body has been read.");
    return new ReadableStream({ start: (controller) => controller.error(gone) });
  }
}
standIn(NodeRequest, Request);

function signalOf(outgoing: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const onClose = (): void => {
    if (!outgoing.writableFinished) gone.abort(new DOMException("The client went away.", "AbortError"));
  };
  if (outgoing.closed) onClose();
  else outgoing.once("close", onClose);
  return gone.signal;
}
