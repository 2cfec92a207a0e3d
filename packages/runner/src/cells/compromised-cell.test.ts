import { afterAll, describe, expect, it } from "vitest";
import { startLoadedCell, type LoadedCell } from "../../test-support/loaded-cell.ts";
import { RUNNER_LIMITS, type RunnerLimits } from "../options.ts";
import { startForkServer } from "../wall/fork-server.ts";
import type { Wall } from "../wall/wall.ts";
import type { HostAnswer } from "./cell.ts";

const cells: LoadedCell[] = [];
const server = startForkServer((args) => ({ file: process.execPath, args }));
afterAll(async () => {
  for (const cell of cells) cell.kill();
  await Promise.all(cells.map((cell) => cell.ended));
  await server.close();
});

/** What a process that is wholly the attacker's says: it has the pipes and nothing of our code. */
const PRELUDE = `
const say = (header, body = Buffer.alloc(0)) => {
  const head = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(4 + head.length + body.length, 0);
  prefix.writeUInt32LE(head.length, 4);
  process.stdout.write(Buffer.concat([prefix, head, body]));
};
const host = (seq, v, body) => say({ t: "host", id: 1, seq, target: "alga:extension/storage#get", v }, body);
const forever = (work) => { const turn = () => { for (let i = 0; i < 100; i += 1) work(); setImmediate(turn); }; turn(); };
process.stdin.once("data", () => { say({ t: "up" }); say({ t: "loaded", guest: 0 }); });
process.stdin.on("error", () => {});
process.stdout.on("error", () => process.exit(0));
process.stdin.on("data", (chunk) => { if (chunk.includes('"t":"call"')) attack(); });
setTimeout(() => process.exit(0), 20_000).unref();
`;

function compromised(attack: string, limits: Partial<RunnerLimits> = {}): LoadedCell {
  const wall: Wall = {
    tier: "none",
    passedOver: [],
    start: () =>
      server.start({ file: process.execPath, args: ["-e", `${PRELUDE}function attack() { ${attack} }`] }),
    close: () => server.close(),
  };
  const artifact = { glue: "", modules: [], imports: [], memoryCapBytes: 1024 * 1024, isRestorable: false };
  const cell = startLoadedCell(artifact, { wall, limits: { ...RUNNER_LIMITS, ...limits } });
  cells.push(cell);
  return cell;
}

/** Run one call in it; what the attacker's host calls reached. */
async function suffer(cell: LoadedCell, answer: () => Promise<HostAnswer>): Promise<number> {
  let reached = 0;
  const called = cell.call({
    request: null,
    deadlineAt: performance.now() + 15_000,
    onHostCall: () => {
      reached += 1;
      return answer();
    },
  });
  await expect(called).rejects.toMatchObject({
    code: "runner_crashed",
    message: expect.stringContaining("broke its protocol") as string,
  });
  await cell.ended;
  expect(cell.isDead).toBe(true);
  return reached;
}
const never = () => new Promise<HostAnswer>(() => undefined);

describe("a cell that is all the attacker's", () => {
  it("is killed for a header that would fill the heap, before it is parsed", async () => {
    const attack = `say('{"t":"host","id":1,"seq":1,"target":"a#b","v":["n","k"' + ",{}".repeat(3 << 20) + "]}");`;
    expect(await suffer(compromised(attack), never)).toBe(0);
  });

  it.each([
    ["many pieces", `host(1, ["n", Array(30_000).fill({})])`],
    ["many pieces, nested", `host(1, Array(200).fill(Array(200).fill(1)))`],
    [
      "one text named a thousand times",
      `host(1, Array(1000).fill({ $s: [0, 1 << 20] }), Buffer.alloc(1 << 20, 97))`,
    ],
  ])("is killed for a value of %s", async (_name, attack) => {
    expect(await suffer(compromised(attack), never)).toBe(0);
  });

  it("is killed for holding more memory in unanswered host calls than its share", async () => {
    const attack = `for (let seq = 1; seq < 16; seq += 1) host(seq, [{ $b: [0, 8 << 20] }], Buffer.alloc(8 << 20));`;
    expect(await suffer(compromised(attack), never)).toBeLessThanOrEqual(6);
    const headers = `for (let seq = 1; seq < 16; seq += 1) host(seq, ["x".repeat(900_000)]);`;
    expect(await suffer(compromised(headers), never)).toBeLessThanOrEqual(6);
  });

  it("gets its share back with every answer", async () => {
    const attack = `let seq = 1;
      const next = () => host(seq++, [{ $b: [0, 8 << 20] }], Buffer.alloc(8 << 20));
      process.stdin.on("data", (chunk) => { if (chunk.includes('"t":"answer"')) { if (seq < 12) next(); else say({ t: "result", id: 1, v: { status: 204, headers: [] } }); } });
      next();`;
    const cell = compromised(attack);
    const response = await cell.call({
      request: null,
      deadlineAt: performance.now() + 15_000,
      onHostCall: () => Promise.resolve({ kind: "ok", value: null }),
    });
    expect(response.status).toBe(204);
  });

  it("has no answers made for it that it does not read", async () => {
    const attack = `process.stdin.pause(); let seq = 0;
      const more = () => { for (let i = 0; i < 4; i += 1) host((seq += 1), []); if (seq < 400) setTimeout(more, 2); }; more();`;
    const answer = () => Promise.resolve<HostAnswer>({ kind: "ok", value: new Uint8Array(1 << 20) });
    expect(await suffer(compromised(attack), answer)).toBeLessThanOrEqual(24);
  });

  it.each([
    ["up, again and again", `forever(() => say({ t: "up" }))`],
    ["loaded, again", `say({ t: "loaded" })`],
    ["unloadable, after it loaded", `say({ t: "unloadable", message: "x" })`],
    ["that it cancelled what nobody cancelled", `say({ t: "cancelled", id: 1 })`],
    ["a call that nobody made", `say({ t: "host", id: 7, seq: 1, target: "a#b", v: [] })`],
    ["something of an unknown kind", `say({ t: "hello", id: 1 })`],
  ])("is killed for saying %s", async (_name, attack) => {
    expect(await suffer(compromised(attack), never)).toBe(0);
  });

  it("is killed for going on about a call that is over", async () => {
    const cell = compromised(
      `say({ t: "result", id: 1, v: { status: 204, headers: [] } }); forever(() => host(2, []));`,
    );
    let reached = 0;
    const onHostCall = () => {
      reached += 1;
      return never();
    };
    const over = await cell.call({ request: null, deadlineAt: performance.now() + 15_000, onHostCall });
    expect(over.status).toBe(204);
    await cell.ended;
    expect(reached).toBe(0);
    await expect(
      cell.call({ request: null, deadlineAt: performance.now() + 1_000, onHostCall: never }),
    ).rejects.toMatchObject({ message: expect.stringContaining("broke its protocol") as string });
  });

  it("shouts on stderr into a broken pipe", async () => {
    const cell = compromised(
      `process.stderr.on("error", () => say({ t: "result", id: 1, v: { status: 204, headers: [] } })); forever(() => process.stderr.write("x".repeat(65_536)));`,
    );
    const ended = await cell.call({
      request: null,
      deadlineAt: performance.now() + 15_000,
      onHostCall: never,
    });
    expect(ended.status).toBe(204);
  });
});
