import { readFileSync } from "node:fs";

/** Environment variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of a variable; an empty one counts as unset. */
export function textOf(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === "" ? undefined : value;
}

/**
 * The text of a variable that must be there.
 *
 * @throws {TypeError}
 */
export function requiredOf(env: Environment, name: string): string {
  const value = textOf(env, name);
  if (value === undefined) throw new TypeError(`${name} is missing.`);
  return value;
}

/** Whether a variable is `1`, `true` or `yes`. */
export function flagOf(env: Environment, name: string, fallback = false): boolean {
  const value = textOf(env, name);
  return value === undefined ? fallback : ["1", "true", "yes"].includes(value.toLowerCase());
}

/**
 * A whole number within bounds.
 *
 * @throws {TypeError}
 */
export function integerOf(
  env: Environment,
  name: string,
  {
    fallback,
    min = 0,
    max = Number.MAX_SAFE_INTEGER,
  }: { readonly fallback: number; readonly min?: number; readonly max?: number },
): number {
  const text = textOf(env, name);
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new TypeError(
      `${name} must be a whole number from ${String(min)} to ${String(max)}, not ${JSON.stringify(text)}.`,
    );
  return value;
}

/**
 * One of a few words.
 *
 * @throws {TypeError}
 */
export function wordOf<const Word extends string>(
  env: Environment,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = textOf(env, name);
  const word = words.find((one) => one === text);
  if (text !== undefined && word === undefined)
    throw new TypeError(`${name} must be one of ${words.join(", ")}, not ${JSON.stringify(text)}.`);
  return word;
}

/** Items between commas or white space. */
export function listOf(env: Environment, name: string): readonly string[] {
  return (env[name] ?? "").split(/[\s,]+/).filter((item) => item !== "");
}

/**
 * A JSON object; empty when the variable is unset.
 *
 * @throws {TypeError}
 */
export function jsonOf(env: Environment, name: string): Readonly<Record<string, unknown>> {
  const text = textOf(env, name);
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TypeError(`${name} is not JSON.`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError(`${name} must be a JSON object.`);
  return value as Readonly<Record<string, unknown>>;
}

/**
 * PEM text itself, or the file it is in.
 *
 * @throws {TypeError}
 */
export function pemOf(value: string, name: string): string {
  return value.includes("-----BEGIN ")
    ? value
    : readNamed(value, `${name} is neither PEM nor a readable file.`);
}

/**
 * The text of a file.
 *
 * @throws {TypeError} with the given message when it cannot be read
 */
export function readNamed(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new TypeError(otherwise, { cause });
  }
}
