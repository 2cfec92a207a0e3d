import { RegistryError } from "../../errors.ts";
import { MAX_UPLOAD_BYTES } from "../../uploads/stage.ts";
import { BUNDLE_ERRORS, UPLOAD_ERRORS } from "../error-styles.ts";
import { createFamily, type Route } from "../route.ts";
import { ref } from "../schemas/ref.ts";
import { HEX, anyText, integer, nullable, object, oneOf, openObject, text } from "../schemas/schema.ts";

const { route, openRoute } = createFamily({ tag: "Publishing", errors: BUNDLE_ERRORS, params: {} });
const { route: uploadRoute } = createFamily({ tag: "Publishing", errors: UPLOAD_ERRORS, params: {} });

const SIZE = integer(1, MAX_UPLOAD_BYTES, { description: "Bytes." });

/** `POST /api/ext-bundles/{upload-proxy,finalize,abort,token}` (contract §1.5; `token` is ours). */
export const BUNDLE_ROUTES: readonly Route[] = [
  uploadRoute({
    method: "POST",
    path: "/api/ext-bundles/upload-proxy",
    operationId: "uploadBundle",
    summary: "Stream an archive into staging. `content-length`, when there is one, must equal `size`.",
    access: "extension:publish",
    isLimited: true,
    query: object({ filename: text(255), size: SIZE }, { declaredHash: HEX }),
    body: "bytes",
    answer: ref("UploadResult"),
    async handle({ registry, request, query, principal }) {
      const length = request.headers.get("content-length");
      if (length !== null && length !== `${query.size}`) {
        throw refuse("content_length_mismatch", "content-length differs from size.");
      }
      if (request.body === null) throw refuse("missing_body", "The request has no body.");
      return registry.uploads.stage({ ...query, body: request.body, principal });
    },
  }),
  route({
    method: "POST",
    path: "/api/ext-bundles/finalize",
    operationId: "finalizeBundle",
    summary: "Publish a staged archive. Repeating it gives the same answer.",
    access: "extension:publish",
    isLimited: true,
    body: openObject(
      { key: text(1024) },
      {
        size: nullable(integer(0)),
        declaredHash: nullable(text(1024)),
        manifestJson: nullable(text(262_144)),
        signatures: nullable(text(262_144)),
      },
    ),
    answer: ref("FinalizeResult"),
    async handle({ registry, body, principal }) {
      const { key, size, declaredHash, manifestJson, signatures } = body;
      return registry.uploads.finalize({
        key,
        ...(typeof size === "number" ? { size } : {}),
        ...(typeof declaredHash === "string" ? { declaredHash } : {}),
        ...(typeof manifestJson === "string" ? { manifestJson } : {}),
        ...(typeof signatures === "string" ? { signatures } : {}),
        principal,
      });
    },
  }),
  route({
    method: "POST",
    path: "/api/ext-bundles/abort",
    operationId: "abortBundle",
    summary: "Throw a staged archive away. What is published stays.",
    access: "extension:publish",
    isLimited: true,
    body: openObject({ key: text(1024, { pattern: "^sha256/[^\\u0000]*$" }) }),
    answer: object({
      status: oneOf(["deleted", "noop"]),
      key: anyText,
      area: oneOf(["staging", "canonical"]),
    }),
    handle: async ({ registry, body, principal }) => registry.uploads.abort({ key: body.key, principal }),
  }),
  openRoute({
    method: "POST",
    path: "/api/ext-bundles/token",
    operationId: "exchangeIdentityToken",
    summary: "Get an API key of 15 minutes for the identity token of a CI job, which is then used up.",
    access: "identity-token",
    status: 201,
    answer: object({ token: anyText, apiKey: ref("ApiKey") }),
    async handle({ registry, request, options }) {
      const principal = await options.identityTokens?.(request);
      if (principal === null || principal === undefined) {
        throw new RegistryError("unauthenticated", "No issuer known here vouches for this token.");
      }
      return registry.apiKeys.exchange(principal);
    },
  }),
];

function refuse(why: string, message: string): RegistryError {
  return new RegistryError("invalid_request", message, { details: { why } });
}
