/** A function of an interface of the host's own. */
export interface WitFunction {
  /** Name in the WIT, such as `list-tickets`. */
  readonly wit: string;
  /** Name as JavaScript sees it, such as `listTickets`. */
  readonly js: string;
}

const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\//g;
const FUNCTION = /(?:^|[;{}])\s*%?([a-z][a-z0-9-]*)\s*:\s*func\s*\(/g;

/**
 * Functions of one interface of a WIT text.
 *
 * @throws {TypeError} when the text has another package, no such interface, or one without functions
 */
export function functionsOfWit(wit: string, interfaceName: string): readonly WitFunction[] {
  const [, owner = "", name = "", version = ""] = /^(.+)\/([a-z0-9-]+)(@.+)?$/.exec(interfaceName) ?? [];
  const text = wit.replaceAll(COMMENT, "");
  const declared = /^\s*package\s+([^;\s]+)\s*;/.exec(text)?.[1];
  if (declared !== `${owner}${version}`) {
    throw new TypeError(`The wit of ${interfaceName} must begin with: package ${owner}${version};`);
  }
  const start = new RegExp(`\\binterface\\s+%?${name}\\s*\\{`).exec(text);
  const body = start === null ? "" : bodyAt(text, start.index + start[0].length);
  const functions = Array.from(body.matchAll(FUNCTION), ([, found = ""]) => ({
    wit: found,
    js: found.replace(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()),
  }));
  if (functions.length === 0) throw new TypeError(`The wit declares no functions of ${interfaceName}.`);
  return functions;
}

/** The text up to the brace that closes what begins here. */
function bodyAt(text: string, start: number): string {
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    else if (text[at] === "}" && (depth -= 1) === 0) return text.slice(start, at);
  }
  return "";
}
