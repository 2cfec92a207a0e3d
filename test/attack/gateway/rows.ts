import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { createTestGateway } from "../../../packages/runner/test-support/call-token.ts";
import { until } from "../../e2e/deployment.ts";
import { open, raw } from "./raw.ts";
import { newId, type Stage } from "./stage.ts";

/** One attack of the table, over sockets of its own against the running host. */
export interface GatewayRow {
  readonly name: string;
  /** Rejects when the attack gets anywhere. */
  run(stage: Stage): Promise<void>;
}

/** The quick rows: in `npm run attack`, and in `npm test` against the deployment of the e2e run. */
export const GATEWAY_ROWS: readonly GatewayRow[] = [
  { name: "G01 no form of CL and TE smuggles a request", run: smuggle },
  { name: "G02 one host, one form of target", run: targets },
  { name: "G03 no encoded way around a route", run: traverse },
  { name: "G05 identity and forwarding come from nobody's headers", run: forge },
  { name: "G08 the runner takes no token but the one for the call", run: tokens },
  { name: "G10 no cache answers another tenant", run: caches },
  { name: "G11 another tenant's install is the same 404 on every route", run: strangers },
  { name: "G12 nothing of a hostile answer but its body", run: hostileAnswer },
  { name: "G14 a client that goes away ends its call within a second", run: leave },
];

