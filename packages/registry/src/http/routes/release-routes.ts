import { RegistryError } from "../../errors.ts";
import { createFamily, type Route } from "../route.ts";
import { ref } from "../schemas/ref.ts";
import {
  CONTENT_HASH,
  HEX,
  anyObject,
  anyText,
  flag,
  integer,
  list,
  nullable,
  object,
  oneOf,
  text,
} from "../schemas/schema.ts";
import { toStream } from "../to-stream.ts";
import { findInstall } from "./find-install.ts";
import { managementFamily } from "./management-family.ts";
import { PAGE, pageOf } from "./query-members.ts";

const { route } = createFamily(managementFamily("Releases"));
const CHAIN = oneOf(["registry", "tenant"], { description: "The registry's own chain, or the tenant's." });

/** What is published, and what its publishers still say of it. */
export const RELEASE_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/extensions/releases",
    operationId: "listReleases",
    summary: "Extensions by slug.",
    access: "extension:read",
    query: object({}, { ...PAGE, search: text(200), publisher: text(255), includeYanked: flag }),
    answer: pageOf(ref("ExtensionSummary")),
    handle: async ({ registry, query }) => registry.releases.list(query),
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}",
    operationId: "getExtension",
    summary: "All that the page of one extension shows: it, its newest versions, and the tenant's install.",
    access: "extension:read",
    answer: object({
      extension: ref("ExtensionDetails"),
      versions: pageOf(ref("VersionSummary")),
      install: nullable(ref("InstallDetails")),
      history: list(ref("InstallHistoryEntry")),
      secrets: list(ref("SecretName")),
      quota: ref("LimitsInForce"),
    }),
    async handle({ registry, params: { extension }, tenantId }) {
      const details = await registry.releases.get({ extension });
      const { registryId } = details;
      const install = await findInstall(registry, { tenantId, extension: registryId });
      return {
        extension: details,
        versions: await registry.releases.versions({ extension: registryId }),
        install,
        history: install === null ? [] : await registry.installHistory({ tenantId, registryId, limit: 20 }),
        secrets: install === null ? [] : await registry.secretNames({ tenantId, registryId }),
        quota: await registry.quotas.limits({ tenantId, registryId }),
      };
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/versions",
    operationId: "listVersions",
    summary: "Versions, newest first, yanked ones included.",
    access: "extension:read",
    query: object({}, PAGE),
    answer: pageOf(ref("VersionSummary")),
    handle: async ({ registry, params, query }) => registry.releases.versions({ ...params, ...query }),
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/versions/{version}/manifest",
    operationId: "getManifest",
    summary: "`manifest.json`, verbatim.",
    access: "extension:read",
    answer: anyObject,
    async handle({ registry, params }) {
      const manifest = await registry.releases.manifest(params);
      return new Response(manifest, { headers: { "content-type": "application/json" } });
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/versions/{version}/bundle",
    operationId: "getBundle",
    summary: "The archive. A connection that breaks off before `content-length` has given nothing.",
    access: "extension:manage",
    answer: "application/zstd",
    async handle({ registry, params, request }) {
      const { body, contentHash, sizeBytes } = await registry.releases.bundle(params);
      const headers = {
        "content-type": "application/zstd",
        "content-length": `${sizeBytes}`,
        etag: `"${contentHash}"`,
        "cache-control": "private, max-age=31536000, immutable",
      };
      const stream = toStream(body);
      if (request.headers.get("if-none-match") !== headers.etag) return new Response(stream, { headers });
      await stream.cancel();
      return new Response(null, {
        status: 304,
        headers: { etag: headers.etag, "cache-control": headers["cache-control"] },
      });
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/versions/{version}/signatures",
    operationId: "getSignatures",
    summary: "Who vouched for the archive when it was published.",
    access: "extension:read",
    answer: object({
      contentHash: CONTENT_HASH,
      sizeBytes: integer(1),
      signatures: nullable(anyText),
      keyIds: list(anyText),
    }),
    async handle({ registry, params }) {
      const { body, ...rest } = await registry.releases.bundle(params);
      await toStream(body).cancel();
      return rest;
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/versions/{version}/proof",
    operationId: "getProof",
    summary: "A signed head, and the proof that this version belongs to its snapshot.",
    access: "extension:read",
    answer: object({
      head: anyText,
      entry: object({ publisher: anyText, name: anyText, version: anyText, contentHash: CONTENT_HASH }),
      position: integer(0),
      path: list(HEX),
    }),
    handle: async ({ registry, params }) => registry.heads.proof(params),
  }),
  ...(["deprecated", "yanked"] as const).map((state) =>
    route({
      method: "PUT",
      path: `/api/extensions/{extension}/versions/{version}/${state}`,
      operationId: state === "yanked" ? "setYanked" : "setDeprecated",
      summary:
        state === "yanked"
          ? "Withdraw a version, which keeps running where it is; null takes it back."
          : "Advise against a version, which still installs; null takes it back.",
      access: "extension:publish",
      body: object({ reason: nullable(text(1000)) }),
      answer: object({ version: ref("VersionSummary") }),
      async handle({ registry, params, body: { reason }, principal }) {
        const request = { ...params, reason, principal };
        const { yank, deprecate } = registry.releases;
        return { version: await (state === "yanked" ? yank : deprecate)(request) };
      },
    }),
  ),
  route({
    method: "PUT",
    path: "/api/extensions/{extension}/channels/{channel}",
    operationId: "setChannel",
    summary: "Point a channel to a version; null removes it, or lets `latest` and `beta` move again.",
    access: "extension:publish",
    body: object({ version: nullable(text(255)) }),
    answer: object({ channels: list(ref("Channel")) }),
    handle: async ({ registry, params, body, principal }) => ({
      channels: await registry.releases.setChannel({ ...params, ...body, principal }),
    }),
  }),
  route({
    method: "GET",
    path: "/api/extensions/head",
    operationId: "getHead",
    summary: "The newest signed head of a chain of the release log, as compact JWS.",
    access: "extension:read",
    query: object({}, { chain: CHAIN }),
    answer: object({ head: anyText }),
    handle: async ({ registry, query, tenantId }) => ({
      head: await registry.heads.current(query.chain === "tenant" ? { tenantId } : {}),
    }),
  }),
  route({
    method: "GET",
    path: "/api/extensions/release-log/verification",
    operationId: "verifyReleaseLog",
    summary: "Walk a chain of the release log and name the first event that does not fit.",
    access: "extension:manage",
    isLimited: true,
    query: object({}, { chain: CHAIN, seq: integer(1), hash: HEX }),
    answer: object({
      events: integer(0),
      brokenAt: nullable(integer(1)),
      problem: nullable(oneOf(["altered", "missing", "reordered", "truncated", "forked"])),
      head: HEX,
    }),
    async handle({ registry, query: { chain, seq, hash }, tenantId }) {
      if ((seq === undefined) !== (hash === undefined)) {
        throw new RegistryError("invalid_request", "Name seq and hash of a head you know, or neither.");
      }
      return registry.verifyReleaseLog({
        ...(chain === "tenant" ? { tenantId } : {}),
        ...(seq === undefined || hash === undefined ? {} : { heads: [{ seq, hash }] }),
      });
    },
  }),
];
