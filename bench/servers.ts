/** One server of the comparison, named on the command line; prints its port when it listens. */
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import vm from "node:vm";
import type { ContentHash, ExecuteRequest } from "@alga-ext/protocol";
import { createRunner } from "@alga-ext/runner";
import { createMemoryBundles } from "@alga-ext/runner/testing";
import { work } from "./work/src/work.ts";

type Answer = (body: Buffer) => Promise<Uint8Array | string> | string;

/** No sandbox at all: the work in the server's own process. */
const plain = (): Answer => (body) => work(body.toString("utf8"));

/** A new node:vm context for every request: fresh state, but no security boundary. */
async function freshVm(): Promise<Answer> {
  const source = await readFile(new URL("./work/src/work.ts", import.meta.url), "utf8");
  const script = new vm.Script(`${stripTypeScriptTypes(source).replace("export ", "")};work`);
  return (body) => (script.runInNewContext({}) as typeof work)(body.toString("utf8"));
}

/** The runner: a component in a walled process, a new instance for every request. */
async function sandboxed(archiveFile: string, hash: ContentHash): Promise<Answer> {
  const pem = {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  } as const;
  const runner = await createRunner({
    bundles: createMemoryBundles(
      new Map([[hash, { archive: await readFile(archiveFile), signatures: null }]]),
    ),
    trust: null,
    allowUnsigned: true,
    gatewayPublicKeyPem: generateKeyPairSync("ed25519", pem).publicKey,
    runnerPrivateKeyPem: generateKeyPairSync("x25519", pem).privateKey,
    allowNoWall: true,
  });
  process.once("SIGTERM", () => void runner.close({ graceMs: 100 }).then(() => process.exit(0)));
  return async (body) => {
    const request: ExecuteRequest = {
      context: { tenant_id: "bench", extension_id: "bench", install_id: "bench", content_hash: hash },
      http: { method: "POST", path: "/w", headers: {}, body_b64: body.toString("base64") },
    };
    const answer = await runner.execute(request);
    if (answer.error !== null || answer.status !== 200) throw new Error(`${answer.status} ${answer.error}`);
    return Buffer.from(answer.body_b64 ?? "", "base64");
  };
}

const [kind, archiveFile, hash] = process.argv.slice(2);
const answer =
  kind === "plain"
    ? plain()
    : kind === "vm"
      ? await freshVm()
      : await sandboxed(archiveFile ?? "", hash as ContentHash);
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.once("end", () => {
    Promise.resolve(answer(Buffer.concat(chunks))).then(
      (body) => response.writeHead(200, { "content-type": "application/json" }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
}).listen(0, "127.0.0.1");
await once(server, "listening");
process.stdout.write(`${(server.address() as { port: number }).port}\n`);
