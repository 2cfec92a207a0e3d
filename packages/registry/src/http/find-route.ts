import type { Method, Route } from "./route.ts";

/** All routes of one path, with what stood at its parameters. */
export interface FoundPath {
  readonly methods: ReadonlyMap<Method, Route>;
  readonly params: Readonly<Record<string, string>>;
}

interface Template {
  readonly segments: readonly string[];
  readonly methods: Map<Method, Route>;
}

/**
 * Make the look-up from a request's path to its routes. A literal segment goes before a parameter.
 *
 * @throws {TypeError} when two routes are the same, or two paths differ only in the names of their parameters.
 */
export function createRouteFinder(routes: readonly Route[]): (pathname: string) => FoundPath | null {
  const byShape = new Map<string, Template & { readonly path: string }>();
  for (const route of routes) {
    const shape = route.path.replaceAll(/\{\w+\}/g, "{}");
    const template = byShape.get(shape) ?? {
      path: route.path,
      segments: route.path.split("/").slice(1),
      methods: new Map(),
    };
    if (template.path !== route.path || template.methods.has(route.method)) {
      throw new TypeError(`${route.method} ${route.path} is there already.`);
    }
    template.methods.set(route.method, route);
    byShape.set(shape, template);
  }
  const literalFirst = [...byShape.values()].sort((a, b) => order(a.segments, b.segments));
  return (pathname) => {
    const given = pathname.split("/").slice(1);
    for (const template of literalFirst) {
      const params = match(template.segments, given);
      if (params !== null) return { methods: template.methods, params };
    }
    return null;
  };
}

function order(a: readonly string[], b: readonly string[]): number {
  for (const [index, segment] of a.entries()) {
    const difference = Number(isParameter(segment)) - Number(isParameter(b[index] ?? ""));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function match(template: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (template.length !== given.length) return null;
  const params: [string, string][] = [];
  for (const [index, segment] of template.entries()) {
    const text = given[index] ?? "";
    if (!isParameter(segment)) {
      if (segment !== text) return null;
      continue;
    }
    const value = decode(text);
    if (value === null || value === "") return null;
    params.push([segment.slice(1, -1), value]);
  }
  return Object.fromEntries(params);
}

const isParameter = (segment: string): boolean => segment.startsWith("{");

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
