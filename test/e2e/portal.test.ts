import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { DEMO_USERS } from "../../examples/host/src/demo-users.ts";
import { SCREENSHOTS, agreementsFrame, axeFindings, launch, openPage, sidewaysScroll } from "./browser.ts";
import { login, type SessionFetch } from "./deployment.ts";

const { baseUrl, agreements, probe } = inject("deployment");
const THEIRS = "Managed workplace";
const ANOTHERS = "Backup and recovery";
const API = `/api/ext/${agreements}/agreements`;
const cleo = DEMO_USERS.find(({ role }) => role === "client")!;

interface Listing {
  readonly items: readonly { readonly id: string; readonly title: string; readonly customer: string }[];
  readonly readOnly?: boolean;
}

let browser: Browser;
let asAda: SessionFetch;
let asCleo: SessionFetch;

beforeAll(async () => {
  [browser, asAda, asCleo] = await Promise.all([
    launch(),
    login(baseUrl, { tenantId: "acme", role: "admin" }),
    login(baseUrl, { tenantId: "acme", role: "client" }),
  ]);
});
afterAll(() => browser.close());

const list = async (session: SessionFetch, query = "", init: RequestInit = {}): Promise<Listing> =>
  (await session(API + query, init)).json() as Promise<Listing>;

test("somebody of a client has a portal with what is open to clients, and in it what is theirs", async () => {
  const found: string[] = [];
  for (const theme of ["light", "dark"] as const) {
    const context = await browser.newContext({ colorScheme: theme, reducedMotion: "reduce" });
    const { page, complaints } = await openPage(context);
    const look = async (name: string): Promise<void> => {
      for (const width of [400, 1280]) {
        await page.setViewportSize({ width, height: 860 });
        await page.screenshot({ path: join(SCREENSHOTS, `portal-${name}-${theme}-${width}.png`) });
        const where = `${name} ${theme} ${width}`;
        // Colours do not depend on the width, nor landmarks and names on the theme: each is looked at once.
        if ((theme === "light") === (width === 1280))
          for (const finding of await axeFindings(page)) found.push(`${where}: ${finding}`);
        if ((await sidewaysScroll(page)).some((overflow) => overflow > 0))
          found.push(`${where}: scrolls sideways`);
      }
    };
    await page.goto(baseUrl);
    const pick = page.getByRole("button", { name: new RegExp(`Sign in as ${cleo.name}.*Client portal`) });
    await pick.waitFor();
    await pick.click();
    await page.getByRole("heading", { level: 1, name: cleo.client!.name }).waitFor();
    const links = page.getByRole("navigation", { name: "Main" }).getByRole("link");
    await links.getByText("Agreements").waitFor();
    expect(await links.allTextContents()).toEqual(["Overview", "Agreements"]);
    await look("overview");

    await links.getByText("Agreements").click();
    const frame = await agreementsFrame(page);
    await frame.getByRole("button", { name: THEIRS }).waitFor();
    expect(await frame.getByRole("button", { name: ANOTHERS }).count()).toBe(0);
    expect(await frame.getByRole("button", { name: "New agreement" }).count()).toBe(0);
    await frame.getByRole("button", { name: THEIRS }).click();
    await frame.getByRole("heading", { level: 1, name: THEIRS }).waitFor();
    expect(await frame.getByRole("button", { name: /^(Edit|Delete)$/ }).count()).toBe(0);
    expect(await frame.getByRole("heading", { name: "Account standing" }).count()).toBe(0);
    await look("detail");

    await page.goto(`${baseUrl}/admin/extensions`);
    await page.getByRole("heading", { name: "Not part of your portal" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Acme PSA" }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  }
  expect(found).toEqual([]);
});

test("whatever a request claims, the session's client is who it is for", async () => {
  const { items: all } = await list(asAda);
  const { items: own, readOnly } = await list(asCleo);
  expect(readOnly).toBe(true);
  expect(own.map(({ title }) => title)).toContain(THEIRS);
  expect(new Set(own.map(({ customer }) => customer))).toEqual(new Set([cleo.client!.name]));

  const forged = { client_id: "client-2", clientId: "client-2", client_name: "Contoso Health" };
  const headers = { "x-client-id": "client-2", "x-alga-client": "client-2", "x-user-type": "internal" };
  expect(await list(asCleo, `?${new URLSearchParams(forged).toString()}`, { headers })).toEqual({
    items: own,
    readOnly: true,
  });
  const anothers = all.find(({ title }) => title === ANOTHERS)!;
  expect((await asCleo(`${API}/${anothers.id}?client_id=client-2`)).status).toBe(404);
  const writes = await Promise.all([
    asCleo(API, { method: "POST", json: { ...forged, title: "Mine", customer: "Northwind Traders" } }),
    asCleo(`${API}/${own[0]!.id}`, { method: "PUT", json: { ...forged, title: "Free of charge" } }),
    asCleo(`${API}/${own[0]!.id}`, { method: "DELETE" }),
    asCleo(`/api/ext/${agreements}/client-renamed`, {
      method: "POST",
      json: { from: "Contoso Health", to: "Northwind Traders" },
    }),
  ]);
  expect(writes.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  expect(await list(asAda)).toEqual({ items: all });
});

test("nothing of the tenant's own is a client's, nor an extension that does not opt in", async () => {
  const paths = [
    "/api/clients",
    "/api/extensions/installs",
    "/api/extensions/catalog",
    "/api/extensions/audit",
    "/api/extensions/api-keys",
    `/api/extensions/${agreements}/secrets`,
    `/api/ext-debug/stream?extensionId=${agreements}`,
    `/api/ext/${probe}/ok`,
  ];
  const statuses = await Promise.all(paths.map(async (path) => (await asCleo(path)).status));
  expect(Object.fromEntries(paths.map((path, index) => [path, statuses[index]]))).toEqual(
    Object.fromEntries(paths.map((path) => [path, 403])),
  );
  const portal = "/api/portal/extensions";
  const open = (await (await asCleo(portal)).json()) as object[];
  expect(open).toEqual([
    {
      registryId: agreements,
      label: "Agreements",
      contentHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    },
  ]);
  expect((await asAda(portal)).status).toBe(403);
  expect((await fetch(baseUrl + portal)).status).toBe(401);
});
