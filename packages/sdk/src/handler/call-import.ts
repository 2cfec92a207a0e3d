import type { WitInterface } from "@alga-ext/protocol/wit";
import { SDK_STATUS, SdkError, type SdkErrorCode } from "../errors.ts";

/** Functions of one imported WIT interface, as QuickJS binds them: synchronous, camelCase, errors thrown. */
export type WitFunctions = Readonly<Record<string, (...args: never[]) => unknown>>;

/** The imported interfaces of `alga:extension`; one that the manifest does not imply is absent. */
export type WitImports = { readonly [Name in WitInterface]?: WitFunctions };

/** Prefix of the codes that an interface's errors become. */
export type ErrorFamily =
  | "storage"
  | "secret"
  | "http"
  | "proxy"
  | "user"
  | "scheduler"
  | "client"
  | "config"
  | "service";

/** Which import to call, and what its errors are called. */
export interface ImportCall {
  readonly imports: WitImports;
  readonly interface: WitInterface;
  readonly name: string;
  /** Absent for functions that return no `result`. */
  readonly family?: ErrorFamily;
}

/**
 * Call one imported function.
 *
 * @throws {SdkError} `capability_not_declared` when the component does not import it, else the code of the WIT error.
 */
export function callImport(call: ImportCall, args: readonly unknown[]): unknown {
  const target = call.imports[call.interface]?.[call.name];
  if (target === undefined) {
    throw new SdkError(
      "capability_not_declared",
      `This extension does not import ${call.interface}.${call.name}: declare its capability in manifest.json and build again.`,
      { details: { interface: call.interface } },
    );
  }
  try {
    return target(...(args as never[]));
  } catch (error) {
    throw toSdkError(call, error);
  }
}

function toSdkError(call: ImportCall, error: unknown): unknown {
  if (call.family === undefined || error instanceof SdkError) return error;
  const payload: unknown =
    typeof error === "object" && error !== null && "payload" in error ? error.payload : undefined;
  const wanted = typeof payload === "string" ? `${call.family}_${payload.replaceAll("-", "_")}` : "";
  const code: SdkErrorCode = isSdkErrorCode(wanted) ? wanted : `${call.family}_internal`;
  const reason = typeof payload === "string" ? payload : String(error);
  return new SdkError(code, `${call.interface}.${call.name} failed: ${reason}.`, { cause: error });
}

function isSdkErrorCode(code: string): code is SdkErrorCode {
  return Object.hasOwn(SDK_STATUS, code);
}