async function smuggle(stage: Stage): Promise<void> {
  const inner = newId();
  const hidden = `GET /api/ext/${stage.probe}/ok HTTP/1.1\r\n${stage.lines(inner)}\r\n`;
  const chunked = `0\r\n\r\n${hidden}`;
  const forms: Readonly<Record<string, readonly [string, string]>> = {
    "CL, TE": [`Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n`, chunked],
    "TE, CL": [`Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, chunked],
    "two lengths": ["Content-Length: 0\r\nContent-Length: 5\r\n", hidden],
    "one length twice": ["Content-Length: 0\r\nContent-Length: 0\r\n", hidden],
    "list of lengths": ["Content-Length: 0, 0\r\n", hidden],
    "+0": ["Content-Length: +0\r\n", hidden],
    "-1": ["Content-Length: -1\r\n", hidden],
    "0x0": ["Content-Length: 0x0\r\n", hidden],
    "length and a word": ["Content-Length: 0 x\r\n", hidden],
    "length without end": [`Content-Length: ${"9".repeat(30)}\r\n`, hidden],
    xchunked: ["Transfer-Encoding: xchunked\r\n", chunked],
    "chunked, identity": ["Transfer-Encoding: chunked, identity\r\n", chunked],
    identity: ["Transfer-Encoding: identity\r\nContent-Length: 0\r\n", hidden],
    "two TE": ["Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n", chunked],
    "space before colon": ["Transfer-Encoding : chunked\r\n", chunked],
    "folded line": ["X: y\r\n Transfer-Encoding: chunked\r\nContent-Length : 0\r\n", chunked],
    "folded value": ["Transfer-Encoding:\r\n chunked\r\nContent-Length: 3\r\n", chunked],
    "vertical tab": ["Transfer-Encoding: \u000bchunked\r\n", chunked],
    "bare line feeds": ["X: y\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n", chunked],
    "bare carriage return": ["X: y\rTransfer-Encoding: chunked\r\nContent-Length: 3\r\n", chunked],
    "NUL in the name": ["Transfer-Encoding\0: chunked\r\n", chunked],
    "chunk size 0x0": ["Transfer-Encoding: chunked\r\n", `0x0\r\n\r\n${hidden}`],
    "chunk size -0": ["Transfer-Encoding: chunked\r\n", `-0\r\n\r\n${hidden}`],
    "chunk size past 64 bits": ["Transfer-Encoding: chunked\r\n", `1${"0".repeat(16)}0\r\n\r\n${hidden}`],
    "chunk ends early": ["Transfer-Encoding: chunked\r\n", `1\r\nabc0\r\n\r\n${hidden}`],
    "bare line feed in an extension": ["Transfer-Encoding: chunked\r\n", `0;a\n\r\n\r\n${hidden}`],
  };
  for (const [form, [headers, body]] of Object.entries(forms)) {
    const outer = newId();
    const head = `POST /api/ext/${stage.probe}/echo HTTP/1.1\r\n${stage.lines(outer)}${headers}\r\n`;
    const { statuses } = await raw(stage.port, head + body, { isComplete: () => false });
    expect([form, statuses.length <= 1, statuses.every((status) => status === 400)]).toEqual([
      form,
      true,
      true,
    ]);
    expect([form, await stage.calls(outer)]).toEqual([form, []]);
  }
  expect(await stage.calls(inner)).toEqual([]);
}

async function targets(stage: Stage): Promise<void> {
  const id = newId();
  const lines = stage.lines(id);
  const ok = `/api/ext/${stage.probe}/ok`;
  const end = "Connection: close\r\n\r\n";
  for (const bytes of [
    `GET ${ok} HTTP/1.1\r\n${lines}Host: evil.example\r\n${end}`,
    `GET ${ok} HTTP/1.1\r\n${lines}${lines.split("\r\n", 1)[0]}\r\n${end}`,
    `GET ${ok} HTTP/1.1\r\n${lines.replace(/^Host: [^\r]+\r\n/, "")}${end}`,
    `GET ${ok} HTTP/1.1\r\n${lines.replace(/^Host: /, "Host: evil.example@")}${end}`,
    `GET ${ok} HTTP/1.1\r\n${lines.replace(/^Host: [^\r]+/, "Host: evil.example/x")}${end}`,
    `GET http://evil.example${ok} HTTP/1.1\r\n${lines}${end}`,
    `GET ${stage.baseUrl}${ok} HTTP/1.1\r\n${lines}${end}`,
    `GET //evil.example${ok} HTTP/1.1\r\n${lines}${end}`,
    `GET ${ok}#fragment HTTP/1.1\r\n${lines}${end}`,
    `OPTIONS * HTTP/1.1\r\n${lines}${end}`,
    `POST /api/ext/${stage.probe}/echo HTTP/1.0\r\n${lines}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `GET ${ok} HTTP/3.0\r\n${lines}${end}`,
    `GET ${ok}\r\n${lines}${end}`,
    `G\u00cbT ${ok} HTTP/1.1\r\n${lines}${end}`,
  ])
    expect([bytes.split("\r\n", 2), (await raw(stage.port, bytes)).statuses]).toEqual([
      bytes.split("\r\n", 2),
      [400],
    ]);
  const tunnel = await raw(stage.port, `CONNECT evil.example:443 HTTP/1.1\r\n${lines}\r\n`);
  expect(tunnel.statuses.filter((status) => status < 400)).toEqual([]);
  for (const upgrade of ["websocket", "h2c"]) {
    const bytes = `GET ${ok} HTTP/1.1\r\n${stage.lines(newId())}Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`;
    expect((await raw(stage.port, bytes)).statuses).toEqual([200]);
  }
  expect(await stage.calls(id)).toEqual([]);
}

async function traverse(stage: Stage): Promise<void> {
  const id = newId();
  const below = `/api/ext/${stage.probe}`;
  const ways = [
    ..."%2f %2F %5c %5C %00 %25 %252f %252e%252e %0a %0d%0a %7f %c0%af %zz % %u002f \\ ;/../".split(" "),
    "/..",
    "/../",
    "/./",
    "//",
    "/%2e%2e/",
    "/.%2e/",
    "/%2e/",
    "/%2E%2E%2f",
    "\u0080",
    '"',
    "{",
    "^",
    "`",
    "|\\",
  ];
  for (const way of ways) {
    for (const path of [
      `${below}/ok${way}`,
      `${below}${way}ok`,
      `${below}/x${way}ok`,
      `/api/ext/${way}/ok`,
      `/api${way}ext/x`,
    ]) {
      // What a parser of URLs leaves alone is a path like any other, just of no endpoint; the rest has two readings.
      const bytes = Buffer.from(
        `GET ${path} HTTP/1.1\r\n${stage.lines(id)}Connection: close\r\n\r\n`,
        "latin1",
      );
      const { statuses, text } = await raw(stage.port, bytes);
      const isRefused = [400, 404].includes(statuses[0] ?? 0);
      // Elsewhere the host shows its own page.
      expect([path, isRefused || !path.startsWith("/api/")]).toEqual([path, true]);
      expect(text).not.toContain('{"ok":true}');
    }
  }
  expect(await stage.calls(id)).toEqual([]);
}

async function forge(stage: Stage): Promise<void> {
  const path = `/api/ext/${stage.agreements}/agreements`;
  const own = await (await stage.acme(path)).text();
  const forged = {
    "x-tenant": "globex",
    "x-ext-install-id": crypto.randomUUID(),
    "x-ext-registry-id": crypto.randomUUID(),
    "x-user-id": "root",
    "x-alga-extension": stage.probe,
    "x-alga-admin": "true",
    "x-runner-auth": "guess",
    "x-runner-service-token": "guess",
    forwarded: "for=10.0.0.1;host=evil.example;proto=https",
    "x-forwarded-for": "10.0.0.1",
    "x-forwarded-host": "evil.example",
    "x-original-url": "/api/ext/other",
    "x-rewrite-url": "/api/ext/other",
    "x-http-method-override": "DELETE",
  };
  const response = await stage.acme(path, { headers: forged });
  expect([response.status, await response.text()]).toEqual([200, own]);
  for (const name of ["x-alga-tenant", "x-tenant-id"]) {
    const { status } = await stage.acme(path, { headers: { [name]: "globex" } });
    expect([name, status]).toEqual([name, 403]);
  }
  // Without a session none of them is one.
  const { status } = await fetch(stage.baseUrl + path, { headers: { ...forged, "x-alga-tenant": "acme" } });
  expect(status).toBe(401);
  // What Connection names ends here: the session itself, were it named.
  const id = newId();
  const named = `GET ${path} HTTP/1.1\r\n${stage.lines(id)}Connection: close, Cookie, X-Request-Id\r\n\r\n`;
  const answer = await raw(stage.port, named);
  expect(answer.statuses).toEqual([401]);
  expect(answer.text).not.toContain(id);
}

async function tokens(stage: Stage): Promise<void> {
  const key = (name: string): Promise<string> => readFile(join(stage.dataDir, "keys", name), "utf8");
  const gateway = createTestGateway({
    gatewayPrivateKeyPem: await key("gateway.pem"),
    runnerPublicKeyPem: await key("runner.pub.pem"),
  });
  const post = async (
    path: string,
    body: string,
    headers: Record<string, string> = {},
  ): Promise<[number, string]> => {
    const response = await fetch(stage.runnerUrl + path, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
    const { status, error } = (await response.json()) as { status?: number; error?: string };
    // What is wrong within a body that the token does vouch for is said as every outcome of a call is.
    return [response.status === 200 ? (status ?? 200) : response.status, error ?? ""];
  };
  const handshake = JSON.stringify({ token: await gateway.handshakeToken() });
  expect((await post("/v1/handshake", handshake))[0]).toBe(200);
  const body = {
    context: {
      request_id: newId(),
      tenant_id: "acme",
      extension_id: stage.probe,
      install_id: crypto.randomUUID(),
      content_hash: `sha256:${"0".repeat(64)}`,
    },
    http: { method: "GET", path: "/ok" },
  };
  type Spoil = NonNullable<Parameters<typeof gateway.request>[1]>;
  const execute = async (spoil: Spoil): Promise<[number, string]> => {
    const request = gateway.request(body, spoil);
    return post("/v1/execute", await request.text(), Object.fromEntries(request.headers));
  };
  const nowS = Math.floor(Date.now() / 1000);
  const header = { alg: "HS256", typ: "ext-exec+jwt", kid: gateway.kid };
  const contexts: Readonly<Record<string, Spoil>> = {
    "other path": { claims: { path: "/loop" } },
    "other method": { claims: { method: "DELETE" } },
    "other tenant": { claims: { tenant: "globex" } },
    "other install": { claims: { sub: crypto.randomUUID() } },
  };
  const spoils: Readonly<Record<string, Spoil>> = {
    ...contexts,
    audience: { claims: { aud: "somebody-else" as never } },
    expired: { claims: { iat: nowS - 120, exp: nowS - 60 } },
    "not yet": { claims: { iat: nowS + 600, exp: nowS + 630 } },
    "too long": { claims: { exp: nowS + 86_400 } },
    "other body": { raw: JSON.stringify({ ...body, http: { method: "GET", path: "/loop" } }) },
    "other bytes": { raw: `${JSON.stringify(body)} ` },
    "other kid": { header: { ...header, kid: crypto.randomUUID() } },
    "other key": { key: Buffer.alloc(32) },
    "no signature": { header: { ...header, alg: "none" } },
    "other type": { header: { ...header, typ: "JWT" } },
  };
  for (const [name, spoil] of Object.entries(spoils)) {
    const [status, error] = await execute(spoil);
    // A body that its token vouches for, and that speaks of another call, is refused as a body.
    const isRefused = status === 401 ? error.startsWith("call_token_") : error === "context_mismatch";
    expect([name, status, isRefused]).toEqual([name, name in contexts ? 400 : 401, true]);
  }
  // The good one is admitted, once; there is no bundle of its hash, so it comes no further.
  const good = gateway.request(body);
  const text = await good.text();
  const [first] = await post("/v1/execute", text, Object.fromEntries(good.headers));
  const [second] = await post("/v1/execute", text, Object.fromEntries(good.headers));
  expect([first, second]).toEqual([502, 401]);
}

async function caches(stage: Stage): Promise<void> {
  const path = `/api/ext/${stage.agreements}/agreements`;
  const mine = await stage.acme(path);
  const text = await mine.text();
  expect(mine.status).toBe(200);
  expect(mine.headers.get("cache-control")).toMatch(/no-store|private/);
  expect(mine.headers.get("vary")).toContain("Cookie");
  const etag = mine.headers.get("etag") ?? '"any"';
  for (const headers of [
    {},
    { "if-none-match": etag },
    { "if-none-match": "*" },
    { range: "bytes=0-10" },
    { "if-modified-since": new Date().toUTCString() },
    { "cache-control": "only-if-cached" },
    { "accept-encoding": "gzip" },
  ]) {
    for (const method of ["GET", "HEAD"]) {
      const theirs = await stage.globex(path, { method, headers: headers as Record<string, string> });
      expect([theirs.status, theirs.headers.get("etag")]).toEqual([404, null]);
      expect(await theirs.text()).not.toContain(text.slice(10, 60));
    }
  }
}

async function strangers(stage: Stage): Promise<void> {
  const { installs } = (await (await stage.acme("/api/extensions/installs")).json()) as {
    installs: { installId: string; registryId: string }[];
  };
  const { installId } = installs.find(({ registryId }) => registryId === stage.probe)!;
  const { paths } = (await (await stage.acme("/api/extensions/openapi.json")).json()) as {
    paths: Record<string, Record<string, object>>;
  };
  const routes = Object.entries(paths)
    .filter(([path]) => path.includes("{extension}"))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => [method.toUpperCase(), path] as const))
    .filter(([method]) => ["GET", "POST", "PUT", "PATCH", "DELETE"].includes(method));
  expect(routes.length).toBeGreaterThan(15);
  for (const surface of ["/api/ext", "/api/ext-proxy"])
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      routes.push(
        [method, `${surface}/{extension}/ok`],
        [method, `${surface}/{extension}/none-of-its-endpoints`],
      );
    }
  const ask = async (method: string, path: string, id: string): Promise<readonly [number, string]> => {
    const filled = path.replace("{extension}", id).replaceAll(/\{\w+\}/g, "1.0.0");
    const json = method === "GET" || method === "DELETE" ? {} : { json: {} };
    const response = await stage.globex(filled, { method, ...json });
    // What names the request, or repeats what was asked for, tells nothing of whether it exists.
    const text = (await response.text()).replaceAll(id, "ID").replace(/"requestId":"[^"]*"/, "");
    return [response.status, text];
  };
  for (const [method, path] of routes) {
    const theirs = await ask(method, path, installId);
    const nobodys = await ask(method, path, crypto.randomUUID());
    expect([method, path, ...theirs]).toEqual([method, path, ...nobodys]);
    if (path.startsWith("/api/ext/") || path.startsWith("/api/ext-proxy/")) expect(theirs[0]).toBe(404);
  }
}

