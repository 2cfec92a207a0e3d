/** Loaded before the runner (`node --import`), so that its spans have somewhere to go: the runner itself brings no SDK. */
import { startTelemetry } from "./telemetry.ts";

const telemetry = await startTelemetry("alga-runner");
// The runner drains for longer than this takes.
const flush = (): void => void telemetry?.flush().catch(() => undefined);
process.once("SIGTERM", flush);
process.stdin.once("end", flush);
