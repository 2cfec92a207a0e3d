import { formDecode, formEncode } from "./percent-encoding.ts";

type Pair = [name: string, value: string];

/** `URLSearchParams` of the URL Standard §6.2. */
export class GuestURLSearchParams {
  #pairs: Pair[] = [];
  readonly #onChange: (() => void) | undefined;

  constructor(init: unknown = "", onChange?: () => void) {
    this.#onChange = onChange;
    this.#pairs = toPairs(init);
  }

  get size(): number {
    return this.#pairs.length;
  }

  append(name: unknown, value: unknown): void {
    this.#pairs.push([text(name), text(value)]);
    this.#onChange?.();
  }

  delete(name: unknown, value?: unknown): void {
    const matches = this.#matcher(name, value);
    this.#pairs = this.#pairs.filter((pair) => !matches(pair));
    this.#onChange?.();
  }

  get(name: unknown): string | null {
    const key = text(name);
    return this.#pairs.find(([pairName]) => pairName === key)?.[1] ?? null;
  }

  getAll(name: unknown): string[] {
    const key = text(name);
    return this.#pairs.filter(([pairName]) => pairName === key).map(([, value]) => value);
  }

  has(name: unknown, value?: unknown): boolean {
    return this.#pairs.some(this.#matcher(name, value));
  }

  set(name: unknown, value: unknown): void {
    const key = text(name);
    const first = this.#pairs.findIndex(([pairName]) => pairName === key);
    if (first < 0) {
      this.append(key, value);
      return;
    }
    this.#pairs[first] = [key, text(value)];
    this.#pairs = this.#pairs.filter(([pairName], index) => index <= first || pairName !== key);
    this.#onChange?.();
  }

  sort(): void {
    this.#pairs.sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
    this.#onChange?.();
  }

  forEach(callback: (value: string, name: string, params: this) => void, thisArgument?: unknown): void {
    for (const [name, value] of this) Reflect.apply(callback, thisArgument, [value, name, this]);
  }

  *entries(): Generator<Pair> {
    for (let index = 0; index < this.#pairs.length; index++) yield [...this.#pairs[index]!];
  }

  *keys(): Generator<string> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): Generator<string> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<Pair> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "URLSearchParams";
  }

  toString(): string {
    return this.#pairs.map(([name, value]) => `${formEncode(name)}=${formEncode(value)}`).join("&");
  }

  #matcher(name: unknown, value: unknown): (pair: Pair) => boolean {
    const key = text(name);
    if (value === undefined) return ([pairName]) => pairName === key;
    const wanted = text(value);
    return ([pairName, pairValue]) => pairName === key && pairValue === wanted;
  }
}

function toPairs(init: unknown): Pair[] {
  if ((typeof init === "object" || typeof init === "function") && init !== null) {
    if (Symbol.iterator in init) {
      return Array.from(init as Iterable<Iterable<unknown>>, (item) => {
        const pair = [...item];
        if (pair.length !== 2)
          throw new TypeError("Each query pair must be an iterable [name, value] tuple.");
        return [text(pair[0]), text(pair[1])];
      });
    }
    const record = new Map<string, string>();
    for (const [name, value] of Object.entries(init)) record.set(text(name), text(value));
    return [...record];
  }
  return text(init)
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      return at < 0
        ? [formDecode(part), ""]
        : [formDecode(part.slice(0, at)), formDecode(part.slice(at + 1))];
    });
}

function text(value: unknown): string {
  return String(value).toWellFormed();
}
