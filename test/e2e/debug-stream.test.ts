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

const { baseUrl, agreements } = inject("deployment");
const STREAM = `/api/ext-debug/stream?extensionId=${agreements}`;

let acme: SessionFetch;
let globex: SessionFetch;

beforeAll(async () => {
  acme = await login(baseUrl, { tenantId: "acme", role: "admin" });
  globex = await login(baseUrl, { tenantId: "globex", role: "admin" });
});

/** A call that the extension logs; resolves with its request id. */
async function create(title: string): Promise<string> {
  const json = { title, customer: "Live", startDate: "2026-01-01", endDate: "2026-12-31" };
  const answer = await acme(`/api/ext/${agreements}/agreements`, { method: "POST", json });
  expect(answer.status).toBe(201);
  return answer.headers.get("x-request-id")!;
}

interface Told {
  readonly id: string;
  readonly stream: string;
  readonly requestId: string;
  readonly message: string;
  readonly call?: {
    readonly httpStatus: number;
    readonly usage: { readonly capabilities: readonly object[] };
  };
}

/** Events of a stream until `isLast`, and the end of the connection. */
async function follow(
  session: SessionFetch,
  options: { readonly lastId?: string; readonly isLast: (told: Told) => boolean; readonly then?: () => void },
): Promise<readonly Told[]> {
  const controller = new AbortController();
  const headers = options.lastId === undefined ? {} : { "last-event-id": options.lastId };
  const response = await session(STREAM, { headers, signal: controller.signal });
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const told: Told[] = [];
  let rest = "";
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    if (rest === "" && told.length === 0) options.then?.();
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined && !block.includes("event: ")) told.push(JSON.parse(data) as Told);
    }
    if (told.some(options.isLast)) break;
  }
  controller.abort();
  return told;
}

describe("over HTTP", () => {
  test("a call's lines and its end come live, are resumed without loss or repeat, and are the tenant's own", async () => {
    const first = await create("One");
    const isFirst = ({ requestId, stream }: Told) => requestId === first && stream === "call";
    const before = await follow(acme, { isLast: isFirst });
    const ours = before.filter(({ requestId }) => requestId === first);
    expect(ours.map(({ stream }) => stream)).toEqual(["log", "call"]);
    expect(ours[0]!.message).toMatch(/^Created agreement /);
    expect(ours[1]!.call).toMatchObject({
      httpStatus: 201,
      usage: {
        capabilities: expect.arrayContaining([
          expect.objectContaining({ target: "alga:extension/storage#put", calls: 1 }),
        ]) as object[],
      },
    });

    // The connection was lost after the log line; meanwhile there was another call.
    const second = await create("Two");
    const isSecond = ({ requestId, stream }: Told) => requestId === second && stream === "call";
    const after = await follow(acme, { lastId: ours[0]!.id, isLast: isSecond });
    expect(after[0]).toEqual(ours[1]);
    expect(after.filter(({ requestId }) => requestId === second).map(({ stream }) => stream)).toEqual([
      "log",
      "call",
    ]);
    expect(new Set([...before, ...after].map(({ id }) => id)).size).toBe(before.length + after.length - 1);

    const theirs = await globex(STREAM, { method: "POST", json: {} });
    const { events } = (await theirs.json()) as { events: (Told & { tenantId: string })[] };
    expect(events.filter(({ tenantId }) => tenantId !== "globex")).toEqual([]);
    expect(events.map(({ requestId }) => requestId)).not.toContain(first);
    expect((await globex(`${STREAM}&tenantId=acme`)).status).toBe(403);
    expect((await fetch(baseUrl + STREAM)).status).toBe(401);
    expect((await acme("/api/ext-debug/stream")).status).toBe(400);
  });
});

describe("the live log of the reference host", () => {
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
    context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    ({ page, complaints } = await openPage(context));
    await signIn(page, baseUrl, { tenantId: "acme", role: "admin" });
    await page.goto(`${baseUrl}/admin/extensions/${agreements}/live`);
    await page.getByRole("status").getByText("Live", { exact: true }).waitFor();
  });
  afterEach(async () => {
    await context.close();
  });
  const log = () => page.getByRole("log", { name: "Live log" });
  const endOf = (requestId: string) =>
    log().getByRole("button", { name: `Open call ${requestId.slice(0, 8)}: POST` });

  test("shows a click in the extension as it happens, and opens the call with all that belongs to it", async () => {
    const other = await context.newPage();
    await other.goto(`${baseUrl}/extensions/${agreements}`);
    const frame = await agreementsFrame(other);
    await frame.getByRole("button", { name: "New agreement" }).click();
    await frame.getByLabel("Title").fill("Seen live");
    await frame.getByLabel("Customer").fill("Live");
    await frame.getByLabel("Value").fill("1");
    await frame.getByLabel("First day").fill("2026-01-01");
    await frame.getByLabel("Last day").fill("2026-12-31");
    await frame.locator("form button[type=submit]").click();
    await frame.getByRole("heading", { level: 1, name: "Seen live" }).waitFor();
    const agreement = new URL(other.url()).pathname.split("/").at(-1)!;

    // Filtered to the one line of it; what else names it may have failed on a busy machine.
    await page.getByLabel("Text").fill(`Created agreement ${agreement}`);
    await log().getByText(`Created agreement ${agreement}`).waitFor();
    await page.getByLabel("Level").selectOption("error");
    await log().getByText("No line fits these filters.").waitFor();
    await page.getByLabel("Level").selectOption("");

    await log()
      .getByRole("button", { name: /Created agreement/ })
      .click();
    const call = page.getByRole("dialog", { name: "POST /agreements" });
    await call.getByText("Answered 201").waitFor();
    await call
      .getByRole("list", { name: "Log lines" })
      .getByText(/Created agreement/)
      .waitFor();
    await call.getByRole("table", { name: "Capability use" }).getByText("storage.put").waitFor();
    await call.getByText(/^Calls, of which this call 1/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, "live-call.png") });
    expect(complaints).toEqual([]);
  });

  test("pauses, goes on and opens calls by keyboard, and fits small and dark screens", async () => {
    await endOf(await create("Before")).waitFor();
    await page.getByRole("button", { name: "Pause" }).focus();
    await page.keyboard.press("Enter");
    const lines = await log().getByRole("button").count();
    const meanwhile = await create("Meanwhile");
    await page.getByRole("button", { name: "Resume, 2 new" }).waitFor();
    expect(await log().getByRole("button").count()).toBe(lines);
    await page.keyboard.press("Enter");
    await endOf(meanwhile).waitFor();
    expect(await log().getByRole("button").count()).toBe(lines + 2);

    // Into the log by Tab, from call to call by arrows, open and back.
    await page.getByLabel("Request id").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowUp");
    const line = await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
    expect(line).toMatch(/Created agreement/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "POST /agreements" }).getByText("Answered 201").waitFor();
    await page.keyboard.press("Escape");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
      .toBe(line);
    expect(complaints).toEqual([]);

    // Small and dark, then wide and light.
    for (const [width, colorScheme] of [
      [400, "dark"],
      [1280, "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 860 });
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page)).toEqual([]);
      expect(Math.max(...(await sidewaysScroll(page)))).toBe(0);
      await page.screenshot({ path: join(SCREENSHOTS, `live-log-${width}.png`) });
    }
  });
});
