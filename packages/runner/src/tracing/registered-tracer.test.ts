import { trace } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, expect, it } from "vitest";
import { registeredTracer } from "./registered-tracer.ts";

afterEach(() => trace.disable());

it("is there when an SDK is, and else is not: a runner without one pays for no tracing", () => {
  expect(registeredTracer("runner")).toBeUndefined();
  trace.setGlobalTracerProvider(new TracerProvider());
  const span = registeredTracer("runner")?.startSpan("call");
  expect(span?.isRecording()).toBe(true);
});
