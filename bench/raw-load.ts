/** Client of `bench/runner-w.ts` where there is no wrk: sends ready-made requests over keep-alive sockets; told what to do by JSON on stdin. */
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { requestsOf, type LoadOrder, type LoadReport } from "./load-order.ts";

export type { LoadOrder, LoadReport };

const order = JSON.parse(await text(process.stdin)) as LoadOrder;
const source = requestsOf(order);
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
