import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, generateKey, packProject, publishBundle, signBundle } from "@alga-ext/cli";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "./deployment.ts";

const MAIN = fileURLToPath(new URL("../../examples/embed/main.ts", import.meta.url));
const HELLO = fileURLToPath(new URL("../../examples/extensions/hello", import.meta.url));

let work: string;
let bundle: string;
let key: string;
let host: ChildProcess;
let ports: number[];
let baseUrl: string;

/** Start the embedding example in its own folder and wait until it says where it listens. */
async function start(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], {
    cwd: work,
    env: {
      PATH: process.env["PATH"],
      TMPDIR: work,
      PORT: String(ports[0]),
      UI_PORT: String(ports[1]),
      TRUST_BUNDLE: `${key}.pub`,
      PUBLISH_API_KEY: "e2e-publisher",
      ALGA_ALLOW_NO_WALL: "1",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`The example ended with code ${String(code)}.`);
  });
  await Promise.race([once(child.stdout, "data"), ended]);
  ended.catch(() => undefined);
  return child;
}

async function stop(): Promise<void> {
  host.kill("SIGTERM");
  await once(host, "exit");
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "alga-embed-"));
  key = join(work, "key.pem");
  bundle = join(work, "bundle.tar.zst");
  const outDir = join(work, "dist");
  await generateKey({ file: key });
  await build({ projectDir: HELLO, outDir });
  await packProject({ projectDir: HELLO, distDir: outDir, outFile: bundle });
  await signBundle({ file: bundle, privateKeyFile: key });
  ports = await freePorts(2);
  baseUrl = `http://127.0.0.1:${ports[0]}`;
  host = await start();
});

afterAll(async () => {
  await stop();
  await rm(work, { recursive: true, force: true });
});

test("an extension is published, installed and called; its data outlives the process", async () => {
  const published = await publishBundle({ file: bundle, baseUrl, apiKey: "e2e-publisher" });
  const registryId = published.extension.id;
  const { version } = published.version;
  const session = async (): Promise<(path: string, method: string, json?: object) => Promise<Response>> => {
    const cookie = (await fetch(`${baseUrl}/login`)).headers.get("set-cookie")!.split(";")[0]!;
    return (path, method, json) =>
      fetch(baseUrl + path, {
        method,
        headers: { cookie, "content-type": "application/json" },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
  };

  const greetings = `/api/ext/${registryId}/greetings`;
  expect((await fetch(baseUrl + greetings)).status).toBe(401);
  let ada = await session();
  expect((await ada(greetings, "GET")).status).toBe(404);
  const grants = { capabilities: ["cap:storage.kv"], egress: [] };
  const installed = await ada("/api/v1/extensions/install", "POST", { registryId, version, grants });
  expect(installed.status).toBe(202);

  expect(await (await ada(greetings, "GET")).json()).toEqual({ count: 0 });
  expect((await ada(greetings, "POST")).status).toBe(201);

  const { installs } = (await (await ada("/api/extensions/installs", "GET")).json()) as {
    installs: { contentHash: string }[];
  };
  const hash = encodeURIComponent(installs[0]!.contentHash);
  const page = await fetch(`http://127.0.0.1:${ports[1]}/ext-ui/${registryId}/${hash}/index.html`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("<title>Hello</title>")]);

  await stop();
  host = await start();
  ada = await session();
  expect(await (await ada(greetings, "GET")).json()).toEqual({ count: 1 });
});
