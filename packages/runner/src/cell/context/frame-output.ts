import type { ContextHost } from "./context-host.ts";

/** Frames to the supervisor, gathered until they are flushed: one write costs more than a small frame. */
export interface FrameOutput {
  send(header: string, body: Uint8Array | null): void;
  flush(): void;
}

const PREFIX_BYTES = 8;
const START_BYTES = 65_536;

/** Create the output of one cell. */
export function createFrameOutput(host: ContextHost): FrameOutput {
  let buffer = new Uint8Array(START_BYTES);
  let view = new DataView(buffer.buffer);
  let length = 0;
  const flush = () => {
    if (length === 0) return;
    host.write(buffer.subarray(0, length));
    length = 0;
    if (buffer.length > START_BYTES) resize(START_BYTES);
  };
  const resize = (size: number) => {
    buffer = new Uint8Array(size);
    view = new DataView(buffer.buffer);
  };
  return {
    flush,
    send(header, body) {
      const bodyLength = body === null ? 0 : body.length;
      const most = PREFIX_BYTES + header.length * 3 + bodyLength;
      if (length + most > buffer.length) {
        flush();
        if (most > buffer.length) resize(most);
      }
      const headerLength = host.encodeInto(header, buffer.subarray(length + PREFIX_BYTES));
      view.setUint32(length, 4 + headerLength + bodyLength, true);
      view.setUint32(length + 4, headerLength, true);
      if (body !== null) buffer.set(body, length + PREFIX_BYTES + headerLength);
      length += PREFIX_BYTES + headerLength + bodyLength;
    },
  };
}
