import { expect, test } from "vitest";
import { answerOf, toLazyResponse, toResponse } from "./answer.ts";

const answer = () => ({
  status: 201,
  headers: { "content-type": "text/plain", "content-length": "5" },
  body: new TextEncoder().encode("hello"),
});

test("a lazy response passes for a Response in all that is asked of one", async () => {
  const lazy = toLazyResponse(answer());
  expect(Object.prototype.toString.call(lazy)).toBe("[object Response]");
  expect([lazy.status, lazy.ok, lazy.bodyUsed, lazy.type, lazy.redirected]).toEqual([
    201,
    true,
    false,
    "default",
    false,
  ]);
  expect(lazy.headers.get("content-type")).toBe("text/plain");
  expect(await lazy.clone().text()).toBe("hello");
  const copy = new Response(lazy.body, lazy);
  expect([copy.status, await copy.text()]).toEqual([201, "hello"]);
  expect([...copy.headers]).toEqual([...toResponse(answer()).headers]);
});

test("its values are at hand until somebody may have changed them", () => {
  const lazy = toLazyResponse(answer());
  expect(lazy.status).toBe(201);
  expect(answerOf(lazy)?.headers).toEqual(answer().headers);
  lazy.headers.set("set-cookie", "a=1");
  expect(answerOf(lazy)).toBeUndefined();
  expect(lazy.headers.get("set-cookie")).toBe("a=1");
  expect(answerOf(toResponse(answer()))).toBeUndefined();
});

test("a framework that replaces the global classes changes nothing", async () => {
  const Standard = globalThis.Response;
  // As @hono/node-server does: same chain of prototypes, other private members.
  class Replaced {
    readonly #real: Response;
    constructor(...given: ConstructorParameters<typeof Response>) {
      this.#real = new Standard(...given);
    }
    get headers(): Headers {
      return this.#real.headers;
    }
    text(): Promise<string> {
      return this.#real.text();
    }
  }
  Object.setPrototypeOf(Replaced.prototype, Standard.prototype);
  globalThis.Response = Replaced as never;
  try {
    const lazy = toLazyResponse(answer());
    expect(lazy.headers.get("content-type")).toBe("text/plain");
    expect(await lazy.text()).toBe("hello");
  } finally {
    globalThis.Response = Standard;
  }
});
