import { CompactEncrypt, importSPKI } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { codeOf, openArena, textOf, type Arena } from "./arena.ts";
import { startHostileServer } from "./fixtures/hostile-server.ts";
import { printReport } from "./report.ts";

const MIB = 1024 * 1024;
let arena: Arena;
let server: Awaited<ReturnType<typeof startHostileServer>>;
/** What the name server answers. */
const zone = new Map<string, readonly string[]>();
const resolved: string[] = [];

beforeAll(async () => {
  server = await startHostileServer();
  arena = await openArena({
    egressOverrides: { "local.example": server.url },
    resolver: {
      resolve(hostname) {
        resolved.push(hostname);
        return Promise.resolve(zone.get(hostname) ?? []);
      },
    },
    limits: { egressTimeoutMs: 1_000 },
  });
}, 180_000);
afterAll(async () => {
  await arena.close();
  await server.close();
  printReport("E. egress");
});

interface Fetched {
  readonly ok?: { readonly status: number; readonly bytes: number; readonly headers: readonly string[] };
  readonly err?: string;
}
const ALLOWED = ["local.example", "inside.example", "*.wild.example"];

/** JSON as the guest reads it: one byte per character. */
const toAscii = (json: string) =>
  json.replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** What a guest's `http.fetch` comes to. */
async function fetchAs(
  request: { url: string; method?: string; headers?: readonly { name: string; value: string }[] },
  options: { egress?: readonly string[]; extra?: Parameters<Arena["call"]>[1] } = {},
): Promise<Fetched> {
  const response = await arena.call(arena.hostile, {
    method: "POST",
    path: "/fetch",
    body: toAscii(JSON.stringify(request)),
    egress: options.egress ?? ALLOWED,
    ...options.extra,
  });
  expect(codeOf(response)).toBe("ok");
  return JSON.parse(textOf(response)) as Fetched;
}
const eachAs = async (row: string, urls: readonly string[], egress: readonly string[] = ALLOWED) => {
  const { result, sight } = await arena.survive(row, async () => {
    const outcomes: Record<string, string> = {};
    for (const url of urls) {
      const { ok, err } = await fetchAs({ url }, { egress });
      outcomes[url] = err ?? `reached: ${ok?.status}`;
    }
    return outcomes;
  });
  return { outcomes: new Set(Object.values(result)), result, sight };
};

test("E01 odd spellings of IPv4, even when a manifest lists them", async () => {
  const hosts = [
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "127.1",
    "127.0.0.1.",
    "\u2460\u2461\u2466.0.0.1",
  ];
  const { outcomes } = await eachAs(
    "E01 IPv4 spellings",
    hosts.map((host) => `https://${host}/`),
    [...hosts, "*"],
  );
  expect(outcomes).toEqual(new Set(["not-allowed"]));
});

test("E02 mapped, translated and tunnelled IPv6", async () => {
  const hosts = [
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fd00::1]",
    "[fe80::1]",
  ];
  const { outcomes } = await eachAs(
    "E02 IPv6 spellings",
    hosts.map((host) => `https://${host}/`),
    hosts,
  );
  expect(outcomes).toEqual(new Set(["not-allowed"]));
});

test("E03 an allowed name that leads inward", async () => {
  const addresses = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "fd00::1",
    "fe80::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "192.0.0.8",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::127.0.0.1",
    "::ffff:0:10.0.0.1",
    "2002:a00:1::",
    "2001:0:a00:1::",
    "2001:db8::1",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
  ];
  const { result } = await arena.survive("E03 inward addresses", async () => {
    const outcomes = new Set<string | undefined>();
    for (const address of addresses) {
      zone.set("inside.example", [address]);
      outcomes.add((await fetchAs({ url: "https://inside.example/" })).err);
    }
    return outcomes;
  });
  expect(result).toEqual(new Set(["not-allowed"]));
});

test("E04 one inward answer among public ones", async () => {
  zone.set("inside.example", ["93.184.216.34", "127.0.0.1"]);
  const { outcomes } = await eachAs("E04 mixed answers", ["https://inside.example/"]);
  expect(outcomes).toEqual(new Set(["not-allowed"]));
});

