import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bundleAcceptancePath,
  bundleBlobPath,
  bundleSignaturePath,
  type BundleSource,
} from "@alga-ext/protocol";
import { createFsBundles } from "./fs-bundles.ts";
import { createHttpBundles } from "./http-bundles.ts";
import { presignUrl } from "./presign-url.ts";
import { createS3Bundles } from "./s3-bundles.ts";

const HASH = `sha256:${"a".repeat(64)}` as const;
const ACCEPTED = "2026-03-01T00:00:00.000Z";
const OBJECTS: Readonly<Record<string, string>> = {
  [bundleBlobPath(HASH)]: "archive",
  [bundleSignaturePath(HASH)]: "signatures",
  [bundleAcceptancePath(HASH)]: ACCEPTED,
};
const CREDENTIALS = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };

/** A store of one kind: objects to put in, a source to read them with. */
interface Store {
  readonly source: BundleSource;
  put(path: string, body: string): Promise<void>;
  close(): Promise<void>;
}

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** An S3-speaking server that others wrote, with one empty bucket. */
async function startS3rver(): Promise<{ baseUrl: string; close: () => Promise<void> }> {
  type S3rver = { run(): Promise<{ port: number }>; close(): Promise<void> };
  // It has no types, and its own file type is CommonJS.
  const S3rver = createRequire(import.meta.url)("s3rver") as new (options: object) => S3rver;
  const directory = await mkdtemp(join(tmpdir(), "alga-s3rver-"));
  const configureBuckets = [{ name: "bundles" }];
  const server = new S3rver({ address: "127.0.0.1", port: 0, silent: true, directory, configureBuckets });
  const { port } = await server.run();
  return {
    baseUrl: `http://127.0.0.1:${port}/bundles/`,
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const stores: Readonly<Record<string, () => Promise<Store>>> = {
  async directory() {
    const directory = await mkdtemp(join(tmpdir(), "alga-bundles-"));
    return {
      source: createFsBundles(directory),
      async put(path, body) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), body);
      },
      close: () => rm(directory, { recursive: true }),
    };
  },
  async http() {
    const objects = new Map<string, string>();
    const { url, server } = await serve((req, res) => {
      const body = objects.get(req.url ?? "");
      res.writeHead(body === undefined ? 404 : 200).end(body);
    });
    return {
      source: createHttpBundles({ baseUrl: `${url}/alga-ext` }),
      put: async (path, body) => void objects.set(`/alga-ext/${path}`, body),
      close: async () => void server.close(),
    };
  },
  async s3() {
    const { baseUrl, close } = await startS3rver();
    return {
      source: createS3Bundles({ baseUrl, ...CREDENTIALS }),
      put: async (path, body) => void (await fetch(new URL(path, baseUrl), { method: "PUT", body })),
      close,
    };
  },
};

describe.each(Object.entries(stores))("bundles from %s", (_kind, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  it("are null where there is no archive, then come with signatures and the time of acceptance", async () => {
    expect(await store.source.open(HASH)).toBeNull();
    await expect(store.source.check?.()).resolves.toBeUndefined();
    const steps = Object.entries(OBJECTS);
    await store.put(...(steps[0] as [string, string]));
    expect(await store.source.open(HASH)).toMatchObject({ signatures: null, acceptedAt: null });
    for (const [path, body] of steps) await store.put(path, body);
    const stored = await store.source.open(HASH);
    expect(Buffer.from(stored?.archive ?? []).toString()).toBe("archive");
    expect(stored).toMatchObject({ signatures: "signatures", acceptedAt: new Date(ACCEPTED) });
  });

  it("stop when the signal says so", async () => {
    await expect(store.source.open(HASH, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

describe("createFsBundles", () => {
  it("takes the time of the signatures' file where none is written, or none that is one", async () => {
    const directory = await mkdtemp(join(tmpdir(), "alga-bundles-"));
    for (const [path, body] of Object.entries(OBJECTS)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), body);
    }
    const mtime = new Date("2025-01-01T00:00:00.000Z");
    await utimes(join(directory, bundleSignaturePath(HASH)), mtime, mtime);
    const acceptance = join(directory, bundleAcceptancePath(HASH));
    for (const text of ["", "soon", "2026-13-01T00:00:00.000Z", `${ACCEPTED} `]) {
      await writeFile(acceptance, text);
      expect((await createFsBundles(directory).open(HASH))?.acceptedAt).toEqual(mtime);
    }
    await rm(acceptance);
    expect((await createFsBundles(directory).open(HASH))?.acceptedAt).toEqual(mtime);
    await rm(directory, { recursive: true });
  });
});

describe("createHttpBundles", () => {
  const bundles = async (listener: RequestListener, work: (baseUrl: string) => Promise<void>) => {
    const { url, server } = await serve(listener);
    await work(url).finally(() => server.close());
  };

  it.each([
    ["403", 403, {}],
    ["500", 500, {}],
    ["a redirect", 302, { location: "http://169.254.169.254/" }],
  ])("is no absence: %s", async (_what, status, headers) => {
    await bundles(
      (_req, res) => res.writeHead(status, headers).end(),
      async (baseUrl) => await expect(createHttpBundles({ baseUrl }).open(HASH)).rejects.toThrow(),
    );
  });

  it("reads no more than it may, and waits no longer", async () => {
    await bundles(
      (_req, res) => res.end("x".repeat(11)),
      async (baseUrl) => {
        await expect(createHttpBundles({ baseUrl, maxBytes: 10 }).open(HASH)).rejects.toThrow();
        expect(await createHttpBundles({ baseUrl, maxBytes: 11 }).open(HASH)).not.toBeNull();
      },
    );
    await bundles(
      () => undefined,
      async (baseUrl) =>
        await expect(createHttpBundles({ baseUrl, timeoutMs: 20 }).open(HASH)).rejects.toThrow(),
    );
  });

  it("is there when it answers at all, and sends its headers", async () => {
    const seen: unknown[] = [];
    const answers = [403, 404, 503];
    await bundles(
      (req, res) => {
        seen.push(req.headers.authorization);
        res.writeHead(answers.shift() ?? 500).end();
      },
      async (baseUrl) => {
        const source = createHttpBundles({ baseUrl, headers: { authorization: "Bearer t" } });
        await source.check?.();
        await source.check?.();
        await expect(source.check?.()).rejects.toThrow();
      },
    );
    expect(new Set(seen)).toEqual(new Set(["Bearer t"]));
  });

  it.each(["", "ftp://host/", "http://user:secret@host/", "http://host/?a=b"])(
    "refuses %j as its base",
    (baseUrl) => expect(() => createHttpBundles({ baseUrl })).toThrow(TypeError),
  );
});

describe("presignUrl", () => {
  it("signs as the example in Amazon's documentation", () => {
    const signed = presignUrl(new URL("https://examplebucket.s3.amazonaws.com/test.txt"), "GET", {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      region: "us-east-1",
      now: new Date("2013-05-24T00:00:00.000Z"),
      expiresS: 86_400,
    });
    expect(signed.searchParams.get("X-Amz-Signature")).toBe(
      "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    );
  });
});
