import { Agent, request as httpRequest } from "node:http";

/** One measurement of a server under a fixed number of connections. */
export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** POST `body` over `connections` keep-alive connections for `seconds`; every answer must be 200. */
export async function load(url: string, body: Buffer, { connections = 32, seconds = 3 } = {}): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const options = {
        method: "POST",
        agent,
        headers: { "content-type": "application/json", "content-length": body.length },
      };
      httpRequest(url, options, (response) => {
        response.resume().once("end", () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`${url} answered ${response.statusCode}`));
        });
      })
        .once("error", reject)
        .end(body);
    });
  const connection = async (): Promise<void> => {
    while (performance.now() < end) {
      const started = performance.now();
      await one();
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** The middle of a few figures. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
