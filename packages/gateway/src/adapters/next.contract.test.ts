import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, test } from "vitest";
import { ADAPTER_CONTRACT, type AdaptedGateway } from "../testing/adapter.contract.ts";
import { createContractHost } from "../testing/contract-host.ts";
import { CONTRACT_ROWS } from "../testing/contract-rows.ts";
import { runContractRow } from "../testing/run-contract-row.ts";
import { sendAsIs } from "../testing/send-as-is.ts";
import { toNextHandlers, type NextHandlers } from "./next.ts";

// A whole Next.js in this process, so that its routes reach what a test serves.
const reach = globalThis as typeof globalThis & { algaHandlers?: NextHandlers };
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
let dir: string;
interface NextServer {
  prepare(): Promise<void>;
  getRequestHandler(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  close(): Promise<void>;
}
// Its types say that the function is below `default`, where it is not.
const createNext = createRequire(import.meta.url)("next") as (options: object) => NextServer;
let app: NextServer;
let server: Server;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "alga-next-"));
  const api = join(dir, "app/api/[...alga]");
  await mkdir(api, { recursive: true });
  await mkdir(join(dir, "app/own"));
  const exported = METHODS.map((name) => `export const ${name} = (r) => globalThis.algaHandlers.${name}(r);`);
  await writeFile(join(api, "route.js"), exported.join("\n"));
  const own = "export const POST = async (request) => new Response(await request.text());";
  await writeFile(join(dir, "app/own/route.js"), own);
  await writeFile(join(dir, "app/layout.js"), "export default function Layout() { return null; }");
  const config = { logging: false, skipTrailingSlashRedirect: true };
  await writeFile(join(dir, "next.config.js"), `export default ${JSON.stringify(config)};`);
  await writeFile(join(dir, "package.json"), '{"private":true,"type":"module"}');
  await symlink(
    fileURLToPath(new URL("../../../../node_modules", import.meta.url)),
    join(dir, "node_modules"),
  );
  process.env["NEXT_TELEMETRY_DISABLED"] = "1";
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  app = createNext({ dev: true, dir, hostname: "127.0.0.1", port, webpack: true, quiet: true });
  await app.prepare();
  const handle = app.getRequestHandler();
  server.on("request", (request, response) => void handle(request, response));
}, 60_000);

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await app.close();
  await rm(dir, { recursive: true, force: true });
});

describe("a running Next.js keeps the contract of adapters", () => {
  // The first one waits for the route to be compiled.
  test.each(ADAPTER_CONTRACT)(
    "$name",
    (one) =>
      one.run({
        async serve(gateway: AdaptedGateway) {
          reach.algaHandlers = toNextHandlers(gateway);
          return (server.address() as AddressInfo).port;
        },
      }),
    60_000,
  );
});

describe("a running Next.js keeps every row of the contract", () => {
  const host = createContractHost();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  beforeAll(() => {
    reach.algaHandlers = toNextHandlers(host);
  });
  afterAll(() => agent.destroy());
  // The App Router itself answers methods that no handler is exported for.
  test.each(CONTRACT_ROWS.filter(({ request }) => METHODS.includes(request.method)))("$name", (row) =>
    runContractRow(row, {
      host,
      origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      send: (request) => sendAsIs(request, agent),
    }),
  );
});
