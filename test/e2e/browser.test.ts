import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import {
  SCREENSHOTS,
  agreementsFrame,
  axeFindings,
  launch,
  openPage,
  sidewaysScroll,
  signIn,
} from "./browser.ts";
import { login, type SessionFetch } from "./deployment.ts";
import { publishProbe } from "./probe.ts";

const { baseUrl, dataDir, agreements, probe, runnerUiUrl } = inject("deployment");

let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  ({ page, complaints } = await openPage(context));
});
afterEach(async () => {
  await context.close();
});

describe("logging in", () => {
  test("a first visit leads to the login and complains of nothing", async () => {
    const errors: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(baseUrl);
    await page.getByRole("heading", { name: "Sign in to Acme PSA" }).waitFor();
    await page.getByRole("button", { name: /Sign in as Ada/ }).waitFor();
    expect(errors).toEqual([]);
  });

  test("a wrong password is told, the right one opens the shell, signing out closes it", async () => {
    await page.goto(`${baseUrl}/login`);
    await page.getByLabel("Email").fill("ada@acme.test");
    await page.getByLabel("Password", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").waitFor();
    await signIn(page, baseUrl, { tenantId: "acme", role: "admin" });
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Acme PSA" }).waitFor();
    expect(
      (await context.cookies()).filter((cookie) => cookie.name === "acme_session" && cookie.value !== ""),
    ).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("globex sees no Agreements; a member cannot manage", async () => {
    await signIn(page, baseUrl, { tenantId: "globex", role: "admin" });
    expect(
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Agreements" }).count(),
    ).toBe(0);
    await page.goto(`${baseUrl}/extensions/${agreements}/`);
    await page.getByRole("heading", { name: "This extension is not available" }).waitFor();
    await context.clearCookies();
    await signIn(page, baseUrl, { tenantId: "acme", role: "member" });
    await page.goto(`${baseUrl}/admin/extensions`);
    await page.getByRole("heading", { name: "Only administrators can manage extensions" }).waitFor();
  });
});

describe("Agreements in its frame", () => {
  beforeEach(() => signIn(page, baseUrl, { tenantId: "acme", role: "admin" }));

  test("create, read, edit, delete through the frame; the same rows by curl", async () => {
    const api = await login(baseUrl, { tenantId: "acme", role: "admin" });
    const titles = async (): Promise<string[]> =>
      (
        (await (await api(`/api/ext/${agreements}/agreements`)).json()) as { items: { title: string }[] }
      ).items.map((one) => one.title);

    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Agreements" }).click();
    const frame = await agreementsFrame(page);
    await frame.getByRole("button", { name: "New agreement" }).click();
    await frame.getByLabel("Title").fill("Ünicode agreement");
    await frame.getByLabel("Customer").fill("Zoë & Söhne");
    await frame.getByLabel("Value").fill("1234.5");
    await frame.getByLabel("First day").fill("2026-01-01");
    await frame.getByLabel("Last day").fill("2026-12-31");
    await frame.locator("form button[type=submit]").click();
    await frame.getByRole("heading", { level: 1, name: "Ünicode agreement" }).waitFor();
    expect(await titles()).toContain("Ünicode agreement");
    expect(new URL(page.url()).pathname).toMatch(new RegExp(`^/extensions/${agreements}/agreements/[^/]+$`));

    await frame.getByRole("button", { name: "Edit" }).click();
    await frame.getByLabel("Title").fill("Edited agreement");
    await frame.locator("form button[type=submit]").click();
    await frame.getByRole("heading", { level: 1, name: "Edited agreement" }).waitFor();
    expect(await titles()).toContain("Edited agreement");

    await frame.getByRole("button", { name: "Delete" }).click();
    await frame
      .getByRole("alertdialog")
      .or(frame.getByRole("dialog"))
      .getByRole("button", { name: /^Delete/ })
      .click();
    await frame.getByRole("table", { name: "Agreements" }).waitFor();
    expect(await titles()).not.toContain("Edited agreement");
    expect(complaints).toEqual([]);
  });

  test("of two people who edit at once the second is told, and loses nothing", async () => {
    const api = await login(baseUrl, { tenantId: "acme", role: "admin" });
    const created = await api(`/api/ext/${agreements}/agreements`, {
      method: "POST",
      json: { title: "Both", customer: "Zoë", startDate: "2026-01-01", endDate: "2026-12-31" },
    });
    const { id } = (await created.json()) as { id: string };
    const route = `/api/ext/${agreements}/agreements/${id}`;
    const stored = async (): Promise<string> =>
      ((await (await api(route)).json()) as { title: string }).title;
    const other = await openPage(context);
    const [one, two] = await Promise.all(
      [page, other.page].map(async (tab) => {
        await tab.goto(`${baseUrl}/extensions/${agreements}/agreements/${id}/edit`);
        return agreementsFrame(tab);
      }),
    );
    await one!.getByLabel("Title").fill("First");
    await one!.locator("form button[type=submit]").click();
    await one!.getByRole("heading", { level: 1, name: "First" }).waitFor();
    await two!.getByLabel("Title").fill("Second");
    await two!.locator("form button[type=submit]").click();
    await two!.getByText("Not saved: somebody else saved first").waitFor();
    expect(await axeFindings(other.page)).toEqual([]);
    await other.page.screenshot({ path: join(SCREENSHOTS, "conflict.png") });
    expect([await stored(), await two!.getByLabel("Title").inputValue()]).toEqual(["First", "Second"]);
    await two!.getByRole("button", { name: "Save mine over theirs" }).click();
    await two!.getByRole("heading", { level: 1, name: "Second" }).waitFor();
    expect(await stored()).toBe("Second");
    expect((await api(route, { method: "DELETE" })).status).toBe(204);
    expect([...complaints, ...other.complaints]).toEqual(
      // Chromium notes the refused save.
      [expect.stringContaining("409")],
    );
  });

  test("leaving a form with something typed asks first", async () => {
    await page.goto(`${baseUrl}/extensions/${agreements}/agreements/new`);
    const frame = await agreementsFrame(page);
    await frame.getByLabel("Title").fill("Half an agreement");
    await frame.getByRole("button", { name: "Cancel" }).click();
    const question = frame.getByRole("alertdialog", { name: "Leave without saving?" });
    await question.getByRole("button", { name: "Keep editing" }).click();
    expect(await frame.getByLabel("Title").inputValue()).toBe("Half an agreement");
    await frame.getByRole("navigation", { name: "Breadcrumb" }).getByText("Agreements").click();
    await question.getByRole("button", { name: "Leave without saving" }).click();
    await frame.getByRole("table", { name: "Agreements" }).waitFor();
    await frame.getByRole("button", { name: "New agreement" }).click();
    await frame.getByRole("button", { name: "Cancel" }).click();
    await frame.getByRole("table", { name: "Agreements" }).waitFor();
  });

  test("a form that is not acceptable says where, and stores nothing", async () => {
    await page.goto(`${baseUrl}/extensions/${agreements}/agreements/new`);
    const frame = await agreementsFrame(page);
    await frame.locator("form button[type=submit]").click();
    expect(await frame.locator('[aria-invalid="true"]').count()).toBeGreaterThan(0);
    expect(await frame.locator(":focus").getAttribute("aria-invalid")).toBe("true");
  });

  test("deep link, back and forward move inside the frame without reloading it", async () => {
    await page.goto(`${baseUrl}/extensions/${agreements}/`);
    const frame = await agreementsFrame(page);
    const loads: string[] = [];
    page.on("framenavigated", (one) => loads.push(one.url()));
    await frame.getByRole("button", { name: "Managed workplace" }).click();
    await frame.getByRole("heading", { level: 1, name: "Managed workplace" }).waitFor();
    const deep = page.url();
    await page.goBack();
    await frame.getByRole("heading", { level: 1, name: "Agreements" }).waitFor();
    await page.goForward();
    await frame.getByRole("heading", { level: 1, name: "Managed workplace" }).waitFor();
    expect(loads.filter((url) => url.startsWith(runnerUiUrl))).toEqual([]);

    const other = await openPage(context);
    await other.page.goto(deep);
    await (
      await agreementsFrame(other.page)
    )
      .getByRole("heading", { level: 1, name: "Managed workplace" })
      .waitFor();
    expect([...complaints, ...other.complaints]).toEqual([]);
  });

  test("the standing of a customer comes from the upstream, through secret and egress", async () => {
    await page.goto(`${baseUrl}/extensions/${agreements}/`);
    const frame = await agreementsFrame(page);
    await frame.getByRole("button", { name: "Managed workplace" }).click();
    await frame
      .getByText(/Account standing/)
      .first()
      .waitFor();
    await frame
      .getByText(/^(Good|Watch|Blocked)/i)
      .first()
      .waitFor();
  });

  test("the frame follows the host's theme", async () => {
    await page.goto(`${baseUrl}/extensions/${agreements}/`);
    const frame = await agreementsFrame(page);
    const background = (): Promise<string> =>
      frame.locator("html").evaluate((html) => getComputedStyle(html).getPropertyValue("--alga-bg").trim());
    const light = await background();
    await page.getByRole("button", { name: "Use dark theme" }).click();
    await expect.poll(background).not.toBe(light);
    await page.getByRole("button", { name: "Use light theme" }).click();
    await expect.poll(background).toBe(light);
  });

  test("the frame is sandboxed: no host DOM, no cookies, no storage, no direct network, no top navigation", async () => {
    await page.goto(`${baseUrl}/extensions/${agreements}/`);
    await agreementsFrame(page);
    const frame = page.frames().find((one) => one.url().startsWith(runnerUiUrl))!;
    const attempt = (what: string): Promise<string> =>
      frame.evaluate(
        async ([name, hostUrl]) => {
          const tries: Record<string, () => unknown> = {
            parent: () => window.parent.document.title,
            cookie: () => document.cookie,
            storage: () => localStorage.length,
            fetch: () =>
              fetch(`${hostUrl}/api/session`, { credentials: "include" }).then((response) => response.text()),
            top: () => {
              window.top!.location.href = "https://evil.example/";
            },
            // In a task of its own: what the debugger evaluates directly is exempt from the policy.
            eval: () =>
              new Promise((resolve, reject) => {
                setTimeout(() => {
                  try {
                    // oxlint-disable-next-line no-eval -- what the policy must refuse
                    resolve((0, eval)("1"));
                  } catch (error) {
                    reject(error);
                  }
                });
              }),
            popup: () => {
              if (window.open("about:blank") === null) throw new Error("blocked");
            },
          };
          try {
            return `allowed: ${String(await tries[name!]!())}`;
          } catch {
            return "refused";
          }
        },
        [what, baseUrl],
      );
    for (const what of ["parent", "cookie", "storage", "fetch", "top", "eval", "popup"]) {
      expect([what, await attempt(what)]).toEqual([what, "refused"]);
    }
    expect(page.url()).toContain(baseUrl);
    expect(new URL(frame.url()).search).not.toMatch(/token|session/i);
  });
});

describe("managing extensions", () => {
  test("install with a consent screen that names every power; withheld powers are refused", async () => {
    await signIn(page, baseUrl, { tenantId: "globex", role: "admin" });
    await page.goto(`${baseUrl}/admin/extensions`);
    const card = page.getByRole("article", { name: "Agreements" });
    await card.getByRole("button", { name: "Install Agreements" }).click();
    const consent = page.getByRole("dialog", { name: "Install Agreements" });
    await consent.getByText("Store and read its own data for your organisation").waitFor();
    await consent
      .getByText(/api\.ledgerline\.example/)
      .first()
      .waitFor();
    const host = consent.getByRole("list", { name: "Hosts it may call" }).getByRole("checkbox");
    const fetching = consent.getByRole("checkbox", { name: /outside services/ });
    expect([await host.isChecked(), await host.isEnabled()]).toEqual([true, true]);
    await fetching.uncheck();
    expect([await host.isChecked(), await host.isEnabled()]).toEqual([false, false]);
    await consent.getByRole("button", { name: "Install and allow 2" }).waitFor();
    await fetching.check();
    expect([await host.isChecked(), await host.isEnabled()]).toEqual([true, true]);
    await consent.getByRole("checkbox", { name: /passwords and keys/ }).uncheck();
    await consent.getByRole("button", { name: "Install and allow 3" }).click();
    await page.getByText(/Agreements .* is installed/).waitFor();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Agreements" }).waitFor();

    const api = await login(baseUrl, { tenantId: "globex", role: "admin" });
    const list = await api(`/api/ext/${agreements}/agreements`);
    expect(((await list.json()) as { items: unknown[] }).items).toEqual([]);
    const { installs } = (await (await api("/api/extensions/installs")).json()) as {
      installs: { grantedCapabilities: string[] }[];
    };
    expect(installs[0]!.grantedCapabilities).toEqual(["cap:storage.kv", "cap:http.fetch"]);

    await card.getByRole("switch", { name: "Enabled: Agreements" }).click();
    await page.getByText("Agreements is disabled.").waitFor();
    expect((await api(`/api/ext/${agreements}/agreements`)).status).toBe(404);
    await card.getByRole("switch", { name: "Enabled: Agreements" }).click();
    await page.getByText("Agreements is enabled.").waitFor();
    expect(complaints).toEqual([]);
  });

  test("what is uninstalled is gone at once, and can be brought back with what it stored, or not", async () => {
    const api = await login(baseUrl, { tenantId: "globex", role: "admin" });
    const title = "Kept for a while";
    const days = { startDate: "2026-01-01", endDate: "2026-12-31" };
    const json = { title, customer: "Zoë", ...days };
    expect((await api(`/api/ext/${agreements}/agreements`, { method: "POST", json })).status).toBe(201);
    const titles = async (): Promise<string[]> => {
      const { items } = (await (await api(`/api/ext/${agreements}/agreements`)).json()) as {
        items: { title: string }[];
      };
      return items.map((one) => one.title);
    };
    const uninstall = async (): Promise<void> => {
      await page.getByRole("button", { name: "Uninstall Agreements" }).click();
      const question = page.getByRole("alertdialog", { name: "Uninstall Agreements?" });
      await question.getByText(/kept for 30 days/).waitFor();
      await question.getByRole("button", { name: "Uninstall", exact: true }).click();
      await page.getByText("Agreements was uninstalled. Its data is kept for 30 days.").waitFor();
      expect((await api(`/api/ext/${agreements}/agreements`)).status).toBe(404);
    };
    const back = page.getByRole("checkbox", { name: /^Bring back what it stored/ });

    await signIn(page, baseUrl, { tenantId: "globex", role: "admin" });
    await page.goto(`${baseUrl}/admin/extensions`);
    await page.getByRole("link", { name: "Manage Agreements" }).click();
    await uninstall();
    await page.getByRole("button", { name: "Install Agreements" }).click();
    expect(await back.isChecked()).toBe(true);
    await page.getByRole("button", { name: "Install and allow 4" }).click();
    await page.getByText(/Agreements .* is installed with its former data/).waitFor();
    expect(await titles()).toEqual([title]);

    await uninstall();
    await page.getByRole("button", { name: "Install Agreements" }).click();
    await back.uncheck();
    await page.getByRole("button", { name: "Install and allow 4" }).click();
    await page.getByText(/Agreements .* is installed\./).waitFor();
    expect(await titles()).toEqual([]);
    await uninstall();
    expect(complaints).toEqual([]);
  });
});

describe("two administrators", () => {
  test("install at once: the second one is told, and the grants of the first stand", async () => {
    await signIn(page, baseUrl, { tenantId: "globex", role: "admin" });
    await page.goto(`${baseUrl}/admin/extensions`);
    await page.getByRole("button", { name: "Install Agreements" }).click();
    const consent = page.getByRole("dialog", { name: "Install Agreements" });
    await consent.waitFor();
    const other = await login(baseUrl, { tenantId: "globex", role: "admin" });
    const { version } = await installable(other, agreements);
    const grants = { capabilities: ["cap:storage.kv"], egress: [] };
    const json = { registryId: agreements, version, grants };
    const install = async (): Promise<number> =>
      (await other("/api/v1/extensions/install", { method: "POST", json })).status;
    expect([await install(), await install()]).toEqual([202, 202]);
    await consent.getByRole("button", { name: "Install and allow 4" }).click();
    await page.getByRole("dialog", { name: "Agreements is already installed" }).waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, "already-installed.png") });
    expect((await installable(other, agreements)).install?.grantedCapabilities).toEqual(["cap:storage.kv"]);
    await page.getByRole("button", { name: "Close" }).first().click();
    await page.getByText("3 permissions it asks for are not granted.").waitFor();
    expect(
      (await other("/api/v1/extensions/uninstall", { method: "POST", json: { registryId: agreements } }))
        .status,
    ).toBe(200);
  });
});

