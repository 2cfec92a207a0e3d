import type { JsonSchemaObject } from "@alga-ext/manifest";
import type { JsonValue } from "@alga-ext/protocol";

declare const SHAPE: unique symbol;

/** A JSON Schema (2020-12) that describes a `T`: the one text from which checks, types and OpenAPI are made. */
export type Schema<T> = JsonSchemaObject & { readonly [SHAPE]?: T };

/** What a {@link Schema} describes. */
export type Described<S> = S extends { readonly [SHAPE]?: infer T } ? T : never;

type Members = { readonly [name: string]: Schema<unknown> };
type Each<M extends Members> = { readonly [K in keyof M]: Described<M[K]> };
type Both<R extends Members, O extends Members> = Flat<Each<R> & Partial<Each<O>>>;
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** What is said to people about a schema. */
export interface Notes {
  readonly description?: string;
  readonly examples?: readonly JsonValue[];
}

/** Text of `minLength` (1) to `maxLength` characters without NUL. */
export function text(
  maxLength: number,
  notes: Notes & { readonly minLength?: number; readonly pattern?: string; readonly format?: string } = {},
): Schema<string> {
  return { type: "string", minLength: 1, maxLength, pattern: "^[^\\u0000]*$", ...notes };
}

/** Any text, in answers. */
export const anyText: Schema<string> = { type: "string" };
/** RFC 3339, in answers. */
export const time: Schema<string> = { type: "string", format: "date-time" };
/** Any number, in answers. */
export const number: Schema<number> = { type: "number" };
/** 64 lower-case hex digits. */
export const HEX: Schema<string> = { type: "string", pattern: "^[0-9a-f]{64}$" };
/** `sha256:` and 64 hex digits. */
export const CONTENT_HASH: Schema<string> = { type: "string", pattern: "^sha256:[0-9a-f]{64}$" };
/** A UUID. */
export const uuid: Schema<string> = { type: "string", format: "uuid" };
/** True or false. */
export const flag: Schema<boolean> = { type: "boolean" };
/** Anything JSON holds. */
export const anything: Schema<JsonValue> = {};
/** An object of anything. */
export const anyObject: Schema<{ readonly [key: string]: JsonValue }> = { type: "object" };

/** A whole number. */
export function integer(
  minimum: number,
  maximum?: number,
  notes: Notes & { readonly default?: number } = {},
): Schema<number> {
  return { type: "integer", minimum, ...(maximum === undefined ? {} : { maximum }), ...notes };
}

/** Names, in answers. */
export const names: Schema<readonly string[]> = { type: "array", items: anyText };

/** One of some words. */
export function oneOf<const T extends string>(values: readonly T[], notes: Notes = {}): Schema<T> {
  return { type: "string", enum: [...values], ...notes };
}

/** A list. */
export function list<T>(items: Schema<T>, maxItems?: number): Schema<readonly T[]> {
  return { type: "array", items, ...(maxItems === undefined ? {} : { maxItems }) };
}

/** An object of named members; others are refused in requests. */
export function object<R extends Members>(required: R): Schema<Each<R>>;
export function object<R extends Members, O extends Members>(required: R, optional: O): Schema<Both<R, O>>;
export function object(required: Members, optional: Members = {}): Schema<unknown> {
  return { ...openObject(required, optional), additionalProperties: false };
}

/** {@link object} that lets other members pass unread, as older clients send them. */
export function openObject<R extends Members>(required: R): Schema<Each<R>>;
export function openObject<R extends Members, O extends Members>(
  required: R,
  optional: O,
): Schema<Both<R, O>>;
export function openObject(required: Members, optional: Members = {}): Schema<unknown> {
  const members = Object.keys(required);
  return {
    type: "object",
    properties: { ...required, ...optional },
    ...(members.length === 0 ? {} : { required: members }),
  };
}

/** An object from any names to values of one kind. */
export function record<T>(values: Schema<T>, maxProperties?: number): Schema<{ readonly [name: string]: T }> {
  return {
    type: "object",
    additionalProperties: values,
    ...(maxProperties === undefined ? {} : { maxProperties }),
  };
}

/** The same, or null. */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  const { type } = schema;
  if (typeof type === "string" && schema.enum === undefined) return { ...schema, type: [type, "null"] };
  return { anyOf: [schema, { type: "null" }] };
}

/** The same with words. */
export function described<T>(schema: Schema<T>, description: string): Schema<T> {
  return { ...schema, description };
}

/** Always the same. */
export function constant<const T extends string | number | boolean>(value: T): Schema<T> {
  return { const: value };
}
