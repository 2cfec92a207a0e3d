import { sign } from "aws4";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalQuery, EMPTY_SHA256, signRequest } from "./sign-request.ts";

const EXAMPLE = {
  credentials: {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  },
  region: "us-east-1",
  atMs: Date.parse("2013-05-24T00:00:00Z"),
};

test.each([
  ["/?lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"],
  ["/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"],
])("signs %s as the documentation of S3 does", (path, signature) => {
  const url = new URL(path, "https://examplebucket.s3.amazonaws.com");
  const headers = signRequest({ method: "GET", url, headers: {}, bodySha256: EMPTY_SHA256 }, EXAMPLE);
  expect(headers["authorization"]).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
  );
});

test("agrees with another library on any query, header, time and key", () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  const ascii = fc.string({
    unit: fc.constantFrom("a", "Z", "0", "-", ".", "_", "~", " ", "*", "/", "=", "+"),
    maxLength: 20,
  });
  fc.assert(
    fc.property(
      fc.record({
        method: fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD"),
        path: fc
          .stringMatching(/^(\/[A-Za-z0-9._-]{1,8}){1,4}$/)
          .filter((path) => !/\/\.{1,2}(\/|$)/.test(path)),
        query: fc.dictionary(fc.stringMatching(/^[A-Za-z-]{1,10}$/), text, { maxKeys: 4 }),
        headers: fc.dictionary(fc.stringMatching(/^x-amz-meta-[a-z]{1,8}$/), ascii, { maxKeys: 3 }),
        secretAccessKey: fc.string({ minLength: 1, maxLength: 40 }),
        sessionToken: fc.option(fc.stringMatching(/^[A-Za-z0-9/+=]{1,30}$/), { nil: undefined }),
        atMs: fc.integer({ min: 0, max: Date.parse("2100-01-01") }),
      }),
      ({ method, path, query, headers, secretAccessKey, sessionToken, atMs }) => {
        const url = new URL(path, "http://127.0.0.1:9000");
        for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
        const credentials = {
          accessKeyId: "AKIA",
          secretAccessKey,
          ...(sessionToken === undefined ? {} : { sessionToken }),
        };
        const ours = signRequest(
          { method, url, headers, bodySha256: EMPTY_SHA256 },
          { credentials, region: "r", atMs },
        );
        const { authorization, ...sent } = ours;
        const search = canonicalQuery(url.searchParams);
        const theirs = sign(
          {
            service: "s3",
            region: "r",
            method,
            host: url.host,
            path: search === "" ? path : `${path}?${search}`,
            headers: { ...sent },
          },
          credentials,
        );
        expect(authorization).toBe(theirs.headers?.["Authorization"]);
      },
    ),
  );
});