interface Installable {
  /** The newest. */
  readonly version: string;
  readonly install: { readonly version: string; readonly grantedCapabilities: readonly string[] } | null;
}

async function installable(api: SessionFetch, registryId: string): Promise<Installable> {
  const { extensions } = (await (await api("/api/extensions/catalog")).json()) as {
    extensions: { registryId: string; versions: { version: string }[]; install: Installable["install"] }[];
  };
  const entry = extensions.find((one) => one.registryId === registryId)!;
  return { version: entry.versions[0]!.version, install: entry.install };
}

describe("versions", () => {
  test("a version that asks for more shows what is new; old grants stay until it is granted; and back again", async () => {
    const api = await login(baseUrl, { tenantId: "acme", role: "admin" });
    const before = (await installable(api, probe)).install!;
    const newer = await publishProbe(
      { baseUrl, dataDir },
      { capabilities: ["cap:http.fetch", "cap:storage.kv", "cap:secrets.get"], egress: [] },
    );
    await signIn(page, baseUrl, { tenantId: "acme", role: "admin" });
    await page.goto(`${baseUrl}/admin/extensions/${probe}`);
    await page.getByRole("button", { name: "Update Probe" }).click();
    const dialog = page.getByRole("dialog", { name: "Update Probe" });
    await dialog.getByText("Minor change").waitFor();
    await dialog.getByText(/asks for 1 new permission/).waitFor();
    const marked = dialog.getByRole("listitem").filter({ has: page.getByText("New", { exact: true }) });
    expect(await marked.getByRole("checkbox").count()).toBe(1);
    await marked.getByRole("checkbox", { name: /passwords and keys/ }).waitFor();
    await dialog.getByRole("heading", { name: "No longer asks to" }).waitFor();
    await dialog
      .getByRole("region", { name: "What changes" })
      .getByText(/api\.ledgerline\.example/)
      .waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, "update-light-1280.png") });
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await page.setViewportSize({ width: 400, height: 860 });
    expect([await axeFindings(page), await sidewaysScroll(page)]).toEqual([[], [0]]);
    await page.screenshot({ path: join(SCREENSHOTS, "update-dark-400.png") });
    await page.setViewportSize({ width: 1280, height: 800 });
    await dialog.getByRole("button", { name: "Update and allow 1 more" }).waitFor();
    await marked.getByRole("checkbox").uncheck();
    await dialog.getByRole("button", { name: "Update", exact: true }).click();
    await page.getByText(`Probe was updated to ${newer.version}.`).waitFor();
    expect((await installable(api, probe)).install).toMatchObject({
      version: newer.version,
      grantedCapabilities: before.grantedCapabilities,
    });
    await page.getByRole("link", { name: "Review permissions" }).click();
    await page.getByRole("checkbox", { name: /passwords and keys/ }).check();
    await page.getByRole("button", { name: "Save permissions" }).click();
    await page.getByText("Permissions of Probe were changed.").waitFor();
    expect((await installable(api, probe)).install?.grantedCapabilities).toContain("cap:secrets.get");

    await page.getByRole("tab", { name: "Versions" }).click();
    await page.getByRole("button", { name: "Change version" }).click();
    const change = page.getByRole("dialog", { name: "Change version of Probe" });
    await change.getByText("This is an older version.").waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, "change-version-dark-1280.png") });
    await change.getByRole("button", { name: "Change version and allow 1 more" }).click();
    await page.getByText(`Probe was set back to ${before.version}.`).waitFor();
    expect((await installable(api, probe)).install).toMatchObject(before);
    expect(complaints).toEqual([]);
  });

  test("recent calls say how they ended and who said so", async () => {
    const api = await login(baseUrl, { tenantId: "acme", role: "admin" });
    await api(`/api/ext/${agreements}/agreements/nobody`);
    const view = await browser.newContext({ viewport: { width: 400, height: 860 } });
    const { page: shown } = await openPage(view);
    await signIn(shown, baseUrl, { tenantId: "acme", role: "admin" });
    await shown.goto(`${baseUrl}/admin/extensions/${agreements}/calls`);
    const row = shown.getByRole("row").filter({ hasText: "/agreements/nobody" }).first();
    await row.getByText("Answered 404").waitFor();
    await row.getByText("by the extension").waitFor();
    expect(await row.innerText()).toContain("GET /agreements/nobody");
    const names = await shown
      .getByRole("button", { name: /^Details of/ })
      .evaluateAll((buttons) => buttons.map((one) => one.getAttribute("aria-label")));
    expect(new Set(names).size).toBe(names.length);
    expect((await sidewaysScroll(shown)).some((overflow) => overflow > 0)).toBe(false);
    await shown.screenshot({ path: join(SCREENSHOTS, "calls-400.png") });
    await view.close();
  });
});