test("E06, E07 redirects are answers, and following them starts at the top", async () => {
  server.forget();
  const paths = [
    "/redirect-metadata",
    "/redirect-file",
    "/redirect-port",
    "/redirect-down",
    "/redirect-chain",
  ];
  const first = await eachAs(
    "E06 redirects",
    paths.map((path) => `https://local.example${path}`),
  );
  expect(first.outcomes).toEqual(new Set(["reached: 302"]));
  expect(await server.heads()).toHaveLength(paths.length);
  const second = await eachAs("E07 their targets", [
    "http://169.254.169.254/latest/",
    "https://local.example:22/",
    "http://local.example/ok",
    "file:///etc/passwd",
  ]);
  expect(second.outcomes).toEqual(new Set(["not-allowed", "invalid-url"]));
  expect(await server.heads()).toHaveLength(paths.length);
});

test("E08 hosts are compared as the parser shows them", async () => {
  server.forget();
  const refused = await eachAs("E08 odd hosts", [
    "https://user@local.example/",
    "https://:pass@local.example/",
    "https://local.example@evil.example/",
    "https://evil.example\\@local.example/",
    "https://evil.example/local.example",
    "https://xlocal.example/",
    "https://local.example.evil.example/",
    "https://a.b.wild.example/",
    "https://wild.example/",
  ]);
  expect(refused.outcomes).toEqual(new Set(["not-allowed"]));
  expect(await server.heads()).toEqual([]);
  const same = await eachAs("E08 the same host", [
    "https://LOCAL.example/ok",
    "https://local.example./ok",
    "https://lo\u00adcal.example/ok",
    "https://lo\tcal.example/ok",
    "https://local.example:443/ok",
  ]);
  expect(same.outcomes).toEqual(new Set(["reached: 200"]));
});

test("E10 ports", async () => {
  const ports = ["22", "25", "6379", "0", "8443", "80", "65536"];
  const { outcomes } = await eachAs(
    "E10 ports",
    ports.map((port) => `https://local.example:${port}/`),
  );
  expect(outcomes).toEqual(new Set(["not-allowed", "invalid-url"]));
});

test("E11 headers that steer or pretend", async () => {
  const names = [
    "Host",
    "TE",
    "Transfer-Encoding",
    "Content-Length",
    "Connection",
    "Cookie",
    "Proxy-Authorization",
    "X-Forwarded-For",
    "Forwarded",
    "Upgrade",
    "Expect",
    "Accept-Encoding",
    "X-Internal-Key",
    "Sec-Fetch-Site",
  ];
  server.forget();
  const { result } = await arena.survive("E11 headers", async () => [
    await fetchAs({
      url: "https://local.example/ok",
      headers: [...names, "X-Own"].map((name) => ({ name, value: "smuggled" })),
    }),
    await fetchAs({ url: "https://local.example/ok", headers: [{ name: "a", value: "b\r\nx: y" }] }),
    await fetchAs({ url: "https://local.example/ok", headers: [{ name: "a b", value: "c" }] }),
    await fetchAs({ url: "https://local.example/ok", method: "CONNECT" }),
  ]);
  expect(result.map(({ ok, err }) => err ?? ok?.status)).toEqual([
    200,
    "invalid-url",
    "invalid-url",
    "invalid-url",
  ]);
  const heads = await server.heads();
  expect(heads).toHaveLength(1);
  expect(heads[0]?.match(/smuggled/g)?.length).toBe(1);
  expect(heads[0]).toMatch(/x-own: smuggled/i);
});

