import { THEME_TOKENS, toThemeTokens, type ThemeTokens } from "../theme-tokens.ts";

/** Read the theme variables an element of the host page has right now, to hand them to the frame. */
export function readThemeTokens(element: Element): ThemeTokens {
  const style = getComputedStyle(element);
  return toThemeTokens(Object.fromEntries(THEME_TOKENS.map((name) => [name, style.getPropertyValue(name)])));
}
