import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { SCREENSHOTS, axeFindings, launch, openPage, sidewaysScroll, signIn } from "./browser.ts";
import { login, until, type SessionFetch } from "./deployment.ts";
import { publishProbe } from "./probe.ts";

const { baseUrl, dataDir, agreements } = inject("deployment");
const SECRET = "correct horse battery staple";

/** An extension of this file's own: two versions, the second with settings and events. */
const NAME = { name: "desk", displayName: "Desk" };
const SETTINGS = {
  type: "object",
  properties: {
    region: { type: "string", enum: ["eu", "us"], title: "Region", default: "eu" },
    days: { type: "integer", minimum: 1, maximum: 365, title: "Days of notice" },
    isLoud: { type: "boolean", title: "Tell everybody" },
    tags: { type: "array", items: { type: "string" }, title: "Tags" },
    token: { type: "string", secret: true, title: "Access token", category: "Vendor" },
  },
  required: ["token"],
  additionalProperties: false,
};

let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];
let api: SessionFetch;
let desk: string;
let versions: string[];

beforeAll(async () => {
  browser = await launch();
  api = await login(baseUrl, { tenantId: "acme", role: "admin" });
  const first = await publishProbe({ baseUrl, dataDir }, NAME);
  desk = first.registryId;
  const json = { version: "latest", grants: "declared" };
  expect((await api(`/api/extensions/${desk}/install`, { method: "POST", json })).status).toBe(201);
  const second = await publishProbe(
    { baseUrl, dataDir },
    {
      ...NAME,
      settings: SETTINGS,
      // The handler knows no such route: its 404 is final, so every event ends as a dead letter.
      api: { endpoints: [{ method: "POST", path: "/hook", handler: "dist/main" }] },
      events: [{ topic: "client.renamed", endpoint: "POST /hook" }],
    },
  );
  versions = [first.version, second.version];
});
afterAll(async () => {
  await api(`/api/extensions/${desk}/install`, { method: "DELETE" });
  await browser.close();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  ({ page, complaints } = await openPage(context));
  await signIn(page, baseUrl, { tenantId: "acme", role: "admin" });
});
afterEach(async () => {
  await context.close();
});

const open = (path: string): Promise<unknown> => page.goto(`${baseUrl}/admin/${path}`);
const read = async <Answer>(path: string): Promise<Answer> =>
  (await (await api(`/api/extensions/${path}`)).json()) as Answer;

interface DeskPage {
  readonly install: { readonly version: string; readonly pinned: boolean; readonly follows: string | null };
}

describe("the catalogue", () => {
  test("is searched by the server, and the address keeps the search", async () => {
    await open("extensions");
    const list = page.getByRole("list", { name: "Published extensions" });
    await list.getByRole("article", { name: "Desk" }).waitFor();
    await page.getByRole("searchbox").fill("customers agree");
    await list.getByRole("article", { name: "Desk" }).waitFor({ state: "detached" });
    expect(await list.getByRole("article").count()).toBe(1);
    expect(new URL(page.url()).searchParams.get("search")).toBe("customers agree");
    await list.getByRole("link", { name: "Agreements", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Agreements" }).waitFor();
    await page.goBack();
    expect(await page.getByRole("searchbox").inputValue()).toBe("customers agree");
    await page.getByRole("searchbox").fill("nothing has this name");
    await page.getByText(/Nothing matches/).waitFor();
    expect(complaints).toEqual([]);
  });
});

describe("versions", () => {
  test("follow, pin, roll back; what a publisher says of a version is shown with its reason", async () => {
    const [older, newer] = versions as [string, string];
    await open(`extensions/${desk}/versions`);
    await page.getByRole("button", { name: "Update Desk" }).click();
    await page.getByRole("dialog", { name: "Update Desk" }).getByRole("button", { name: "Update" }).click();
    await page.getByText(`Desk was updated to ${newer}.`).waitFor();
    expect((await read<DeskPage>(desk)).install).toMatchObject({ version: newer, follows: "latest" });

    await page.getByRole("button", { name: `Roll back to ${older}` }).click();
    const question = page.getByRole("dialog", { name: `Roll Desk back to ${older}` });
    await question.getByText(/will be pinned/).waitFor();
    await question.getByRole("button", { name: "Roll back" }).click();
    await page.getByText(`Desk was rolled back to ${older}.`).waitFor();
    expect((await read<DeskPage>(desk)).install).toMatchObject({ version: older, pinned: true });

    await page.getByRole("switch", { name: "Pin Desk to this version" }).click();
    await page.getByText(/Desk is no longer pinned/).waitFor();
    expect((await read<DeskPage>(desk)).install.pinned).toBe(false);

    const publisher = (await readFile(join(dataDir, "keys", "publisher-api-key"), "utf8")).trim();
    const state = (what: string, reason: string | null): Promise<Response> =>
      fetch(`${baseUrl}/api/extensions/${desk}/versions/${older}/${what}`, {
        method: "PUT",
        headers: { "x-api-key": publisher, "content-type": "application/json" },
        body: JSON.stringify({ reason }),
      });
    expect((await state("deprecated", "Loses every second comma")).status).toBe(200);
    await open(`extensions/${desk}/versions`);
    const published = page.getByRole("table", { name: "Published versions" });
    await published.getByText("Deprecated").waitFor();
    await published.getByText("Loses every second comma").waitFor();
    await page.getByRole("tab", { name: "Overview" }).click();
    await page.getByText(/advises against version/).waitFor();
    expect((await state("yanked", "It leaks")).status).toBe(200);
    await open(`extensions/${desk}`);
    await page.getByText(/was withdrawn by its publisher/).waitFor();
    await page.getByText(/It leaks/).waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, "manage-yanked.png") });

    await page.getByRole("button", { name: "Update Desk" }).click();
    await page.getByRole("dialog", { name: "Update Desk" }).getByRole("button", { name: "Update" }).click();
    await page.getByText(`Desk was updated to ${newer}.`).waitFor();
    expect((await read<DeskPage>(desk)).install).toMatchObject({ version: newer, follows: "latest" });
    expect(complaints).toEqual([]);
  });
});

