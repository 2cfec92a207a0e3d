interface Line {
  readonly ts: string;
  readonly level: string;
  readonly message: string;
}

const MAX_LINES = 200;
const MAX_LINE_BYTES = 8192;
const MAX_TOTAL_BYTES = 65_536;

/** Keep what fits of a call's log lines, and say in one last line how many were dropped. */
export function capLines(lines: readonly Line[]): Line[] {
  const kept: Line[] = [];
  let total = 0;
  for (const line of lines) {
    const message = cutBytes(line.message, MAX_LINE_BYTES);
    total += Buffer.byteLength(message);
    if (kept.length >= MAX_LINES || total > MAX_TOTAL_BYTES) break;
    kept.push({ ts: line.ts, level: line.level, message });
  }
  const dropped = lines.length - kept.length;
  const last = kept.at(-1) ?? lines[0];
  if (dropped > 0 && last !== undefined) {
    kept.push({ ts: last.ts, level: "warn", message: `${dropped} more lines were dropped.` });
  }
  return kept;
}

/** The longest start of a text that fits, never cutting a character in two. */
function cutBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString("utf8");
}
