import { CodedError } from "@alga-ext/protocol";

/** Run something that must throw a coded error and return its code, or the outcome when it does not throw. */
export async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
  return "accepted";
}
