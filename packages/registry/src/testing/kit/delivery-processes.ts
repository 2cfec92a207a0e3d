import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Trigger } from "@alga-ext/protocol";
import type { EmitRequest } from "../../events/emit.ts";

/** What a process is started with. */
export interface DeliverySetup {
  /** A Postgres server; without it `dataDir` names a PGlite. */
  readonly connection?: { readonly host: string; readonly port: number; readonly password: string };
  readonly dataDir?: string;
  readonly leaseMs: number;
  readonly maxAttempts: number;
  /** Poison is taken like any other event. */
  readonly isHealed: boolean;
  /** Time stands still here until an order moves it, and nothing else wakes the process. @default real time */
  readonly now?: number;
}

/** What a process is told. */
export type ProcessOrder =
  | { readonly kind: "heal" }
  | { readonly kind: "time"; readonly now: number }
  | { readonly kind: "emit"; readonly id: number; readonly requests: readonly EmitRequest[] };

/** What a process tells. */
export type ProcessMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "arrived"; readonly trigger: Trigger }
  | { readonly kind: "emitted"; readonly id: number }
  | { readonly kind: "drained"; readonly now: number };

/** A process that delivers. */
export interface DeliveryProcess {
  send(order: ProcessOrder): void;
  /** Resolves when it has fired and delivered what is due then, or when it is gone. */
  moveTo(now: number): Promise<void>;
  /** Kill it at once; resolves when it is gone and everything it said has been heard. */
  kill(): Promise<void>;
}

/** Start a process that delivers; resolves when it does. */
export async function startDeliveryProcess(
  setup: DeliverySetup,
  onMessage: (message: ProcessMessage) => void,
): Promise<DeliveryProcess> {
  const script = fileURLToPath(new URL("delivery-process.ts", import.meta.url));
  const child = fork(script, [JSON.stringify(setup)], { execArgv: [] });
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const drained = new Map<number, () => void>();
  child.on("message", (message) => {
    const read = message as ProcessMessage;
    if (read.kind === "ready") ready.resolve();
    else if (read.kind === "drained") drained.get(read.now)?.();
    else onMessage(read);
  });
  // After the last message, however the process ended.
  child.once("disconnect", () => ended.resolve());
  child.once("exit", (code) => {
    ready.reject(new Error(`the process ended with ${code} before it was ready`));
  });
  // What is sent to a process that was just killed is lost, which is the point.
  child.on("error", () => undefined);
  await ready.promise;
  return {
    send(order) {
      if (child.connected) child.send(order);
    },
    async moveTo(now) {
      const { promise, resolve } = Promise.withResolvers<void>();
      drained.set(now, resolve);
      if (child.connected) child.send({ kind: "time", now });
      await Promise.race([promise, ended.promise]);
    },
    async kill() {
      child.kill("SIGKILL");
      await ended.promise;
    },
  };
}