describe("settings and secrets", () => {
  test("a form by the schema: what is wrong stands at its field and saves nothing; secrets never come back", async () => {
    const answers: string[] = [];
    await page.route("**/api/extensions/**", async (route) => {
      const response = await route.fetch();
      answers.push(await response.text());
      await route.fulfill({ response });
    });
    await open(`extensions/${desk}/settings`);
    await page.getByText("This secret must be entered.").waitFor();
    await page.getByLabel("Days of notice").fill("0");
    await page.getByLabel("Tags").fill("[not json");
    await page.getByLabel("Region").selectOption("us");
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByText("This is not JSON.").waitFor();
    await page.getByLabel("Tags").fill('["a", "b"]');
    await page.getByRole("button", { name: "Save settings" }).click();
    await expect.poll(() => page.locator(":focus").getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByLabel("Days of notice").getAttribute("aria-invalid")).toBe("true");
    expect((await read<{ values: object }>(`${desk}/settings`)).values).toEqual({});

    await page.getByLabel("Days of notice").fill("30");
    await page.getByLabel("Tell everybody").check();
    await page.getByLabel("Access token").fill(SECRET);
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByText("Settings of Desk were saved.").waitFor();
    expect(await read(`${desk}/settings`)).toMatchObject({
      values: { region: "us", days: 30, isLoud: true, tags: ["a", "b"] },
      secretNames: ["token"],
      problems: [],
    });
    expect(await page.getByLabel("Access token").inputValue()).toBe("");

    await page.getByRole("button", { name: "Back to the default of Region" }).click();
    await expect
      .poll(async () => (await read<{ values: object }>(`${desk}/settings`)).values)
      .toEqual({ days: 30, isLoud: true, tags: ["a", "b"] });

    await page.getByRole("tab", { name: "Secrets" }).click();
    await page.getByRole("button", { name: "Replace token" }).click();
    await page.getByRole("dialog", { name: "Replace token" }).getByLabel("Value").fill(`${SECRET} 2`);
    await page.getByRole("button", { name: "Replace secret" }).click();
    await page.getByText("The secret token of Desk was replaced.").waitFor();
    await page.getByRole("button", { name: "Add a secret" }).click();
    await page.getByLabel("Name", { exact: true }).fill("not a name");
    await page.getByLabel("Value").fill(SECRET);
    expect(await page.getByRole("button", { name: "Store secret" }).isEnabled()).toBe(false);
    await page.getByLabel("Name", { exact: true }).fill("other_key");
    await page.getByRole("button", { name: "Store secret" }).click();
    await page.getByText("The secret other_key of Desk was stored.").waitFor();
    await page.getByRole("button", { name: "Delete other_key" }).click();
    await page.getByRole("button", { name: "Delete secret" }).click();
    await page.getByText("The secret other_key of Desk was deleted.").waitFor();
    const { secrets } = await read<{ secrets: { name: string }[] }>(`${desk}/secrets`);
    expect(secrets.map(({ name }) => name)).toEqual(["token"]);
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.filter((text) => text.includes(SECRET))).toEqual([]);
    expect(complaints.filter((one) => !one.includes("status of 400"))).toEqual([]);
  });

  test("an extension without a schema takes names and texts", async () => {
    const { registryId, version } = await publishProbe(
      { baseUrl, dataDir },
      { name: "plain", displayName: "Plain" },
    );
    const json = { version, grants: { capabilities: [], egress: [] } };
    await api(`/api/extensions/${registryId}/install`, { method: "POST", json });
    await open(`extensions/${registryId}/settings`);
    await page.getByLabel("Name").fill("greeting");
    await page.getByLabel("Value").fill("Grüezi");
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByText("Settings of Plain were saved.").waitFor();
    expect(await read(`${registryId}/settings`)).toMatchObject({ config: { greeting: "Grüezi" } });
    await page.getByRole("button", { name: "Remove greeting" }).click();
    await page.getByText("Nothing is set yet.").waitFor();
    expect(await read(`${registryId}/settings`)).toMatchObject({ config: {} });
    expect((await api(`/api/extensions/${registryId}/install`, { method: "DELETE" })).status).toBe(204);
    expect(complaints).toEqual([]);
  });
});

