/** One server of `bench/runner-w.ts`; told what to be by a JSON line on stdin, prints its port when it listens. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import type { ContentHash } from "@alga-ext/protocol";
import { createRunner, type CellSharing, type Isolation } from "@alga-ext/runner";
import { createMemoryBundles } from "@alga-ext/runner/testing";
import { $init, generate } from "@bytecodealliance/jco-transpile/component";
import { W } from "./guest-w/src/w.ts";

/** What a server is told. */
export interface ServerOrder {
  readonly kind: "plain" | "isolated-vm" | "jco" | "runner";
  readonly isolation?: Isolation;
  readonly cellSharing?: CellSharing;
  readonly archiveFile: string;
  readonly componentFile: string;
  readonly contentHash: ContentHash;
  readonly gatewayPublicKeyPem: string;
  readonly runnerPrivateKeyPem: string;
}

type Answer = (
  method: string,
  url: string,
  body: Buffer,
) => string | Uint8Array | Promise<string | Uint8Array>;

/** The harness of every peer: read the body, answer what the sandbox says. */
const harness =
  (answer: Answer): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      Promise.resolve(answer(request.method ?? "", request.url ?? "", Buffer.concat(chunks))).then(
        (body) => {
          const length = Buffer.byteLength(body);
          response.writeHead(200, { "content-type": "application/json", "content-length": length }).end(body);
        },
        (error: unknown) => {
          process.stderr.write(`${String(error).slice(0, 300)}\n`);
          response.writeHead(500, { "content-length": 0 }).end();
        },
      );
    });
  };

/** A new isolate for every request. */
async function isolatedVm(): Promise<Answer> {
  const { default: ivm } = await import("isolated-vm");
  const source = stripTypeScriptTypes(
    readFileSync(new URL("./guest-w/src/w.ts", import.meta.url), "utf8"),
  ).replace("export function", "function");
  return async (method, url, body) => {
    const isolate = new ivm.Isolate({ memoryLimit: 64 });
    try {
      const context = await isolate.createContext();
      const script = await isolate.compileScript(`${source};W`);
      const run = (await script.run(context, { reference: true })) as import("isolated-vm").Reference;
      return (await run.apply(undefined, [method, url, body.toString("utf8")], { timeout: 5_000 })) as string;
    } finally {
      isolate.dispose();
    }
  };
}

/** The same component as the runner's, transpiled and nothing else; a new instance for every request. */
async function plainJco(componentFile: string): Promise<Answer> {
  await $init;
  const { files } = generate(new Uint8Array(readFileSync(componentFile)), {
    name: "c",
    map: [],
    instantiation: { tag: "async" },
    asyncMode: { tag: "jspi", val: { imports: [], exports: ["handler"] } },
    noTypescript: true,
    noNodejsCompat: true,
    base64Cutoff: 0,
  });
  const modules = new Map<string, WebAssembly.Module>();
  let glue = "";
  for (const [name, bytes] of files) {
    if (name.endsWith(".wasm")) modules.set(name, new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>));
    else if (name.endsWith(".js")) glue = Buffer.from(bytes).toString("base64");
  }
  const { instantiate } = (await import(`data:text/javascript;base64,${glue}`)) as {
    instantiate: (getModule: unknown, imports: object, instantiateCore: unknown) => Promise<Guest>;
  };
  const context = { tenantId: "bench", extensionId: "bench" };
  const ignore = () => undefined;
  const imports = {
    "alga:extension/user": { getUser: ignore },
    "alga:extension/user-v2": { getUser: ignore, getUserV2: ignore },
    "alga:extension/logging": { logInfo: ignore, logWarn: ignore, logError: ignore },
    "alga:extension/context": { getContext: () => context },
    "wasi:clocks/wall-clock": { now: () => ({ seconds: 0n, nanoseconds: 0 }) },
    "wasi:random/random": { getRandomBytes: (length: bigint) => new Uint8Array(Number(length)) },
  };
  return async (method, url, body) => {
    const guest = await instantiate(
      (name: string) => modules.get(name),
      imports,
      (module: WebAssembly.Module, given: WebAssembly.Imports) => new WebAssembly.Instance(module, given),
    );
    const answer = await guest.handler({ context, http: { method, url, headers: [], body } });
    return answer.body ?? "";
  };
}

interface Guest {
  handler(request: object): Promise<{ body?: Uint8Array }>;
}

async function runner(order: ServerOrder): Promise<RequestListener> {
  // As `alga-ext-runner` does.
  setFlagsFromString("--no-parallel-scavenge");
  const made = await createRunner({
    bundles: createMemoryBundles(
      new Map([[order.contentHash, { archive: readFileSync(order.archiveFile), signatures: null }]]),
    ),
    trust: null,
    allowUnsigned: true,
    gatewayPublicKeyPem: order.gatewayPublicKeyPem,
    runnerPrivateKeyPem: order.runnerPrivateKeyPem,
    allowNoWall: true,
    isolation: order.isolation ?? "fresh",
    cellSharing: order.cellSharing ?? "install",
  });
  process.once("SIGTERM", () => void made.close({ graceMs: 100 }).then(() => process.exit(0)));
  return made.listener;
}

const order = JSON.parse(await text(process.stdin)) as ServerOrder;
const listeners = {
  plain: () => harness((method, url, body) => W(method, url, body.toString("utf8"))),
  "isolated-vm": async () => harness(await isolatedVm()),
  jco: async () => harness(await plainJco(order.componentFile)),
  runner: () => runner(order),
};
const server = createServer(await listeners[order.kind]()).listen(0, "127.0.0.1");
await once(server, "listening");
process.stdout.write(`${(server.address() as { port: number }).port}\n`);
