import { expect, it } from "vitest";
import { toLogLine } from "./to-log-line.ts";

it("is one inert line whatever a field holds, and the field can be read back", () => {
  const text = 'a\nb\r\u001b[31m\u0085\u202e\u2066\u2028\u200b\u009b"}{';
  const line = toLogLine({ text });
  expect(line).toMatch(/^[\u0020-\u007e]*$/);
  expect(JSON.parse(line)).toEqual({ text });
});
