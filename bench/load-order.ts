import { createHash, createHmac, randomUUID } from "node:crypto";
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

const head = (path: string, body: Buffer, lines: readonly string[]) =>
  `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;

/** Whole requests, each with a token of its own if they need one: these are made when the first is asked for. */
export function* requestsOf(order: LoadOrder): Generator<Buffer> {
  const { sign, path } = order;
  const bodies = order.bodies.map((text) => Buffer.from(text));
  if (sign === undefined) {
    const all = bodies.map((body) => Buffer.concat([Buffer.from(head(path, body, [])), body]));
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
    made.push(Buffer.from(head(path, body, [...headers, `authorization: Bearer ${signed}.${signature}`])));
  }
  for (const [index, one] of made.entries())
    yield Buffer.concat([one, bodies[index % bodies.length] as Buffer]);
}
