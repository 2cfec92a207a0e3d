import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axeFindings, launch, openPage, sidewaysScroll } from "./browser.ts";
import { logIn, startExample, typeLogin, type ExampleHost } from "./example-host.ts";

let browser: Browser;
let host: ExampleHost;

beforeAll(async () => {
  host = await startExample("host-express");
  browser = await launch();
  await host.running;
});
afterAll(async () => {
  await browser.close();
  await host.close();
});

test("Ada logs in and says hello through gateway and runner, with the keyboard only", async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 700 }, colorScheme: "dark" });
  const { page, complaints } = await openPage(context);
  await page.goto(host.baseUrl);
  expect(new URL(page.url()).pathname).toBe("/login");
  await typeLogin(page, host.baseUrl, "ada@acme.test", "wrong");
  await page.getByRole("alert").waitFor();
  expect([await context.cookies(), await axeFindings(page)]).toEqual([[], []]);

  await typeLogin(page, host.baseUrl, "ada@acme.test", "demo-password");
  const frame = page.frameLocator('iframe[title="Hello"]');
  await frame.getByText("Greeted 0 times.").waitFor();
  await frame.getByRole("button").focus();
  await page.keyboard.press("Enter");
  await frame.getByText("Greeted 1 times.").waitFor();
  expect(await sidewaysScroll(page)).toEqual([0, 0]);

  const policy = (await fetch(`${host.baseUrl}/login`)).headers.get("content-security-policy") ?? "";
  expect(policy).toContain(`frame-src ${host.frames};`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to Acme PSA" }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("nobody is 401, and another tenant's extension is 404", async () => {
  const [ada, grace] = await Promise.all(
    ["ada@acme.test", "grace@globex.test"].map((email) => logIn(`${host.baseUrl}/login`, email)),
  );
  const get = (path: string, cookie: string | null): Promise<Response> =>
    fetch(host.baseUrl + path, { headers: cookie === null ? {} : { cookie } });
  const { installs } = (await (await get("/api/extensions/installs", ada!)).json()) as {
    installs: { registryId: string }[];
  };
  const path = `/api/ext/${installs[0]!.registryId}/greetings`;
  const statuses = [get(path, ada!), get(path, null), get(path, grace!)].map(
    async (answer) => (await answer).status,
  );
  expect(await Promise.all(statuses)).toEqual([200, 401, 404]);
});
