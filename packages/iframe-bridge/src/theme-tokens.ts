/** The 31 CSS variables a host hands to every extension. */
export const THEME_TOKENS = [
  "--alga-primary",
  "--alga-primary-foreground",
  "--alga-primary-light",
  "--alga-primary-dark",
  "--alga-primary-50",
  "--alga-primary-100",
  "--alga-primary-soft",
  "--alga-primary-soft-fg",
  "--alga-primary-soft-hover",
  "--alga-primary-border",
  "--alga-secondary",
  "--alga-secondary-foreground",
  "--alga-secondary-light",
  "--alga-accent",
  "--alga-accent-foreground",
  "--alga-danger",
  "--alga-danger-dark",
  "--alga-success",
  "--alga-warning",
  "--alga-fg",
  "--alga-muted-fg",
  "--alga-bg",
  "--alga-muted",
  "--alga-card-bg",
  "--alga-border",
  "--alga-border-light",
  "--alga-row-even",
  "--alga-row-odd",
  "--alga-row-hover",
  "--alga-radius",
  "--alga-ring",
] as const;

/** Name of one theme variable, with its leading dashes. */
export type ThemeToken = (typeof THEME_TOKENS)[number];

/** Values by variable name; a host may leave names out. */
export type ThemeTokens = Readonly<Partial<Record<ThemeToken, string>>>;

const VALUE_LENGTH = 256;
// A value that could fetch or end its declaration has no place in a colour, a length or a number.
const UNSAFE_VALUE = /[;{}<>\\]|url\s*\(|image-set\s*\(|\p{Cc}/iu;

/** Keep the known variables with plain values; everything else is left out, never an error. */
export function toThemeTokens(value: unknown): ThemeTokens {
  const tokens: Partial<Record<ThemeToken, string>> = {};
  if (typeof value !== "object" || value === null) return tokens;
  for (const name of THEME_TOKENS) {
    const entry: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
    if (typeof entry !== "string") continue;
    const trimmed = entry.trim();
    if (trimmed === "" || trimmed.length > VALUE_LENGTH || UNSAFE_VALUE.test(trimmed)) continue;
    tokens[name] = trimmed;
  }
  return tokens;
}
