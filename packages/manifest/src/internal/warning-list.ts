import type { ManifestWarning, ManifestWarningCode } from "../manifest.ts";
import { toPointer } from "./to-pointer.ts";

const MAX_WARNINGS = 100;

/** Collects warnings up to a cap: a hostile source could cause any number. */
export class WarningList {
  readonly items: ManifestWarning[] = [];

  /** Whether more would be dropped; ask before doing costly work for one. */
  get isFull(): boolean {
    return this.items.length >= MAX_WARNINGS;
  }

  add(
    code: ManifestWarningCode,
    path: readonly (string | number)[],
    message: string,
    suggestion: string | null = null,
  ): void {
    this.addAt(code, toPointer(path), message, suggestion);
  }

  addAt(code: ManifestWarningCode, pointer: string, message: string, suggestion: string | null = null): void {
    if (this.isFull) return;
    const warning = { code, pointer, message };
    this.items.push(suggestion === null ? warning : { ...warning, suggestion });
  }
}
