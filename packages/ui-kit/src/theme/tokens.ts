/** The two modes a theme can have. */
export type ThemeMode = "light" | "dark";

/** Token names without the `--alga-` prefix, in contract order. */
export const TOKEN_NAMES = [
  "primary",
  "primary-foreground",
  "primary-light",
  "primary-dark",
  "primary-50",
  "primary-100",
  "primary-soft",
  "primary-soft-fg",
  "primary-soft-hover",
  "primary-border",
  "secondary",
  "secondary-foreground",
  "secondary-light",
  "accent",
  "accent-foreground",
  "danger",
  "danger-dark",
  "success",
  "warning",
  "fg",
  "muted-fg",
  "bg",
  "muted",
  "card-bg",
  "border",
  "border-light",
  "row-even",
  "row-odd",
  "row-hover",
  "radius",
  "ring",
] as const;

/** One of the 31 token names, without the `--alga-` prefix. */
export type TokenName = (typeof TOKEN_NAMES)[number];

/** The CSS custom property a token lives in. */
export type TokenVariable = `--alga-${TokenName}`;

/** A whole theme: every variable with its value. */
export type TokenMap = Readonly<Record<TokenVariable, string>>;

/**
 * The light theme, keyed by CSS variable. Text colours reach WCAG AA on every surface they are meant for.
 *
 * `ring` is an HSL triple (`hsl(var(--alga-ring))`); everything else is used as it is.
 */
export const lightTokens: TokenMap = {
  "--alga-primary": "#8a4dea",
  "--alga-primary-foreground": "#ffffff",
  "--alga-primary-light": "#dcc5fb",
  "--alga-primary-dark": "#7c45d3",
  "--alga-primary-50": "#f6f0fe",
  "--alga-primary-100": "#ede2fd",
  "--alga-primary-soft": "#f6f0fe",
  "--alga-primary-soft-fg": "#6e3dbb",
  "--alga-primary-soft-hover": "#ede2fd",
  "--alga-primary-border": "#caa8f9",
  "--alga-secondary": "#40cff9",
  "--alga-secondary-foreground": "#0b3b4a",
  "--alga-secondary-light": "#66dffb",
  "--alga-accent": "#ff9c30",
  "--alga-accent-foreground": "#2d1e0c",
  "--alga-danger": "#dc2626",
  "--alga-danger-dark": "#b91c1c",
  "--alga-success": "#15803d",
  "--alga-warning": "#b45309",
  "--alga-fg": "#0f172a",
  "--alga-muted-fg": "#4b5563",
  "--alga-bg": "#ffffff",
  "--alga-muted": "#f8fafc",
  "--alga-card-bg": "#ffffff",
  "--alga-border": "#e2e8f0",
  "--alga-border-light": "#f1f5f9",
  "--alga-row-even": "#f8fafc",
  "--alga-row-odd": "#ffffff",
  "--alga-row-hover": "#f6f0fe",
  "--alga-radius": "8px",
  "--alga-ring": "0 0% 0%",
};

/** The dark theme, keyed by CSS variable; the same promises as {@link lightTokens}. */
export const darkTokens: TokenMap = {
  "--alga-primary": "#8a4dea",
  "--alga-primary-foreground": "#ffffff",
  "--alga-primary-light": "#472a81",
  "--alga-primary-dark": "#a366f0",
  "--alga-primary-50": "#221743",
  "--alga-primary-100": "#31205c",
  "--alga-primary-soft": "#221743",
  "--alga-primary-soft-fg": "#b589f6",
  "--alga-primary-soft-hover": "#31205c",
  "--alga-primary-border": "#5f35a8",
  "--alga-secondary": "#53d7fa",
  "--alga-secondary-foreground": "#0b3b4a",
  "--alga-secondary-light": "#40cff9",
  "--alga-accent": "#ffa645",
  "--alga-accent-foreground": "#2d1e0c",
  "--alga-danger": "#f87171",
  "--alga-danger-dark": "#dc2626",
  "--alga-success": "#10b981",
  "--alga-warning": "#f59e0b",
  "--alga-fg": "#e8e4f6",
  "--alga-muted-fg": "#9a92b8",
  "--alga-bg": "#0c0a18",
  "--alga-muted": "#1b1530",
  "--alga-card-bg": "#1e1836",
  "--alga-border": "#272041",
  "--alga-border-light": "#221743",
  "--alga-row-even": "#1b1530",
  "--alga-row-odd": "#1e1836",
  "--alga-row-hover": "#221743",
  "--alga-radius": "8px",
  "--alga-ring": "0 0% 98%",
};

type CamelCase<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<CamelCase<B>>}` : S;

/** `tokens` by camel-case name: `tokens.primarySoftFg` is `var(--alga-primary-soft-fg)`. */
export type Tokens = { readonly [K in TokenName as CamelCase<K>]: `var(--alga-${K})` };

/** Every token as a `var(…)` reference, for CSS written in JavaScript. */
export const tokens: Tokens = Object.fromEntries(
  TOKEN_NAMES.map((name) => [
    name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    `var(--alga-${name})`,
  ]),
) as unknown as Tokens;
