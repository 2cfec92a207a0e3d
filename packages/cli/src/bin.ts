#!/usr/bin/env node
import { NODE_TOO_OLD, refuseOldNode } from "./node-floor.ts";

const refusal = refuseOldNode(process.version);
if (refusal === null) {
  const { runCli } = await import("./run-cli.ts");
  process.exitCode = await runCli(process.argv.slice(2), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
  });
} else {
  process.exitCode = NODE_TOO_OLD;
  if (process.argv.includes("--json")) {
    const error = { code: "node_too_old", message: refusal, details: { version: process.version } };
    process.stdout.write(`${JSON.stringify({ error })}\n`);
  } else process.stderr.write(`error: ${refusal}\n`);
}
