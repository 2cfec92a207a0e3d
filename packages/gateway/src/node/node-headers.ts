import { PLAIN, standIn } from "../internal/stand-in.ts";

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

/** The headers of a node request as web-standard ones, which are made when somebody does more than look one up. */
export function toNodeHeaders(values: Readonly<Record<string, string>>): Headers {
  return new NodeHeaders(values) as unknown as Headers;
}

class NodeHeaders {
  /** By lower-case names. */
  readonly #values: Readonly<Record<string, string>>;
  #plain: Headers | undefined;

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = values;
  }

  get(name: string): string | null {
    if (this.#plain !== undefined || !TOKEN.test(name)) return this[PLAIN]().get(name);
    const key = name.toLowerCase();
    return Object.hasOwn(this.#values, key) ? (this.#values[key] as string) : null;
  }
  has(name: string): boolean {
    return this.get(name) !== null;
  }
  [PLAIN](): Headers {
    return (this.#plain ??= new Headers(this.#values));
  }
}
standIn(NodeHeaders, Headers);
