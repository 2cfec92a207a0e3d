import { UiKitError } from "../errors.ts";
import type { ThemeMode } from "./tokens.ts";

const NAME = /^(?:--)?[a-z][a-z0-9-]{0,63}$/;
// A custom property may hold anything, `url()` included, and would fetch it where it is used.
const VALUE = /^[\w#%.,()\s/+-]{0,128}$/;

/**
 * Put a theme's variables on an element, as a host bridge hands them over; keys may come with or without `--`.
 *
 * Also sets `data-theme` from the luminance of `--alga-bg`, so that scroll bars and native pickers follow.
 *
 * @throws {UiKitError} `invalid_theme_var` when a name or a value is not a plain token; nothing is applied then.
 */
export function applyThemeVars(
  vars: Readonly<Record<string, string>>,
  target: HTMLElement = document.documentElement,
): void {
  const entries = Object.entries(vars).map(([key, value]): [string, string] => {
    if (!NAME.test(key) || !VALUE.test(value) || /url|image|expression/i.test(value)) {
      throw new UiKitError("invalid_theme_var", `Theme variable ${key} is not a plain token`, {
        details: { name: key },
      });
    }
    return [key.startsWith("--") ? key : `--${key}`, value];
  });
  for (const [name, value] of entries) target.style.setProperty(name, value);
  const background = entries.find(([name]) => name === "--alga-bg")?.[1];
  const mode = background === undefined ? null : modeOfColor(background);
  if (mode !== null) target.setAttribute("data-theme", mode);
}

/** Which mode a background colour belongs to; null when it is not written as `#rgb` or `#rrggbb`. */
export function modeOfColor(color: string): ThemeMode | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color.trim())?.[1];
  if (hex === undefined) return null;
  const full = hex.length === 3 ? hex.replaceAll(/./g, "$&$&") : hex;
  const [r, g, b] = [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16) / 255);
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0) < 0.45 ? "dark" : "light";
}
