import { PLAIN, standIn } from "./stand-in.ts";

/** An answer as plain values; names of headers are in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** A `Response` that is one when somebody looks closer. */
class AnswerResponse {
  readonly #answer: Answer;
  #plain: Response | undefined;

  constructor(answer: Answer) {
    this.#answer = answer;
  }
  get status(): number {
    return this.#answer.status;
  }
  [PLAIN](): Response {
    return (this.#plain ??= toResponse(this.#answer));
  }
  /** Undefined once somebody may have changed it. */
  static answerOf(response: Response | AnswerResponse): Answer | undefined {
    return #answer in response && response.#plain === undefined ? response.#answer : undefined;
  }
}
standIn(AnswerResponse, Response);

/** The `Response` of an answer. */
export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}

/** As {@link toResponse}, but made only if somebody looks; for adapters that ask {@link answerOf}. */
export function toLazyResponse(answer: Answer): Response {
  return new AnswerResponse(answer) as unknown as Response;
}

/** The answer behind a lazy response that nobody has looked into. */
export function answerOf(response: Response): Answer | undefined {
  return AnswerResponse.answerOf(response);
}
