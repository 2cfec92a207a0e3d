import { randomUUID } from "node:crypto";
import { CodedError, type JsonValue } from "@alga-ext/protocol";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Registry } from "../registry.ts";
import { tenantTables } from "./kit/isolation.ts";
import {
  installNew,
  newManifest,
  newTenant,
  packExtension,
  principalOf,
  signArchive,
  type ManifestInput,
  type World,
} from "./kit/world.ts";

/** What SQL, JSON, `LIKE`, `COPY`, arrays and encodings give a meaning. */
const PIECES = [
  "'",
  "''",
  '"',
  ";",
  "--",
  "/*",
  "*/",
  "\\",
  "\\x00",
  "$1",
  "$$",
  "$a$",
  "%",
  "_",
  "{",
  "}",
  ",",
  "::text",
  "\0",
  "\n",
  "\ud800",
  "\u{1f600}",
  "\u202e",
  "a",
  "1",
  "' or '1'='1",
  "'; drop table release_event; --",
  "') ; delete from extension_outbox; --",
  "$$; reset role; $$",
  "'||current_user||'",
];
const nasty = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(""));

type Leaf = readonly (string | number)[];

function leavesOf(value: unknown, at: Leaf = []): Leaf[] {
  if (typeof value === "string") return [at];
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...at, key]));
}

