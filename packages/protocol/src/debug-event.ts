/** One line of the live debug stream (contract §11). */
export interface DebugEvent {
  /** RFC 3339. */
  readonly ts: string;
  readonly level: "trace" | "debug" | "info" | "warn" | "error";
  readonly stream: "stdout" | "stderr" | "log";
  readonly tenantId: string;
  readonly extensionId: string;
  readonly installId: string | null;
  readonly requestId: string | null;
  readonly versionId: string | null;
  readonly contentHash: string | null;
  /** At most 8,192 bytes of UTF-8, cut at a character. */
  readonly message: string;
  readonly truncated: boolean;
}
