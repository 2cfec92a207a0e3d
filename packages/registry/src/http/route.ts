import type { Permission, Principal } from "@alga-ext/protocol";
import type { ErrorStyle } from "./error-style.ts";
import type { RouteContext } from "./route-context.ts";
import type { Schema } from "./schemas/schema.ts";

/** Methods of the registry's routes. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Who may call: somebody with a permission, a runner with its key, a CI job with its identity token, or anybody.
 */
export type Access = Permission | "runner" | "identity-token" | "public";

/** One row of the route table: what is checked, answered and documented comes from here and nowhere else. */
export interface Route {
  readonly method: Method;
  /** Such as `/api/extensions/{extension}/logs`. */
  readonly path: `/api/${string}`;
  /** Name of the operation in OpenAPI; unique. */
  readonly operationId: string;
  /** One sentence for OpenAPI. */
  readonly summary: string;
  /** Heading in OpenAPI. */
  readonly tag: string;
  readonly access: Access;
  /** How errors look. */
  readonly errors: ErrorStyle;
  /** Every name in `path`. */
  readonly params: Readonly<Record<string, Schema<string>>>;
  readonly query: Schema<object> | null;
  /** JSON body; `"bytes"` is a stream that the handler reads. */
  readonly body: Schema<object> | "bytes" | null;
  /** Status of success. @default 200 */
  readonly status: 200 | 201 | 202 | 204;
  /** JSON of success; a media type for bytes; null for none. */
  readonly answer: Schema<unknown> | string | null;
  /** Whether calls count against the rate limit of their principal. */
  readonly isLimited: boolean;
  /** @default `no-store` */
  readonly headers: Readonly<Record<string, string>>;
  handle(call: Call<never, never, never>): Promise<unknown>;
}

/** One request, checked, on its way to a handler. */
export interface Call<P, Q, B> extends RouteContext {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

/** Who makes a call. */
export interface Caller {
  readonly principal: Principal;
  readonly tenantId: string;
  /** User id, for logs. */
  readonly actor: string;
}

interface Definition<Q, B, R> {
  readonly method: Method;
  readonly path: Route["path"];
  readonly operationId: string;
  readonly summary: string;
  readonly query?: Schema<Q>;
  readonly body?: Schema<B> | "bytes";
  readonly status?: Route["status"];
  readonly answer?: Schema<R> | string;
  readonly isLimited?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the routes of one file have in common. */
export interface Family {
  readonly tag: string;
  readonly errors: ErrorStyle;
  /** Schemas of path parameters, by name. */
  readonly params: Readonly<Record<string, Schema<string>>>;
}

type NamesOf<T extends string> = T extends `${string}{${infer N}}${infer Rest}` ? N | NamesOf<Rest> : never;
type ParamsOf<T extends string> = Readonly<Record<NamesOf<T>, string>>;

/** Make the routes of a family. */
export function createFamily(family: Family): {
  /** A route for whoever has a permission. */
  route<const T extends Route["path"], Q = object, B = null, R = void>(
    definition: Definition<Q, B, R> & {
      readonly path: T;
      readonly access: Permission;
      handle(call: Call<ParamsOf<T>, Q, B> & Caller): Promise<NoInfer<R> | Response>;
    },
  ): Route;
  /** A route that knows no principal. */
  openRoute<const T extends Route["path"], Q = object, B = null, R = void>(
    definition: Definition<Q, B, R> & {
      readonly path: T;
      readonly access: "runner" | "identity-token" | "public";
      handle(call: Call<ParamsOf<T>, Q, B>): Promise<NoInfer<R> | Response>;
    },
  ): Route;
} {
  const toRoute = (
    definition: Definition<object, object, unknown> & {
      readonly access: Access;
      handle(call: Call<never, never, never>): Promise<unknown>;
    },
  ): Route => {
    const names = [...definition.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const params = names.map((name) => {
      const schema = family.params[name];
      if (schema === undefined) throw new TypeError(`${definition.path}: nothing says what ${name} is.`);
      return [name, schema] as const;
    });
    return {
      query: null,
      body: null,
      status: 200,
      answer: null,
      isLimited: false,
      headers: {},
      ...definition,
      tag: family.tag,
      errors: family.errors,
      params: Object.fromEntries(params),
    };
  };
  return {
    route: (definition) => toRoute(definition as never),
    openRoute: (definition) => toRoute(definition as never),
  };
}
