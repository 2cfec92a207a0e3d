/** What terminals and viewers act on, and JSON leaves as it is: C1 controls, marks without width, line ends, bidi. */
const ACTIVE = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g;

/** One line of JSON for a log; whatever is in it stays one inert line. */
export function toLogLine(fields: object): string {
  return JSON.stringify(fields).replace(
    ACTIVE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