function replaced(value: unknown, [key, ...rest]: Leaf, text: string): unknown {
  if (key === undefined) return text;
  const copy: Record<string | number, unknown> = { ...(value as object) };
  copy[key] = replaced(copy[key], rest, text);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

/** A verb, a request that it takes, and how it is called. */
interface Verb {
  readonly name: string;
  readonly request: () => unknown;
  readonly call: (request: never) => unknown;
}

function verb<T>(name: string, request: () => T, call: (request: T) => unknown): Verb {
  return { name, request, call };
}

/** Row R12: no text in any field is ever more than text. */
export function metacharactersContract(world: () => World): void {
  describe("metacharacters", () => {
    let mine = { tenantId: "", registryId: "", installId: "", version: "", manifest: {} as ManifestInput };
    let bystander = mine;
    const registry = (): Registry => world().registry;
    beforeAll(async () => {
      [mine, bystander] = [await installNew(world()), await installNew(world())];
      const { tenantId, registryId, installId } = bystander;
      await registry().setSecrets({ tenantId, registryId, secrets: { a: "1" } });
      await registry().hostApi.storage(
        { tenantId, installId },
        { operation: "put", namespace: "n", key: "k", value: { kept: true } },
      );
    });

    /** Everything of another tenant, and what tables there are. */
    const untouched = async (): Promise<unknown> => {
      const { admin, rehearse } = world().database;
      const tables = await rehearse(tenantTables);
      const rows: unknown[] = [];
      for (const { name, column } of tables) {
        rows.push(
          name,
          await admin(`select to_json(t)::text as row from ${name} t where ${column} = $1 order by 1`, [
            bystander.tenantId,
          ]),
        );
      }
      const relations = await admin(
        "select relname, relacl::text, relrowsecurity from pg_class where relnamespace = 'public'::regnamespace order by 1",
      );
      return [rows, relations];
    };

    const ref = () => ({ tenantId: mine.tenantId, registryId: mine.registryId, actor: "admin" });
    const scope = () => ({ tenantId: mine.tenantId, installId: mine.installId });
    const owner = () => principalOf("acme", ["extension:publish"]);
    const release = () => ({ extension: mine.registryId, version: mine.version });
    const stored = { namespace: "n", key: "k" };
    const verbs: readonly Verb[] = [
      verb(
        "publish",
        () => ({ ...newManifest(), displayName: "Things", description: "About", icon: "ui/icon.svg" }),
        async (manifest: ManifestInput) => {
          const { archive } = await packExtension(manifest);
          const signatures = await signArchive(archive, world().signer);
          return registry().publish({ archive, signatures, principal: owner() });
        },
      ),
      verb(
        "publish by someone",
        () => ({ userId: "user", tenantId: newTenant(), signatures: "{}" }),
        async ({ userId, tenantId, signatures }) => {
          const { archive } = await packExtension(newManifest());
          const principal = { ...principalOf(tenantId, ["extension:publish"]), userId };
          const good = await signArchive(archive, world().signer);
          return registry().publish({
            archive,
            signatures: signatures === "{}" ? good : signatures,
            principal,
          });
        },
      ),
      verb(
        "uploads.stage",
        () => ({ filename: "a.tar.zst", declaredHash: "0".repeat(64), principal: owner() }),
        (request) =>
          registry().uploads.stage({
            ...request,
            size: 1,
            body: (async function* () {
              yield Uint8Array.of(1);
            })(),
          }),
      ),
      verb(
        "uploads.finalize",
        () => ({
          key: `sha256/_staging/${randomUUID()}/bundle.tar.zst`,
          signatures: "{}",
          principal: owner(),
        }),
        (request) => registry().uploads.finalize(request),
      ),
      verb(
        "uploads.abort",
        () => ({ key: `sha256/_staging/${randomUUID()}/bundle.tar.zst`, principal: owner() }),
        (request) => registry().uploads.abort(request),
      ),
      verb(
        "publishers.get",
        () => ({ publisher: mine.manifest.publisher, principal: owner() }),
        (request) => registry().publishers.get(request),
      ),
      verb(
        "publishers.addKey",
        () => ({ publisher: mine.manifest.publisher, keyId: "k", principal: owner() }),
        (request) => registry().publishers.addKey(request),
      ),
      verb(
        "publishers.removeKey",
        () => ({ publisher: mine.manifest.publisher, keyId: "k", principal: owner() }),
        (request) => registry().publishers.removeKey(request),
      ),
      verb(
        "catalog",
        () => ({ tenantId: mine.tenantId }),
        ({ tenantId }) => registry().catalog(tenantId),
      ),
      verb(
        "releases.list",
        () => ({ search: "things", publisher: "p", cursor: "x" }),
        (request) => registry().releases.list(request),
      ),
      verb("releases.get", release, (request) => registry().releases.get(request)),
      verb(
        "releases.versions",
        () => ({ extension: mine.registryId, cursor: "x" }),
        (request) => registry().releases.versions(request),
      ),
      verb("releases.manifest", release, (request) => registry().releases.manifest(request)),
      verb("releases.bundle", release, (request) => registry().releases.bundle(request)),
      verb(
        "releases.deprecate",
        () => ({ ...release(), reason: "old", principal: owner() }),
        (request) => registry().releases.deprecate(request),
      ),
      verb(
        "releases.setChannel",
        () => ({ ...release(), channel: "stable", principal: owner() }),
        (request) => registry().releases.setChannel(request),
      ),
      verb(
        "installs",
        () => ({ tenantId: mine.tenantId }),
        ({ tenantId }) => registry().installs(tenantId),
      ),
      verb(
        "install",
        () => ({
          ...ref(),
          version: mine.version,
          grants: { capabilities: ["cap:storage.kv"], egress: ["a.b"] },
        }),
        (request) => registry().install(request),
      ),
      verb(
        "update",
        () => ({ ...ref(), version: mine.version }),
        (request) => registry().update(request),
      ),
      verb(
        "rollback",
        () => ({ ...ref(), version: mine.version }),
        (request) => registry().rollback(request),
      ),
      verb(
        "pin",
        () => ({ ...ref(), pinned: false }),
        (request) => registry().pin(request),
      ),
      verb(
        "setEnabled",
        () => ({ ...ref(), enabled: true }),
        (request) => registry().setEnabled(request),
      ),
      verb(
        "setGrants",
        () => ({ ...ref(), grants: { capabilities: ["cap:storage.kv"], egress: ["a.b"] } }),
        (request) => registry().setGrants(request),
      ),
      verb("installHistory", ref, (request) => registry().installHistory(request)),
      verb("settings.get", ref, (request) => registry().settings.get(request)),
      verb(
        "settings.set",
        () => ({ ...ref(), values: { colour: "red" } }),
        (request) => registry().settings.set(request),
      ),
      verb(
        "setSecrets",
        () => ({ ...ref(), secrets: { name: "value" } }),
        (request) => registry().setSecrets(request),
      ),
      verb(
        "setSecrets by name",
        () => ({ name: "secret" }),
        ({ name }) => registry().setSecrets({ ...ref(), secrets: { [name]: "value" } }),
      ),
      verb("secretNames", ref, (request) => registry().secretNames(request)),
      verb(
        "resolver.resolve",
        () => ({ tenantId: mine.tenantId, extensionId: mine.registryId }),
        (request) => registry().resolver.resolve(request),
      ),
      verb(
        "storage.put",
        () => ({
          scope: scope(),
          operation: { operation: "put", ...stored, value: "v", metadata: { m: "x" } } as const,
        }),
        (request) => registry().hostApi.storage(request.scope, request.operation),
      ),
      verb(
        "storage.get",
        () => ({ scope: scope(), operation: { operation: "get", ...stored } as const }),
        (request) => registry().hostApi.storage(request.scope, request.operation),
      ),
      verb(
        "storage.list",
        () => ({
          scope: scope(),
          operation: { operation: "list", namespace: "n", keyPrefix: "k", cursor: "x" } as const,
        }),
        (request) => registry().hostApi.storage(request.scope, request.operation),
      ),
      verb(
        "storage.delete",
        () => ({ scope: scope(), operation: { operation: "delete", ...stored } as const }),
        (request) => registry().hostApi.storage(request.scope, request.operation),
      ),
      verb(
        "events.emit",
        () => ({ tenantId: mine.tenantId, topic: "a.b", payload: { x: "y" }, key: "k", id: randomUUID() }),
        (request) => registry().events.emit(request),
      ),
      verb(
        "events.subscriptions",
        () => ({ tenantId: mine.tenantId, registryId: mine.registryId }),
        (request) => registry().events.subscriptions(request),
      ),
      verb(
        "schedules.list",
        () => ({ ...scope(), cursor: "x" }),
        (request) => registry().schedules.list(request),
      ),
      verb(
        "schedules.create",
        () => ({ ...scope(), endpoint: "GET /things/:id", cron: "0 * * * *", timezone: "UTC", name: "n" }),
        (request) => registry().schedules.create(request),
      ),
      verb(
        "schedules.get",
        () => ({ tenantId: mine.tenantId, scheduleId: randomUUID() }),
        (request) => registry().schedules.get(request),
      ),
      verb(
        "executionLog.started",
        () => ({ ...ref(), versionId: randomUUID(), requestId: "r", method: "GET", path: "/", userId: "u" }),
        (request) => registry().executionLog.started(request),
      ),
      verb(
        "executionLog.list",
        () => ({ ...ref(), status: "ok", requestId: "r", from: "2026-01-01T00:00:00Z", cursor: "x" }),
        (request) => registry().executionLog.list(request),
      ),
      verb(
        "audit.append",
        () => ({
          tenantId: mine.tenantId,
          eventType: "e",
          actor: "a",
          resourceId: "r",
          details: { x: "y" },
          ipAddress: "127.0.0.1",
          userAgent: "ua",
        }),
        (request) => registry().audit.append(request),
      ),
      verb(
        "audit.list",
        () => ({ tenantId: mine.tenantId, eventType: "e", actor: "a", resourceId: "r", cursor: "x" }),
        (request) => registry().audit.list(request),
      ),
      verb(
        "quotas.take",
        () => ({ tenantId: mine.tenantId, registryId: mine.registryId }),
        (request) => registry().quotas.take(request),
      ),
      verb(
        "quotas.setPlan",
        () => ({ tenantId: mine.tenantId, plan: "free" }),
        (request) => registry().quotas.setPlan(request),
      ),
      verb(
        "usage.read",
        () => ({ ...ref(), from: "2026-01-01T00:00:00Z", cursor: "x" }),
        (request) => registry().usage.read(request),
      ),
      verb(
        "apiKeys.create",
        () => ({
          principal: owner(),
          name: "ci",
          permissions: ["extension:publish"] as const,
          publishers: ["p"],
        }),
        (request) => registry().apiKeys.create(request),
      ),
      verb(
        "apiKeys.verify",
        () => ({ token: "aek_x" }),
        ({ token }) => registry().apiKeys.verify(token),
      ),
      verb(
        "apiKeys.revoke",
        () => ({ tenantId: mine.tenantId, id: randomUUID(), actor: "a" }),
        (request) => registry().apiKeys.revoke(request),
      ),
      verb(
        "validateInstall",
        () => ({ tenantId: mine.tenantId, registryId: mine.registryId, contentHash: "0".repeat(64) }),
        (request) => registry().validateInstall(request),
      ),
      verb(
        "lookupHost",
        () => ({ host: "a.example" }),
        ({ host }) => registry().lookupHost(host),
      ),
      verb(
        "verifyReleaseLog",
        () => ({ tenantId: mine.tenantId }),
        (request) => registry().verifyReleaseLog(request),
      ),
      verb("uninstall", ref, (request) => registry().uninstall(request)),
    ];

    test.each(verbs.map((one) => [one.name, one] as const))("%s takes any text as text", async (_, one) => {
      const before = await untouched();
      for (const leaf of leavesOf(one.request())) {
        await fc.assert(
          fc.asyncProperty(nasty, async (text) => {
            const request = replaced(one.request(), leaf, text) as never;
            const outcome: unknown = await new Promise((resolve) => resolve(one.call(request))).then(
              () => "done",
              (error: unknown) => error,
            );
            // Storage wraps what a host did wrong, such as a tenant id that is none.
            const fault = outcome instanceof Error ? (outcome.cause ?? outcome) : outcome;
            if (outcome === "done" || outcome instanceof TypeError || fault instanceof TypeError) return;
            // Whatever the database says of a statement would be no refusal of ours.
            if (!(outcome instanceof CodedError) || outcome.status >= 500) {
              throw new Error(`${leaf.join(".")} = ${JSON.stringify(text)}`, { cause: outcome });
            }
          }),
          { numRuns: 8 },
        );
      }
      expect(await untouched()).toEqual(before);
    });

    test("and no text breaks the chain of the release log", async () => {
      for (const tenantId of [mine.tenantId, undefined]) {
        const query = tenantId === undefined ? {} : { tenantId };
        expect((await registry().verifyReleaseLog(query)).brokenAt).toBeNull();
      }
    });

    test("text comes back as it went in", async () => {
      const { tenantId, installId } = await installNew(world());
      await fc.assert(
        fc.asyncProperty(nasty, async (text) => {
          const value: JsonValue = { [text]: [text] };
          const at = { namespace: "n", key: "k" };
          const where = { tenantId, installId };
          await registry().hostApi.storage(where, { operation: "put", ...at, value });
          expect(await registry().hostApi.storage(where, { operation: "get", ...at })).toMatchObject({
            value,
          });
        }),
        { numRuns: 40 },
      );
    });
  });
}
