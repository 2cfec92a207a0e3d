import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axeFindings, launch, openPage, sidewaysScroll, type Watched } from "./browser.ts";
import { logIn, startExample, typeLogin, type ExampleHost } from "./example-host.ts";

let browser: Browser;
let host: ExampleHost;
let hello: string;
let ada: string;

const get = (path: string, cookie: string, init: RequestInit = {}): Promise<Response> =>
  fetch(host.baseUrl + path, { redirect: "manual", ...init, headers: { cookie } });
const cookieOf = async (email: string): Promise<string> => (await logIn(`${host.baseUrl}/session`, email))!;

/** A page of somebody who has logged in by keyboard. */
async function pageOf(email: string, look: object = {}): Promise<Watched> {
  const watched = await openPage(await browser.newContext(look));
  await typeLogin(watched.page, host.baseUrl, email, "demo-password");
  await watched.page.getByRole("heading", { name: /^Welcome/ }).waitFor();
  return watched;
}

beforeAll(async () => {
  host = await startExample("host-next");
  browser = await launch();
  await host.running;
  ada = await cookieOf("ada@acme.test");
  const { installs } = (await (await get("/api/extensions/installs", ada)).json()) as {
    installs: { registryId: string }[];
  };
  hello = installs[0]!.registryId;
});
afterAll(async () => {
  await browser.close();
  await host.close();
});

test("a wrong password, an altered cookie and another site's form log nobody in", async () => {
  const { page, complaints } = await openPage(await browser.newContext());
  await page.goto(`${host.baseUrl}/admin`);
  expect(new URL(page.url()).pathname).toBe("/login");
  await typeLogin(page, host.baseUrl, "ada@acme.test", "wrong");
  await page.getByText("Wrong email or password.").waitFor();
  expect([await page.context().cookies(), await axeFindings(page), complaints]).toEqual([[], [], []]);

  expect((await get("/", `${ada.slice(0, -2)}xx`)).headers.get("location")).toBe("/login");
  const form = new URLSearchParams({ email: "ada@acme.test", password: "demo-password" });
  const foreign = { method: "POST", body: form, headers: { "sec-fetch-site": "cross-site" } };
  expect((await fetch(`${host.baseUrl}/session`, foreign)).status).toBe(403);
});

test("Ada says hello in the frame: through bridge, gateway and runner", async () => {
  const { page, complaints } = await pageOf("ada@acme.test");
  await page.getByRole("navigation").getByRole("link", { name: "Hello" }).click();
  const frame = page.frameLocator('iframe[title="Hello"]');
  await frame.getByText("Greeted 0 times.").waitFor();
  await frame.getByRole("button").click();
  await frame.getByText("Greeted 1 times.").waitFor();
  expect(await (await get(`/api/ext/${hello}/greetings`, ada)).json()).toEqual({ count: 1 });
  // A path of the extension's own is where its frame starts.
  await page.goto(`${host.baseUrl}/extensions/${hello}/some/where`);
  await frame.getByText("Greeted 1 times.").waitFor();
  const source = new URL((await page.getByTitle("Hello").getAttribute("src"))!);
  expect([source.origin, source.searchParams.get("path")]).toEqual([host.frames, "/some/where"]);

  const policy = (await page.request.get(page.url())).headers()["content-security-policy"];
  expect(policy).toContain(`frame-src ${host.frames};`);
  expect(policy).not.toContain("unsafe");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to Acme PSA" }).waitFor();
  expect([await page.context().cookies(), complaints]).toEqual([[], []]);
});

test("nobody is 401, another tenant's extension is 404, and a member manages nothing", async () => {
  const [milo, grace] = await Promise.all(["milo@acme.test", "grace@globex.test"].map(cookieOf));
  const path = `/api/ext/${hello}/greetings`;
  const statuses = await Promise.all(
    [get(path, ""), get(path, grace!), get(`/extensions/${hello}`, grace!), get("/admin", milo!)].map(
      async (answer) => (await answer).status,
    ),
  );
  expect(statuses).toEqual([401, 404, 404, 404]);
});

test("bodies reach the gateway uncut: one byte too many is refused, not dropped", async () => {
  const init = { method: "POST", body: new Uint8Array(10 * 1024 * 1024 + 1) };
  const answer = await get(`/api/ext/${hello}/greetings`, ada, init);
  expect([answer.status, await answer.json()]).toEqual([
    413,
    expect.objectContaining({ error: "payload_too_large" }),
  ]);
});

test("Grace installs, switches off and uninstalls with the keyboard, on a narrow dark screen", async () => {
  const { page, complaints } = await pageOf("grace@globex.test", {
    viewport: { width: 390, height: 700 },
    colorScheme: "dark",
  });
  const press = async (name: string): Promise<void> => {
    await page.getByRole("button", { name, exact: true }).focus();
    await page.keyboard.press("Enter");
  };
  const menu = page.getByRole("navigation").getByRole("link", { name: "Hello" });
  await page.getByRole("navigation").getByRole("link", { name: "Manage extensions" }).click();
  await press("Allow and install Hello");
  await menu.waitFor();
  expect([await axeFindings(page), await sidewaysScroll(page)]).toEqual([[], [0]]);
  await menu.click();
  await page.frameLocator("iframe").getByText("Greeted 0 times.").waitFor();

  await page.getByRole("navigation").getByRole("link", { name: "Manage extensions" }).click();
  await press("Switch off");
  await menu.waitFor({ state: "detached" });
  expect((await get(`/api/ext/${hello}/greetings`, await cookieOf("grace@globex.test"))).status).toBe(404);
  await press("Switch on");
  await menu.waitFor();
  await press("Uninstall");
  await page.getByRole("button", { name: "Allow and install Hello" }).waitFor();
  expect(complaints).toEqual([]);
});
