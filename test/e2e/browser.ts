import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Browser, type BrowserContext, type FrameLocator, type Page } from "playwright-core";
import { CHROMIUM_ARGS, ensureChromium } from "../../scripts/chromium.ts";
import { DEMO_USERS } from "../../examples/host/src/demo-users.ts";

/** Where screenshots go: `ALGA_SCREENSHOTS`, else a folder below the temp directory. */
export const SCREENSHOTS: string = process.env["ALGA_SCREENSHOTS"] ?? join(tmpdir(), "alga-screenshots");

/** Start a headless Chromium. */
export async function launch(): Promise<Browser> {
  await mkdir(SCREENSHOTS, { recursive: true });
  return chromium.launch({ executablePath: ensureChromium(), args: [...CHROMIUM_ARGS] });
}

/** What one page complained about: uncaught errors, console errors, refused requests. */
export interface Watched {
  readonly page: Page;
  readonly complaints: string[];
}

/** A page whose errors are collected, so that a test can assert that there were none. */
export async function openPage(context: BrowserContext): Promise<Watched> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 40[134]/.test(message.text()))
      complaints.push(`console: ${message.text()}`);
  });
  return { page, complaints };
}

/** Log in through the form. */
export async function signIn(
  page: Page,
  baseUrl: string,
  who: { tenantId: string; role: "admin" | "member" },
): Promise<void> {
  const user = DEMO_USERS.find((one) => one.tenantId === who.tenantId && one.role === who.role)!;
  await page.goto(`${baseUrl}/login`);
  await page.getByLabel("Email").fill(user.email);
  await page.getByLabel("Password", { exact: true }).fill(user.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: /Welcome back/ }).waitFor();
}

/** The extension's frame once its page is there. */
export async function agreementsFrame(page: Page): Promise<FrameLocator> {
  const frame = page.frameLocator('iframe[title="Agreements"]');
  await frame.getByRole("heading", { level: 1 }).waitFor();
  return frame;
}

/** Serious and critical findings of axe over the page and its frames. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Next sets the title of a page that it went to by itself a moment after the page is there; one without stays without.
  await page.waitForFunction(() => document.title !== "");
  // A colour half-way through its transition has a contrast that nobody gets to see.
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const running = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(running.map((one) => one.finished));
  });
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] });
  // What frames say is put together in a page of its own, which takes longer than to look; without frames there is none.
  const hasFrames = page.frames().length > 1;
  const { violations } = await axe.setLegacyMode(!hasFrames).analyze();
  return violations.map(
    (one) => `${one.id} (${one.impact}): ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`,
  );
}

/** How far the page can be scrolled sideways, in CSS pixels; the frame's document counts too. */
export async function sidewaysScroll(page: Page): Promise<number[]> {
  return Promise.all(
    page
      .frames()
      .map((frame) =>
        frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      ),
  );
}