interface Letters {
  readonly items: readonly { readonly deliveryId: string; readonly payload: { readonly to: string } }[];
}

describe("events", () => {
  const rename = async (from: string, to: string): Promise<void> => {
    await page.goto(baseUrl);
    await page.getByRole("button", { name: `Rename ${from}` }).click();
    const dialog = page.getByRole("dialog", { name: `Rename ${from}` });
    await dialog.getByLabel("Name").fill(to);
    await dialog.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("button", { name: `Rename ${to}` }).waitFor();
  };
  const customers = async (): Promise<string[]> => {
    const answer = await api(`/api/ext/${agreements}/agreements`);
    return ((await answer.json()) as { items: { customer: string }[] }).items.map(({ customer }) => customer);
  };

  test("reach an extension; a paused subscription waits and loses nothing; dead letters are sent again or discarded", async () => {
    await rename("Fabrikam Logistics", "Fabrikam Freight");
    await until("the new name in the agreements", 30_000, async () =>
      (await customers()).includes("Fabrikam Freight"),
    );
    await open(`extensions/${agreements}/events`);
    const deliveries = page.getByRole("table", { name: "Deliveries" });
    await deliveries.getByText("Delivered").first().waitFor();

    await page.getByRole("button", { name: "Pause client.renamed" }).click();
    await page.getByText("Paused", { exact: true }).waitFor();
    await rename("Fabrikam Freight", "Fabrikam Logistics");
    await open(`extensions/${agreements}/events`);
    await page.getByText("1 delivery waiting.").waitFor();
    await deliveries.getByText("On its way").first().waitFor();
    expect(await customers()).toContain("Fabrikam Freight");
    await page.screenshot({ path: join(SCREENSHOTS, "manage-events-paused.png") });
    await page.getByRole("button", { name: "Resume client.renamed" }).click();
    await until("the former name in the agreements", 30_000, async () =>
      (await customers()).includes("Fabrikam Logistics"),
    );

    const { subscriptions } = await read<{ subscriptions: { subscriptionId: string }[] }>(
      `subscriptions?extension=${desk}`,
    );
    const letters = async (): Promise<Letters["items"]> =>
      (await read<Letters>(`dead-letters?sourceId=${subscriptions[0]!.subscriptionId}`)).items;
    const bothGivenUp = (): Promise<Letters["items"]> =>
      until("both events to be given up", 100_000, async () => {
        const found = await letters();
        return found.length === 2 && found;
      });
    await bothGivenUp();
    await open(`extensions/${desk}/events`);
    const dead = page.getByRole("table", { name: "Dead letters" });
    const details = dead.getByRole("button", { name: /^Details of/ });
    // The table is there before its rows are.
    await details.nth(1).waitFor();
    expect(await details.count()).toBe(2);
    await page.getByRole("button", { name: "Send all again" }).click();
    await page.getByText("2 dead letters were sent again.").waitFor();
    const again = await bothGivenUp();
    expect(again.map(({ payload }) => payload.to).toSorted()).toEqual([
      "Fabrikam Freight",
      "Fabrikam Logistics",
    ]);

    await open(`extensions/${desk}/events`);
    await dead
      .getByRole("button", { name: /^Details of/ })
      .first()
      .click();
    await dead.getByText(/"clientId"/).waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, "manage-dead-letters.png"), fullPage: true });
    await dead
      .getByRole("button", { name: /^Actions for/ })
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Discard" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
    await page.getByText("1 dead letter was discarded.").waitFor();
    await page.getByRole("button", { name: "Discard all" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
    await dead.waitFor({ state: "detached" });
    expect(await letters()).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

describe("schedules", () => {
  test("create with help at the fields, run now with an effect, switch off, edit, delete", async () => {
    const json = {
      title: "Long over",
      customer: "Zoë",
      status: "active",
      startDate: "2020-01-01",
      endDate: "2020-12-31",
    };
    const created = await api(`/api/ext/${agreements}/agreements`, { method: "POST", json });
    const { id } = (await created.json()) as { id: string };
    const status = async (): Promise<string> =>
      ((await (await api(`/api/ext/${agreements}/agreements/${id}`)).json()) as { status: string }).status;

    await open(`extensions/${agreements}/schedules`);
    await page.getByRole("button", { name: "New schedule" }).click();
    const dialog = page.getByRole("dialog", { name: "New schedule" });
    await dialog.getByLabel("Name").fill("Nightly");
    await dialog.getByLabel("Calls").selectOption("POST /end-expired");
    await dialog.getByLabel("When (cron)").fill("* * * * *");
    await dialog.getByLabel("Payload").fill("{");
    await dialog.getByRole("button", { name: "Create schedule" }).click();
    await expect.poll(() => dialog.locator('[aria-invalid="true"]').count()).toBeGreaterThan(0);
    expect(await axeFindings(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, "schedule-dialog.png") });
    await dialog.getByLabel("Payload").fill("");
    await dialog.getByRole("button", { name: "Every night at 2" }).click();
    await dialog.getByLabel("Time zone").selectOption("Europe/Berlin");
    await dialog.getByRole("button", { name: "Create schedule" }).click();
    await page.getByText("The schedule was created.").waitFor();
    await page.getByText(/Next run:/).waitFor();
    const schedules = async (): Promise<{ cron: string; enabled: boolean; lastRunStatus: string | null }[]> =>
      (
        await read<{ schedules: { cron: string; enabled: boolean; lastRunStatus: string | null }[] }>(
          `${agreements}/schedules`,
        )
      )["schedules"];
    expect(await schedules()).toMatchObject([
      { cron: "0 2 * * *", timezone: "Europe/Berlin", enabled: true },
    ]);

    await page.getByRole("button", { name: "Run now: Nightly" }).click();
    await until("the agreement to be ended", 30_000, async () => (await status()) === "ended");
    await until(
      "the run to be noted",
      30_000,
      async () => (await schedules())[0]?.lastRunStatus === "success",
    );
    await page.getByRole("button", { name: "More actions for Nightly" }).click();
    await page.getByRole("menuitem", { name: "Show runs" }).click();
    await page.getByRole("table", { name: "Runs of Nightly" }).getByText("Delivered").waitFor();

    await page.getByRole("switch", { name: "Enabled: Nightly" }).click();
    await page.getByText("Nightly is off.").waitFor();
    await page.getByText(/Does not run by itself/).waitFor();
    expect(await schedules()).toMatchObject([{ enabled: false }]);
    await page.screenshot({ path: join(SCREENSHOTS, "manage-schedules.png") });
    await page.getByRole("button", { name: "More actions for Nightly" }).click();
    await page.getByRole("menuitem", { name: "Edit" }).click();
    const edit = page.getByRole("dialog", { name: "Edit schedule" });
    await edit.getByRole("button", { name: "Mondays at 8" }).click();
    await edit.getByRole("button", { name: "Save schedule" }).click();
    await page.getByText("The schedule was changed.").waitFor();
    expect(await schedules()).toMatchObject([{ cron: "0 8 * * 1", enabled: false }]);
    await page.getByRole("button", { name: "More actions for Nightly" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete schedule" }).click();
    await page.getByText("The schedule Nightly was deleted.").waitFor();
    expect(await schedules()).toEqual([]);
    await api(`/api/ext/${agreements}/agreements/${id}`, { method: "DELETE" });
    expect(complaints.filter((one) => !one.includes("status of 400"))).toEqual([]);
  });
});

describe("calls and usage", () => {
  test("filters narrow the log, more comes on demand, and what was used is counted", async () => {
    await Promise.all(Array.from({ length: 55 }, () => api(`/api/ext/${agreements}/agreements`)));
    await api(`/api/ext/${agreements}/agreements/nobody-at-all`);
    await open(`extensions/${agreements}/calls`);
    const table = page.getByRole("table", { name: "Recent calls" });
    const rows = table.getByRole("button", { name: /^Details of/ });
    await rows.first().waitFor();
    const before = await rows.count();
    await page.getByRole("button", { name: "Show more" }).click();
    await expect.poll(() => rows.count()).toBeGreaterThan(before);
    await page.getByLabel("Outcome").selectOption("Answered with an error");
    await expect.poll(() => table.getByText("Answered 200").count()).toBe(0);
    await table.getByText("/agreements/nobody-at-all").first().waitFor();
    await page.getByLabel("Request id").fill("no such request");
    await page.getByText("No call fits these filters.").waitFor();
    await page.getByRole("tab", { name: "Usage" }).click();
    const used = page.getByRole("table", { name: "Used" });
    await used.getByRole("row").nth(1).waitFor();
    expect(await used.getByRole("row").count()).toBeGreaterThan(1);
    expect(complaints).toEqual([]);
  });
});

describe("the whole tenant", () => {
  test("an API key is shown once, works as far as it goes, and ends when it is revoked", async () => {
    await open("api-keys");
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByLabel("Name").fill("Nightly report");
    await page.getByRole("button", { name: "Create key" }).click();
    const token = await page.getByRole("textbox", { name: "API key" }).inputValue();
    expect(await axeFindings(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, "api-key-once.png") });
    await page.getByRole("button", { name: "I have stored it" }).click();
    await page.getByRole("table", { name: "API keys" }).getByText("Nightly report").waitFor();
    expect(await page.content()).not.toContain(token);
    const asProgram = async (path: string, method = "GET"): Promise<number> =>
      (await fetch(baseUrl + path, { method, headers: { "x-api-key": token } })).status;
    expect(await asProgram("/api/extensions/installs")).toBe(200);
    expect(await asProgram(`/api/ext/${agreements}/agreements`)).toBe(200);
    expect(await asProgram("/api/extensions/api-keys")).toBe(403);
    expect(await asProgram(`/api/extensions/${desk}/install`, "DELETE")).toBe(403);
    await page.getByRole("button", { name: "Revoke Nightly report" }).click();
    await page.getByRole("button", { name: "Revoke key" }).click();
    await page.getByText("The key Nightly report was revoked.").waitFor();
    expect(await asProgram("/api/extensions/installs")).toBe(401);
    expect(complaints).toEqual([]);
  });

  test("the audit log tells what was done and refused, and can be narrowed", async () => {
    const member = await login(baseUrl, { tenantId: "acme", role: "member" });
    const json = { enabled: false };
    expect((await member(`/api/extensions/${desk}/enabled`, { method: "POST", json })).status).toBe(403);
    await open("audit");
    await page.getByLabel("What").selectOption("Switch on or off");
    const table = page.getByRole("table", { name: "Audit log" });
    const row = table.getByRole("row").filter({ hasText: "milo@acme.test" }).first();
    await row.getByText("Refused").waitFor();
    await row.getByText("Desk").waitFor();
    await row.getByRole("button", { name: /^Details of/ }).click();
    await table.getByText("http.setEnabled").waitFor();
    await page.getByLabel("Who (user id)").fill("nobody@acme.test");
    await page.getByText("Nothing fits these filters.").waitFor();
    expect(complaints).toEqual([]);
  });

  test("the release log is verified, and again from where this browser saw it end", async () => {
    await open("release-log");
    for (const name of ["Verify: Decisions of Acme Services", "Verify: What is published"]) {
      await page.getByRole("button", { name }).click();
    }
    await expect.poll(() => page.getByText("The chain holds").count()).toBe(2);
    await page.reload();
    await page.getByRole("button", { name: "Verify: What is published" }).click();
    await page.getByText(/goes on from what this browser saw/).waitFor();
    // A browser that saw another history notices.
    await page.evaluate(() => {
      const known = JSON.parse(localStorage.getItem("acme:chain:")!) as { seq: number; hash: string };
      localStorage.setItem("acme:chain:", JSON.stringify({ ...known, hash: "0".repeat(64) }));
    });
    await page.getByRole("button", { name: "Verify: What is published" }).click();
    await page.getByText("The chain is broken").waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, "release-log-broken.png") });
    expect(complaints).toEqual([]);
  });

  test("members see none of these pages", async () => {
    await context.clearCookies();
    await signIn(page, baseUrl, { tenantId: "acme", role: "member" });
    for (const path of ["audit", "api-keys", "release-log", `extensions/${desk}/secrets`]) {
      await open(path);
      await page.getByRole("heading", { name: "Only administrators can manage extensions" }).waitFor();
    }
  });
});

