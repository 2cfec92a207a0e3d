const HEAD = "function instantiate(";
const END = /\}[\s;]*$/;

/**
 * The text of a function that takes `names` and gives the glue's `instantiate`.
 *
 * In parentheses a function is compiled where it stands; otherwise it is only skimmed, and read a second time when it is
 * called, which is at once. Null for glue that does not end with that function.
 */
export function toEagerText(glue: string, names: string): string | null {
  const at = glue.indexOf(HEAD);
  const end = glue.search(END);
  return at < 0 || end < 0
    ? null
    : `((${names}) => {${glue.slice(0, at)}return (${glue.slice(at, end + 1)})})`;
}
