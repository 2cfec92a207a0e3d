import { THEME_TOKENS, toThemeTokens } from "@alga-ext/iframe-bridge";

/** The part of an element that takes theme variables. */
export interface ThemeTarget {
  readonly style: {
    setProperty(name: string, value: string): void;
    removeProperty(name: string): string;
  };
  setAttribute(name: string, value: string): void;
}

/**
 * Set the host's theme variables on `:root`, and `data-theme` and `color-scheme` after the background, so that
 * native controls and scrollbars match. Goes through the CSSOM: a policy without `unsafe-inline` allows it.
 *
 * Variables that the host does not give are removed, so that the style sheet's own values apply.
 */
export function applyThemeTokens(
  tokens: { readonly [name: string]: string | undefined },
  target: ThemeTarget = document.documentElement,
): void {
  const known = toThemeTokens(tokens);
  for (const name of THEME_TOKENS) {
    const value = known[name];
    if (value === undefined) target.style.removeProperty(name);
    else target.style.setProperty(name, value);
  }
  const dark = isDarkColour(known["--alga-bg"]);
  if (dark === undefined) return;
  target.setAttribute("data-theme", dark ? "dark" : "light");
  target.style.setProperty("color-scheme", dark ? "dark" : "light");
}

/** Whether a hex or rgb() colour is dark; undefined for notations that only a browser can resolve. */
function isDarkColour(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  const hex = /^#([0-9a-f]{3,8})$/i.exec(value)?.[1];
  let channels: number[] | undefined;
  if (hex !== undefined && (hex.length === 3 || hex.length === 4)) {
    channels = [0, 1, 2].map((index) => Number.parseInt(hex.charAt(index).repeat(2), 16));
  } else if (hex !== undefined && (hex.length === 6 || hex.length === 8)) {
    channels = [0, 2, 4].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
  } else {
    const rgb = /^rgba?\(\s*(\d+(?:\.\d+)?)[\s,]+(\d+(?:\.\d+)?)[\s,]+(\d+(?:\.\d+)?)/i.exec(value);
    channels = rgb?.slice(1, 4).map(Number);
  }
  if (channels === undefined) return undefined;
  const [red = 0, green = 0, blue = 0] = channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}
