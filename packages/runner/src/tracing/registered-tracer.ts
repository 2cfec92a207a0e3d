import { ProxyTracerProvider, trace, type Tracer } from "@opentelemetry/api";

/** The tracer of the SDK that this process was started with (`node --import`); undefined when there is none. */
export function registeredTracer(name: string): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider
    ? provider.getDelegateTracer(name)
    : provider.getTracer(name);
}