describe("what people see", () => {
  test("login, shell, admin, consent, list and detail: axe clean, no sideways scroll, light and dark, 1280 and 400 px", async () => {
    const found: string[] = [];
    for (const theme of ["light", "dark"] as const) {
      for (const width of [1280, 400]) {
        const view = await browser.newContext({
          viewport: { width, height: 860 },
          colorScheme: theme,
          reducedMotion: "reduce",
        });
        const { page: shown } = await openPage(view);
        const look = async (name: string): Promise<void> => {
          await shown.screenshot({ path: join(SCREENSHOTS, `${name}-${theme}-${width}.png`) });
          for (const finding of await axeFindings(shown)) found.push(`${name} ${theme} ${width}: ${finding}`);
          if ((await sidewaysScroll(shown)).some((overflow) => overflow > 0))
            found.push(`${name} ${theme} ${width}: scrolls sideways`);
        };
        await shown.goto(`${baseUrl}/login`);
        await shown.getByRole("button", { name: /Sign in as Ada/ }).waitFor();
        await look("login");
        await signIn(shown, baseUrl, { tenantId: "acme", role: "admin" });
        await look("shell");
        await shown.goto(`${baseUrl}/admin/extensions`);
        await shown.getByRole("article", { name: "Agreements" }).waitFor();
        await look("admin");
        await shown.goto(`${baseUrl}/extensions/${agreements}/`);
        const frame = await agreementsFrame(shown);
        await frame.getByRole("button", { name: "Managed workplace" }).waitFor();
        await look("list");
        await frame.getByRole("button", { name: "Managed workplace" }).click();
        await frame
          .getByText(/^(Good|Watch|Blocked)/i)
          .first()
          .waitFor();
        await look("detail");
        await view.clearCookies();
        await signIn(shown, baseUrl, { tenantId: "globex", role: "admin" });
        await shown.goto(`${baseUrl}/admin/extensions`);
        await shown.getByRole("button", { name: "Install Agreements" }).click();
        await shown.getByRole("dialog", { name: "Install Agreements" }).waitFor();
        await look("consent");
        await view.close();
      }
    }
    expect(found).toEqual([]);
  });

  test("the whole way to an agreement by keyboard alone", async () => {
    await page.goto(`${baseUrl}/login`);
    await page.getByLabel("Email").focus();
    await page.keyboard.type("ada@acme.test");
    await page.keyboard.press("Tab");
    await page.keyboard.type("demo-password");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /Welcome back/ }).waitFor();
    const tabTo = async (isThere: () => Promise<boolean>): Promise<void> => {
      for (let presses = 0; presses < 40; presses++) {
        if (await isThere()) return;
        await page.keyboard.press("Tab");
      }
      throw new Error("Forty presses of Tab did not reach it.");
    };
    const link = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Agreements" });
    await tabTo(() => link.evaluate((element) => element === document.activeElement));
    await page.keyboard.press("Enter");
    const frame = await agreementsFrame(page);
    const row = frame.getByRole("button", { name: "Managed workplace" });
    await row.waitFor();
    await tabTo(() => row.evaluate((element) => element === document.activeElement));
    await page.keyboard.press("Enter");
    await frame.getByRole("heading", { level: 1, name: "Managed workplace" }).waitFor();
  });
});