async function hostileAnswer(stage: Stage): Promise<void> {
  const id = newId();
  const request = `GET /api/ext/${stage.probe}/headers HTTP/1.1\r\n${stage.lines(id)}Connection: close\r\n\r\n`;
  const { statuses, head } = await raw(stage.port, request);
  expect(statuses).toEqual([200]);
  for (const name of ["set-cookie", "access-control-allow-origin", "location", "strict-transport-security"])
    expect(head).not.toContain(`\r\n${name}:`);
  expect(head).not.toContain("globex");
  expect(head.match(/\r\ncontent-security-policy: [^\r]*/g)).toEqual([
    "\r\ncontent-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox",
  ]);
  expect(head.match(/\r\ncache-control: [^\r]*/g)).toEqual(["\r\ncache-control: no-store"]);
  expect(head.match(/\r\nx-request-id: [^\r]*/g)).toEqual([`\r\nx-request-id: ${id}`]);
}

async function leave(stage: Stage): Promise<void> {
  const id = newId();
  const socket = await open(stage.port);
  socket.write(`GET /api/ext/${stage.probe}/loop HTTP/1.1\r\n${stage.lines(id)}\r\n`);
  await until("the call to be under way", 5000, async () => (await stage.calls(id)).length === 1);
  const leftAt = performance.now();
  socket.destroy();
  await once(socket, "close");
  await until("the call to be over", 3000, async () => (await stage.calls(id))[0]?.finishedAt !== null);
  // Far from the deadline of six seconds, at which it would have ended anyway.
  expect(performance.now() - leftAt).toBeLessThan(1000);
  expect((await stage.acme(`/api/ext/${stage.probe}/ok`)).status).toBe(200);
}
