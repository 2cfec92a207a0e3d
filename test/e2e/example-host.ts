import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { freePorts } from "./deployment.ts";

/** A running example host with its runner and the sample `hello`, installed for acme. */
export interface ExampleHost {
  readonly baseUrl: string;
  /** Origin of extensions' pages. */
  readonly frames: string;
  /** Resolves when it runs; rejects with all it said when it ends before. */
  readonly running: Promise<void>;
  /** SIGTERM, wait for the end, remove its data. */
  close(): Promise<void>;
}

/** Start an example as its `npm start` does once the packages are built, in a folder of its own; await `running`. */
export async function startExample(name: "host-express" | "host-next"): Promise<ExampleHost> {
  const work = await mkdtemp(join(tmpdir(), `alga-${name}-`));
  const [port, runnerPort, uiPort] = await freePorts(3);
  const start = fileURLToPath(new URL(`../../examples/${name}/start.ts`, import.meta.url));
  const child = spawn(process.execPath, [start], {
    env: {
      PATH: process.env["PATH"],
      HOME: work,
      TMPDIR: work,
      ALGA_DATA_DIR: join(work, "data"),
      PORT: String(port),
      RUNNER_PORT: String(runnerPort),
      RUNNER_UI_PORT: String(uiPort),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const close = async (): Promise<void> => {
    await stop(child);
    await rm(work, { recursive: true, force: true });
  };
  let output = "";
  const running = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes(`http://localhost:${port} is running`)) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`${name} ended with code ${String(code)}:\n${output}`)));
  });
  running.catch(() => undefined);
  return { baseUrl: `http://localhost:${port}`, frames: `http://127.0.0.1:${uiPort}`, running, close };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** Fill in the login form with the keyboard only, and send it. */
export async function typeLogin(page: Page, baseUrl: string, email: string, password: string): Promise<void> {
  await page.goto(`${baseUrl}/login`);
  await page.getByLabel("Email").focus();
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
}

/** The cookie of somebody who logs in without a browser; null when the login is refused. */
export async function logIn(url: string, email: string, password = "demo-password"): Promise<string | null> {
  const answer = await fetch(url, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ email, password }),
  });
  return answer.headers.get("set-cookie")?.split(";")[0] ?? null;
}