describe("the keyboard", () => {
  test("is enough to find an extension, walk its tabs, and withhold a permission", async () => {
    const reach = async (target: ReturnType<Page["getByRole"]>): Promise<void> => {
      await target.waitFor();
      for (let presses = 0; presses < 60; presses++) {
        if (await target.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error("Sixty presses of Tab did not reach it.");
    };
    await open("extensions");
    await reach(page.getByRole("link", { name: "Manage Desk" }));
    await page.keyboard.press("Enter");
    await reach(page.getByRole("tab", { name: "Overview" }));
    for (const tab of ["versions", "settings", "permissions"]) {
      await page.keyboard.press("ArrowRight");
      await page.waitForURL(`**/admin/extensions/${desk}/${tab}`);
    }
    await reach(page.getByRole("checkbox", { name: /Store and read its own data/ }));
    await page.keyboard.press("Space");
    await reach(page.getByRole("button", { name: "Save permissions" }));
    await page.keyboard.press("Enter");
    await page.getByText("Permissions of Desk were changed.").waitFor();
    const { install } = await read<{ install: { grantedCapabilities: string[] } }>(desk);
    expect(install.grantedCapabilities).toEqual(["cap:http.fetch"]);

    await reach(page.getByRole("tab", { name: "Permissions" }));
    await page.keyboard.press("End");
    await page.waitForURL(`**/admin/extensions/${desk}/schedules`);
    await page.keyboard.press("Home");
    await page.waitForURL(`**/admin/extensions/${desk}`);
    await reach(page.getByRole("button", { name: "Uninstall Desk" }));
    await page.keyboard.press("Enter");
    const question = page.getByRole("alertdialog", { name: "Uninstall Desk?" });
    await question.waitFor();
    // A reflexive Enter cancels, and focus is where it was.
    await expect.poll(() => page.locator(":focus").innerText()).toBe("Cancel");
    await page.keyboard.press("Enter");
    await question.waitFor({ state: "detached" });
    await expect.poll(() => page.locator(":focus").innerText()).toBe("Uninstall Desk");
    expect(complaints).toEqual([]);
  });
});

describe("what administrators see", () => {
  const pages = [
    "extensions",
    ...["", "/versions", "/settings", "/permissions", "/secrets"].map((tab) => `extensions/desk${tab}`),
    ...["calls", "usage", "events", "schedules"].map((tab) => `extensions/agreements/${tab}`),
    "audit",
    "api-keys",
    "release-log",
  ];

  beforeAll(async () => {
    const { endpoints } = await read<{ endpoints: { id: string }[] }>(`${agreements}/endpoints`);
    const json = { endpointId: endpoints[0]?.id, cron: "0 2 * * *", name: "Nightly" };
    await api(`/api/extensions/${agreements}/schedules`, { method: "POST", json });
  });
  afterAll(async () => {
    const { schedules } = await read<{ schedules: { id: string }[] }>(`${agreements}/schedules`);
    const remove = ({ id }: { id: string }): Promise<Response> =>
      api(`/api/extensions/${agreements}/schedules/${id}`, { method: "DELETE" });
    await Promise.all(schedules.map(remove));
  });

  test.each([
    ["light", 1280],
    ["light", 400],
    ["dark", 1280],
    ["dark", 400],
  ] as const)("every page, %s and %i px wide: axe clean, no sideways scroll", async (theme, width) => {
    const found: string[] = [];
    await page.setViewportSize({ width, height: 860 });
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    for (const path of pages) {
      await open(path.replace("/desk", `/${desk}`).replace("/agreements", `/${agreements}`));
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.locator('[aria-busy="true"]').first().waitFor({ state: "detached" });
      const name = path.replaceAll("/", "-");
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${theme}-${width}.png`), fullPage: true });
      for (const finding of await axeFindings(page)) found.push(`${name}: ${finding}`);
      if ((await sidewaysScroll(page)).some((overflow) => overflow > 0))
        found.push(`${name}: scrolls sideways`);
    }
    expect([...found, ...complaints]).toEqual([]);
  });
});