/** Ends at once what is too much, and at the total deadline what is too slow; a busy machine may take its time. */
const AT_ONCE_MS = 700;
const AT_DEADLINE_MS = 2_000;
test.each([
  ["E12 a gigabyte", "/gigabyte", AT_ONCE_MS],
  ["E12 an endless answer", "/endless", AT_ONCE_MS],
  ["E12 an endless answer in crumbs", "/crumbs", AT_ONCE_MS],
  // Whoever takes them all gets an answer, so it is not the clock that tells whether they were counted.
  ["E12 an answer of 30,000 crumbs", "/crumbs-and-end", AT_ONCE_MS],
  // The same of its size, a mebibyte above what there may be.
  ["E12 an answer of 9 MiB", "/nine", AT_ONCE_MS],
  ["E12 a drip", "/drip", AT_DEADLINE_MS],
  ["E12 silence", "/silent", AT_DEADLINE_MS],
  ["E14 5,000 headers", "/many-headers", AT_ONCE_MS],
  ["E14 a header of 1 MB", "/large-header", AT_ONCE_MS],
  ["E14 interim answers without end", "/interim", AT_ONCE_MS],
  ["E14 interim answers before a good one", "/interim-and-answer", AT_ONCE_MS],
  ["E14 101 upgrade", "/upgrade", AT_ONCE_MS],
])("%s", async (row, path, atMostMs) => {
  const { result, sight } = await arena.survive(row, async () => {
    const started = performance.now();
    const fetched = await fetchAs({ url: `https://local.example${path}` });
    return { fetched, ms: performance.now() - started };
  });
  expect(result.fetched).toEqual({ err: "transport" });
  expect(result.ms).toBeLessThan(atMostMs);
  expect(sight.ownGrowthBytes).toBeLessThan(150 * MIB);
  await vi.waitFor(async () => expect(await server.open()).toBe(0));
});

test("E12 a gzip bomb is handed over as it came", async () => {
  const { result, sight } = await arena.survive("E12 gzip bomb", () =>
    fetchAs({ url: "https://local.example/bomb" }),
  );
  expect(result.ok?.status).toBe(200);
  expect(result.ok?.bytes).toBeLessThan(MIB);
  expect(sight.ownGrowthBytes).toBeLessThan(50 * MIB);
});

test("E16 a secret goes nowhere but to the hosts it is bound to", async () => {
  const key = await importSPKI(arena.keys.runnerPublicKeyPem, "ECDH-ES");
  const jwe = await new CompactEncrypt(Buffer.from(JSON.stringify({ api_key: "hunter22-hunter22" })))
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
    .encrypt(key);
  const extra = {
    secret_envelope: { algorithm: "jwe", ciphertext_b64: Buffer.from(jwe).toString("base64") },
    secret_hosts: { api_key: ["bound.example"] },
  };
  server.forget();
  const headers = [{ name: "authorization", value: "Bearer {{secret:api_key}}" }];
  const { result } = await arena.survive("E16 secret to another host", () =>
    fetchAs({ url: "https://local.example/ok", headers }, { extra: { extra } }),
  );
  expect(result).toEqual({ err: "not-allowed" });
  expect(await server.heads()).toEqual([]);
  // Only headers are filled in: elsewhere the placeholder stays what it is, and says nothing.
  const bound = { extra: { ...extra, secret_hosts: { api_key: ["local.example"] } } };
  await fetchAs({ url: "https://local.example/{{secret:api_key}}?{{secret:api_key}}" }, { extra: bound });
  await fetchAs(
    { url: "https://local.example/ok", headers: [{ name: "{{secret:api_key}}", value: "x" }] },
    { extra: bound },
  );
  expect((await server.heads()).join("")).not.toContain("hunter22");
  const allowed = { extra: { ...extra, secret_hosts: { api_key: ["local.example"] } } };
  expect((await fetchAs({ url: "https://local.example/ok", headers }, { extra: allowed })).ok?.status).toBe(
    200,
  );
  expect((await server.heads()).join("")).toContain("Bearer hunter22-hunter22");
  // Nor into the log.
  const logged = await arena.call(arena.hostile, { path: "/secret", extra });
  expect(JSON.stringify(logged)).not.toContain("hunter22");
});

test("nobody asked the name server about hosts that were not allowed", () => {
  expect(new Set(resolved)).toEqual(new Set(["inside.example"]));
});
