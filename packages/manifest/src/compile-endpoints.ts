/** What `compileEndpoints` needs of an endpoint. */
export interface EndpointPattern {
  /** Upper case. */
  readonly method: string;
  /** Path with `:name` for a segment that varies. */
  readonly path: string;
}

/** The endpoint that answers a request. */
export interface EndpointMatch<Endpoint extends EndpointPattern> {
  readonly endpoint: Endpoint;
  /** Segments that stood for `:name`, as they are in the path: not percent-decoded. An object without prototype. */
  readonly params: Readonly<Record<string, string>>;
}

/** Find the endpoint for a method and a path without query; null when none is declared. */
export type EndpointMatcher<Endpoint extends EndpointPattern> = (
  method: string,
  path: string,
) => EndpointMatch<Endpoint> | null;

interface Compiled<Endpoint> {
  readonly endpoint: Endpoint;
  readonly segments: readonly string[];
}

/**
 * Compile declared endpoints into a matcher.
 *
 * Same method, same number of segments, literal segments equal, `:name` takes any non-empty segment, leading and
 * trailing slashes do not count, the first declared wins. A HEAD request is answered by GET endpoints too.
 *
 * @example
 * const match = compileEndpoints(manifest.endpoints);
 * match("GET", "/agreements/7")?.params["id"]; // "7"
 */
export function compileEndpoints<Endpoint extends EndpointPattern>(
  endpoints: readonly Endpoint[],
): EndpointMatcher<Endpoint> {
  const byShape = new Map<string, Compiled<Endpoint>[]>();
  for (const endpoint of endpoints) {
    const compiled = { endpoint, segments: toSegments(endpoint.path) };
    for (const served of endpoint.method === "GET" ? ["GET", "HEAD"] : [endpoint.method]) {
      const shape = `${served} ${compiled.segments.length}`;
      const list = byShape.get(shape);
      if (list === undefined) byShape.set(shape, [compiled]);
      else list.push(compiled);
    }
  }
  return (method, path) => {
    const segments = toSegments(path);
    const candidates = byShape.get(`${method} ${segments.length}`) ?? [];
    const found = candidates.find((candidate) => isMatch(candidate.segments, segments));
    return found === undefined
      ? null
      : { endpoint: found.endpoint, params: toParams(found.segments, segments) };
  };
}

function toSegments(path: string): readonly string[] {
  let start = 0;
  let end = path.length;
  while (start < end && path[start] === "/") start++;
  while (end > start && path[end - 1] === "/") end--;
  return start === end ? [] : path.slice(start, end).split("/");
}

function isMatch(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.every((part, index) =>
    part.startsWith(":") ? segments[index] !== "" : segments[index] === part,
  );
}

function toParams(pattern: readonly string[], segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = Object.create(null);
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith(":")) params[part.slice(1)] = segments[index] ?? "";
  }
  return params;
}
