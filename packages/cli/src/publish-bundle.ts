import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { FinalizeRequest, FinalizeResult, JsonValue, UploadResult } from "@alga-ext/protocol";
import { CliError } from "./errors.ts";
import type { ProgressReporter } from "./ports.ts";
import { readNamedFile, readOptionalFile } from "./read-named-file.ts";

/** Options of {@link publishBundle}. */
export interface PublishOptions {
  /** The archive; `<file>.jws` goes along when it is there. */
  readonly file: string;
  /** Origin of the host application. */
  readonly baseUrl: string;
  /** Sent as `x-api-key`. */
  readonly apiKey: string;
  /** @default the global fetch */
  readonly fetch?: typeof fetch;
  readonly progress?: ProgressReporter;
  /** Stops the upload; rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Upload an archive and its signatures, and publish them as a version. The manifest is never rewritten: with a version
 * `X.Y.*` the host chooses the patch number, and the answer says which.
 *
 * @throws {CliError} `file_unusable`, `host_unreachable`, `publish_refused`
 */
export async function publishBundle(options: PublishOptions): Promise<FinalizeResult> {
  const archive = await readNamedFile(options.file);
  const signatures = await readOptionalFile(`${options.file}.jws`);
  const declaredHash = createHash("sha256").update(archive).digest("hex");
  const query = new URLSearchParams({
    filename: basename(options.file),
    size: String(archive.length),
    declaredHash,
  });
  options.progress?.step("Uploading");
  const { upload } = (await post(options, `/api/ext-bundles/upload-proxy?${query.toString()}`, {
    type: "application/octet-stream",
    body: archive,
  })) as UploadResult;
  options.progress?.step("Publishing");
  const request: FinalizeRequest = {
    key: upload.key,
    size: archive.length,
    declaredHash,
    ...(signatures === null ? {} : { signatures: signatures.toString("utf8") }),
  };
  try {
    return (await post(options, "/api/ext-bundles/finalize", jsonBody(request))) as FinalizeResult;
  } catch (error) {
    // What was staged is of no use any more; the refusal is what matters.
    await post(options, "/api/ext-bundles/abort", jsonBody({ key: upload.key })).catch(() => undefined);
    throw error;
  }
}

function jsonBody(value: object): { type: string; body: string } {
  return { type: "application/json", body: JSON.stringify(value) };
}

async function post(
  options: PublishOptions,
  path: string,
  content: { readonly type: string; readonly body: string | Uint8Array<ArrayBuffer> },
): Promise<unknown> {
  const send = options.fetch ?? fetch;
  const url = `${options.baseUrl.replace(/\/+$/, "")}${path}`;
  const response = await send(url, {
    method: "POST",
    headers: { "content-type": content.type, "x-api-key": options.apiKey, "x-alga-admin": "true" },
    body: content.body,
    redirect: "error",
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }).catch((cause: unknown) => {
    options.signal?.throwIfAborted();
    throw new CliError("host_unreachable", `${options.baseUrl} cannot be reached.`, {
      cause,
      retryable: true,
    });
  });
  const text = await response.text();
  const answer = parseJson(text);
  if (response.ok && answer !== undefined) return answer;
  throw toRefusal(response.status, answer);
}

/** The host's `{error, code, details?}`, or whatever else it answered, as one error. */
function toRefusal(status: number, answer: unknown): CliError {
  const body = (typeof answer === "object" && answer !== null ? answer : {}) as Readonly<
    Record<string, JsonValue>
  >;
  const nested = body["error"];
  const inner =
    typeof nested === "object" && nested !== null && !Array.isArray(nested)
      ? (nested as { readonly [key: string]: JsonValue })
      : body;
  const code = typeof inner["code"] === "string" ? inner["code"] : `http_${status}`;
  const message = [inner["message"], inner["error"], code].find((value) => typeof value === "string");
  return new CliError("publish_refused", `The host refused the bundle (HTTP ${status}): ${String(message)}`, {
    details: { code, status, ...(inner["details"] === undefined ? {} : { details: inner["details"] }) },
    retryable: status >= 500 || status === 429,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
