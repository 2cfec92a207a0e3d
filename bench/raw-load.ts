/** Client of `bench/runner-w.ts`: sends ready-made requests over keep-alive sockets; told what to do by JSON on stdin. */
import { createHash, createHmac, randomUUID } from "node:crypto";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { CALL_TOKEN_TYP, RUNNER_AUDIENCE } from "@alga-ext/protocol";

/** What the client is told. */
export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  /** Taken in turn. */
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly ms: number;
  /** Requests to prepare, if each needs a token of its own; more are never sent. */
  readonly sign?: {
    readonly count: number;
    readonly kid: string;
    readonly keyHex: string;
    /** One for each body. */
    readonly claims: readonly Readonly<Record<string, unknown>>[];
    readonly headers: readonly Readonly<Record<string, string>>[];
  };
  /** What every body must contain. */
  readonly expect: string;
}

/** What the client answers, as JSON. */
export interface LoadReport {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly done: number;
  readonly bad: number;
}

const order = JSON.parse(await text(process.stdin)) as LoadOrder;
const bodies = order.bodies.map((text) => Buffer.from(text));
const head = (body: Buffer, lines: readonly string[]) =>
  `POST ${order.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;

function* requests(): Generator<Buffer> {
  const { sign } = order;
  if (sign === undefined) {
    const all = bodies.map((body) => Buffer.concat([Buffer.from(head(body, [])), body]));
    for (;;) yield* all;
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const tokenHead = encode({ alg: "HS256", typ: CALL_TOKEN_TYP, kid: sign.kid });
  const key = Buffer.from(sign.keyHex, "hex");
  const kinds = bodies.map((body, at) => ({
    body,
    claims: sign.claims[at],
    headers: Object.entries(sign.headers[at] ?? {}).map(([name, value]) => `${name}: ${value}`),
    hash: createHash("sha256").update(body).digest("base64url"),
  }));
  const made: Buffer[] = [];
  for (let index = 0; index < sign.count; index++) {
    const { body, claims, headers, hash } = kinds[index % kinds.length] as (typeof kinds)[number];
    const now = Math.floor(Date.now() / 1000);
    const all = {
      ...claims,
      aud: RUNNER_AUDIENCE,
      bh: hash,
      jti: randomUUID(),
      iat: now,
      exp: now + 30,
      deadline: now + 30,
    };
    const signed = `${tokenHead}.${encode(all)}`;
    const signature = createHmac("sha256", key).update(signed).digest("base64url");
    made.push(Buffer.from(head(body, [...headers, `authorization: Bearer ${signed}.${signature}`])));
  }
  for (const [index, one] of made.entries())
    yield Buffer.concat([one, bodies[index % bodies.length] as Buffer]);
}

const source = requests();
// The first one makes the generator prepare them all.
const first = source.next();
const times: number[] = [];
let bad = 0;
let pending: Buffer | undefined = first.done === true ? undefined : first.value;
const startedAt = performance.now();
const endsAt = startedAt + order.ms;

const connection = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(order.port, "127.0.0.1");
    socket.setNoDelay(true);
    let sentAt = 0;
    let held = "";
    const send = () => {
      let next = pending;
      pending = undefined;
      if (next === undefined) {
        const made = source.next();
        next = made.done === true ? undefined : made.value;
      }
      if (next === undefined || performance.now() > endsAt) {
        socket.end();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(next);
    };
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      held += chunk;
      const headEnd = held.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const length = /content-length: (\d+)/i.exec(held)?.[1];
      if (length === undefined) {
        reject(new Error(`an answer without a length: ${held.slice(0, 300)}`));
        return;
      }
      if (held.length < headEnd + 4 + Number(length)) return;
      times.push(performance.now() - sentAt);
      if (!held.startsWith("HTTP/1.1 200") || !held.includes(order.expect, headEnd)) bad += 1;
      held = "";
      send();
    });
    socket.on("connect", send);
    socket.on("error", reject);
  });
await Promise.all(Array.from({ length: order.connections }, connection));
const seconds = (performance.now() - startedAt) / 1000;
times.sort((a, b) => a - b);
const at = (share: number) =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
const report: LoadReport = {
  perSecond: times.length / seconds,
  p50Ms: at(0.5),
  p99Ms: at(0.99),
  done: times.length,
  bad,
};
process.stdout.write(JSON.stringify(report));
