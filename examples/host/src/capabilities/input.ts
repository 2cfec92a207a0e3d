import type { JsonValue } from "@alga-ext/protocol";
import { refusal } from "./refusals.ts";

/** Fields of a request; an extension may send anything. */
export type Input = { readonly [field: string]: JsonValue | undefined };

/** The `input` of a request; `{}` when there is none. */
export function inputOf(body: Input): Input {
  const { input } = body;
  if (input === undefined || input === null) return {};
  if (typeof input !== "object" || Array.isArray(input)) throw invalid("input", "must be an object");
  return input as Input;
}

/** A text of at most `max` characters; undefined when it is absent. */
export function textOf(input: Input, field: string, max: number): string | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value.length > max)
    throw invalid(field, `must be text of up to ${max} characters`);
  return value;
}

/** Yes or no; undefined when it is absent. */
export function flagOf(input: Input, field: string): boolean | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw invalid(field, "must be true or false");
  return value;
}

/** One of these words; undefined when it is absent. */
export function wordOf<Word extends string>(
  input: Input,
  field: string,
  words: readonly Word[],
): Word | undefined {
  const value = textOf(input, field, 64);
  if (value === undefined) return undefined;
  const known = words.find((word) => word === value);
  if (known === undefined) throw invalid(field, `must be ${words.join(" or ")}`);
  return known;
}

/** The page of a sorted list that a request asks for (contract §1.8.4). */
export function pageOf<Item>(
  input: Input,
  items: readonly Item[],
): {
  readonly items: readonly Item[];
  readonly totalCount: number;
  readonly page: number;
  readonly pageSize: number;
} {
  const page = wholeOf(input, "page", { fallback: 1, max: 10_000 });
  const pageSize = wholeOf(input, "pageSize", { fallback: 25, max: 100 });
  return {
    items: items.slice((page - 1) * pageSize, page * pageSize),
    totalCount: items.length,
    page,
    pageSize,
  };
}

function wholeOf(input: Input, field: string, { fallback, max }: { fallback: number; max: number }): number {
  const value = input[field];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > max)
    throw invalid(field, `must be a whole number from 1 to ${max}`);
  return value;
}

function invalid(field: string, why: string): Error {
  return refusal("INVALID_INPUT", `${field} ${why}.`, { field });
}
