import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followDebugStream, type StreamState } from "./debug-stream.ts";

const answers: Response[] = [];
const asked: (string | null)[] = [];
let states: StreamState[];
let told: string[];
let gaps: (number | null)[];
let controller: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  [states, told, gaps] = [[], [], []];
  asked.length = 0;
  controller = new AbortController();
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    asked.push(new Headers(init.headers).get("last-event-id"));
    const answer = answers.shift();
    // Whoever asks once too often has seen enough.
    if (answer === undefined) controller.abort();
    return answer ?? Response.error();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function follow(...given: Response[]): Promise<void> {
  answers.push(...given);
  const done = followDebugStream(
    "ext",
    {
      onEvents: (events) => told.push(...events.map(({ message }) => message)),
      onGap: (missed) => gaps.push(missed),
      onState: (state) => states.push(state),
    },
    controller.signal,
  );
  await vi.runAllTimersAsync();
  await done;
}

test("comes back where it was when the connection ends, breaks or is refused for now", async () => {
  const broken = new ReadableStream({
    start(stream) {
      stream.enqueue(new TextEncoder().encode('id: 1-2\ndata: {"message":"b"}\n\nid: 1-3\ndata: {"mess'));
    },
    pull(stream) {
      stream.error(new TypeError("cut"));
    },
  });
  await follow(
    new Response('retry: 2000\n\nid: 1-1\ndata: {"message":"a"}\n\n'),
    new Response(broken),
    Response.json({ error: "rate_limited" }, { status: 429 }),
    new Response(
      'event: gap\ndata: {"missed":4}\n\nevent: gap\ndata: {"missed":null}\n\n: here\nid: 1-9\n\n',
    ),
  );
  expect(asked).toEqual([null, "1-1", "1-2", "1-2", "1-9"]);
  expect(told).toEqual(["a", "b"]);
  expect(gaps).toEqual([4, null]);
  expect(states.slice(0, 3)).toEqual(["connecting", "live", "lost"]);
});

test("a refusal that stays is not asked again", async () => {
  await follow(Response.json({ error: "forbidden" }, { status: 403 }));
  expect(asked).toEqual([null]);
  expect(states).toEqual(["connecting", "refused"]);
});
