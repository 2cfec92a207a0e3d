import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { JsonValue } from "@alga-ext/protocol";

/** What a worker is started with. */
export interface WorkerSetup {
  readonly connection: { readonly host: string; readonly port: number; readonly password: string };
  readonly blobsDir: string;
  readonly keyFile: string;
  readonly trustPem: string;
  readonly runnerPublicKeyPem: string;
  /** Where processes share what they compiled, so that the fortieth starts sooner. */
  readonly compileCache: string;
}

/** One publish for a worker. */
export interface WorkerRequest {
  readonly id: number;
  readonly archiveFile: string;
  readonly signatures: string;
  readonly isStream: boolean;
  /** Between archive and row, or between commit and answer. */
  readonly dieAt?: "stored" | "committed";
}

/** What became of it. */
export type WorkerAnswer =
  | {
      readonly id: number;
      readonly ok: {
        readonly versionId: string;
        readonly version: string;
        readonly contentHash: string;
        readonly created: boolean;
      };
    }
  | {
      readonly id: number;
      readonly refused: { readonly code: string; readonly details: { readonly [key: string]: JsonValue } };
    };

/** A process that publishes. */
export interface PublishWorker {
  /** Answers, or null when the process ended first. */
  send(request: WorkerRequest): Promise<WorkerAnswer | null>;
  /** Kill it at once; resolves when it is gone. */
  kill(): Promise<void>;
  /** Let it finish. */
  close(): Promise<void>;
}

/** Start a process that publishes, with the registry as built. */
export async function startPublishWorker(setup: WorkerSetup): Promise<PublishWorker> {
  const script = fileURLToPath(new URL("publish-worker.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(setup)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_COMPILE_CACHE: setup.compileCache },
  });
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const waiting = new Map<number, (answer: WorkerAnswer | null) => void>();
  child.once("exit", () => {
    ready.reject(new Error("the worker ended before it was ready"));
    ended.resolve();
  });
  // Writing to a process that was just killed.
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const answer = JSON.parse(line) as WorkerAnswer | "ready";
    if (answer === "ready") return ready.resolve();
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  // After the last line, however the process ended: an answer that was written counts.
  lines.once("close", () => {
    for (const settle of waiting.values()) settle(null);
    waiting.clear();
  });
  await ready.promise;
  return {
    send(request) {
      const { promise, resolve } = Promise.withResolvers<WorkerAnswer | null>();
      waiting.set(request.id, resolve);
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return promise;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended.promise;
    },
    async close() {
      child.stdin.end();
      await ended.promise;
    },
  };
}
