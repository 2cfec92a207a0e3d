/** One block of an event stream; what it does not have is absent. */
export interface Frame {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** Takes a stream's text apart, however it was cut into pieces: each call returns the blocks that are whole by then. */
export function createFrameReader(): (text: string) => readonly Frame[] {
  let rest = "";
  return (text) => {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.map((block) => {
      const frame: { id?: string; event?: string; data?: string } = {};
      for (const line of block.split("\n")) {
        const colon = line.indexOf(": ");
        const name = line.slice(0, colon);
        if (name === "id" || name === "event" || name === "data") frame[name] = line.slice(colon + 2);
      }
      return frame;
    });
  };
}
