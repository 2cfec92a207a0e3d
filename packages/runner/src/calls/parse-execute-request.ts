import { toContentHash, type ExecuteRequest } from "@alga-ext/protocol";
import { RunnerError } from "../errors.ts";

const REQUIRED = ["tenant_id", "extension_id", "content_hash"] as const;
const OPTIONAL = ["request_id", "install_id", "version_id"] as const;
const METHOD = /^[A-Z]{1,20}$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Check the body of `POST /v1/execute`; unknown fields are ignored, a bare content hash gets its prefix.
 *
 * @throws {RunnerError} `invalid_request`, naming the field; `invalid_content_hash`
 */
export function parseExecuteRequest(value: unknown): ExecuteRequest {
  const root = record(value, "body");
  const context = record(root["context"], "context");
  const http = record(root["http"], "http");
  // Names of fields are put together only for the refusal: this is on the way of every call.
  for (const name of REQUIRED) if (typeof context[name] !== "string") throw invalid(`context.${name}`);
  for (const name of OPTIONAL)
    if (typeof (context[name] ?? "") !== "string") throw invalid(`context.${name}`);
  optional(context["config"], "context.config", stringMap);
  if (!METHOD.test(string(http["method"], "http.method"))) throw invalid("http.method");
  if (!string(http["path"], "http.path").startsWith("/")) throw invalid("http.path");
  optional(http["query"], "http.query", stringMap);
  optional(http["headers"], "http.headers", stringMap);
  optional(http["body_b64"], "http.body_b64", (text, at) => {
    if (!isBase64(string(text, at))) throw invalid(at);
  });
  optional(root["providers"], "providers", stringList);
  optional(root["egress"], "egress", stringList);
  optional(root["secret_hosts"], "secret_hosts", (hosts, at) => {
    for (const list of Object.values(record(hosts, at))) stringList(list, at);
  });
  optional(root["limits"], "limits", (limits, at) => {
    for (const [name, limit] of Object.entries(record(limits, at))) {
      optional(limit, `${at}.${name}`, (size) => {
        if (typeof size !== "number" || !(size > 0)) throw invalid(`${at}.${name}`);
      });
    }
  });
  optional(root["secret_envelope"], "secret_envelope", (envelope, at) => {
    string(record(envelope, at)["ciphertext_b64"], `${at}.ciphertext_b64`);
  });
  optional(root["user"], "user", (user, at) => {
    for (const name of ["user_id", "user_email", "user_name", "user_type"])
      string(record(user, at)[name], `${at}.${name}`);
    optional(record(user, at)["additional_fields"], `${at}.additional_fields`, stringMap);
  });
  const request = value as ExecuteRequest;
  const hash = hashOf(context);
  return hash === request.context.content_hash
    ? request
    : { ...request, context: { ...request.context, content_hash: hash } };
}

/** What the decoder makes of a text tells it is one, faster than a pattern does; the pattern decides the rest. */
function isBase64(text: string): boolean {
  return Buffer.from(text, "base64").toString("base64") === text || BASE64.test(text);
}

function hashOf(context: Record<string, unknown>): string {
  try {
    return toContentHash(string(context["content_hash"], "context.content_hash"));
  } catch (cause) {
    throw new RunnerError("invalid_content_hash", "context.content_hash is not a content hash.", { cause });
  }
}

function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(at);
  return value as Record<string, unknown>;
}

function string(value: unknown, at: string): string {
  if (typeof value !== "string") throw invalid(at);
  return value;
}

function stringList(value: unknown, at: string): void {
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) throw invalid(at);
}

function stringMap(value: unknown, at: string): void {
  if (!Object.values(record(value, at)).every((item) => typeof item === "string")) throw invalid(at);
}

function optional(value: unknown, at: string, check: (value: unknown, at: string) => unknown): void {
  if (value !== undefined && value !== null) check(value, at);
}

function invalid(at: string): RunnerError {
  return new RunnerError("invalid_request", `The field ${at} is missing or malformed.`, {
    details: { field: at },
  });
}
