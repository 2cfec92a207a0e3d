import { expect, test } from "vitest";
import { createContractHost } from "./testing/contract-host.ts";
import { CONTRACT_ROWS } from "./testing/contract-rows.ts";
import { runContractRow } from "./testing/run-contract-row.ts";

const host = createContractHost();
const send = async (request: Request): Promise<Response> =>
  (await host.fetch(request)) ?? new Response(null, { status: 599 });

test("rows have names of their own", () => {
  expect(new Set(CONTRACT_ROWS.map(({ name }) => name)).size).toBe(CONTRACT_ROWS.length);
});

test.each(CONTRACT_ROWS)("$name", (row) => runContractRow(row, { host, send }));

test("a row that does not hold says everything that is wrong", async () => {
  const [row] = CONTRACT_ROWS;
  const changed = { ...row!, status: 201, headers: { "cache-control": "public" }, runner: null };
  const reason: unknown = await runContractRow(changed, { host, send }).catch((error: unknown) => error);
  expect(String(reason)).toMatch(/status: .*\n.*cache-control: .*\n.*calls of the runner: /s);
});
