import { createNoopMeter, type Attributes, type Meter } from "@opentelemetry/api";

/** One value that an instrument was given. */
export interface Measurement {
  readonly instrument: string;
  readonly value: number;
  readonly labels: Attributes;
}

/** A meter that keeps what its instruments are given. */
export interface RecordingMeter extends Meter {
  readonly measurements: readonly Measurement[];
}

/** Create a meter that keeps everything, for tests. */
export function createRecordingMeter(): RecordingMeter {
  const measurements: Measurement[] = [];
  const keep =
    (instrument: string) =>
    (value: number, labels: Attributes = {}) =>
      void measurements.push({ instrument, value, labels });
  return Object.assign(createNoopMeter(), {
    measurements,
    createCounter: (name: string) => ({ add: keep(name) }),
    createUpDownCounter: (name: string) => ({ add: keep(name) }),
    createHistogram: (name: string) => ({ record: keep(name) }),
  });
}
