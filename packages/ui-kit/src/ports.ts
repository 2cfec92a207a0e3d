import type { ThemeMode } from "./theme/tokens.ts";

/**
 * Port: where a host keeps the mode its user chose (local storage, a profile, a cookie).
 *
 * Both calls are synchronous and must not throw; an adapter that cannot store answers null and ignores writes.
 */
export interface ThemeStore {
  /** The stored mode, or null when the user never chose one: the system's preference applies. */
  read(): ThemeMode | null;
  /** Remember the mode; writing the same mode twice changes nothing. */
  write(mode: ThemeMode): void;
}
