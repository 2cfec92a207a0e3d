import { randomUUID } from "node:crypto";
import { login, until, type SessionFetch } from "../../e2e/deployment.ts";

/** A running reference host under attack, and those who use it meanwhile. */
export interface Stage {
  readonly baseUrl: string;
  readonly port: number;
  readonly runnerUrl: string;
  readonly dataDir: string;
  /** Registry ids; both are installed for acme only. */
  readonly agreements: string;
  readonly probe: string;
  readonly acme: SessionFetch & { readonly cookie: string };
  readonly globex: SessionFetch & { readonly cookie: string };
  /** Head lines of a request of acme's administrator: host, session and a request id to look for. */
  lines(requestId: string): string;
  /** Calls of acme that the log holds for a request id. */
  calls(requestId: string): Promise<readonly LoggedCall[]>;
}

/** What the rows ask of a line of the log of calls. */
export interface LoggedCall {
  readonly status: string;
  readonly finishedAt: string | null;
  readonly cpuMs: number;
}

/** Log both tenants in. */
export async function openStage(
  target: Pick<Stage, "baseUrl" | "runnerUrl" | "dataDir" | "agreements" | "probe">,
): Promise<Stage> {
  const { host, port } = new URL(target.baseUrl);
  const acme = await login(target.baseUrl, { tenantId: "acme", role: "admin" });
  const globex = await login(target.baseUrl, { tenantId: "globex", role: "admin" });
  // Attacks are told by their statuses; a guest that is still being prepared would answer with a late one.
  await until("the probe to be warm", 30_000, async () => (await acme(`/api/ext/${target.probe}/ok`)).ok);
  return {
    ...target,
    port: Number(port),
    acme,
    globex,
    lines: (requestId) => `Host: ${host}\r\nCookie: ${acme.cookie}\r\nX-Request-Id: ${requestId}\r\n`,
    async calls(requestId) {
      const response = await acme(`/api/extensions/calls?requestId=${requestId}`);
      if (!response.ok) throw new Error(`Cannot read the log: ${response.status} ${await response.text()}`);
      return ((await response.json()) as { entries: LoggedCall[] }).entries;
    },
  };
}

/** A request id nobody else uses. */
export const newId = (): string => `attack-${randomUUID()}`;
