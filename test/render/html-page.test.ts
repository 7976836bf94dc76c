import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { renderHtmlPlan } from "../../src/render/html-plan.ts";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { HOSTILE_PARTS, hostilePlan } from "./hostile-plan.ts";
import { EVERYTHING, FOURTEEN } from "./whole-plans.ts";

const executable = findChromium();
const folder = mkdtempSync(join(tmpdir(), "paraform-page-"));
let browser: Browser;

describe.skipIf(executable === undefined)("the page in a real browser", () => {
  beforeAll(async () => {
    browser = await launchChromium(executable ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a plan's page; `trouble` fills with what a page must never do. */
  async function open(document: Plan, options: BrowserContextOptions = {}) {
    const file = join(folder, `${crypto.randomUUID()}.html`);
    writeFileSync(file, renderHtmlPlan(document));
    const url = pathToFileURL(file).href;
    const page = await (await browser.newContext(options)).newPage();
    const trouble: string[] = [];
    page.on("console", (message) => trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("dialog", (dialog) => {
      trouble.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== url) trouble.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    return { page, trouble };
  }

  const shown = (page: Page) => page.locator("[data-entry]:visible").count();

  test("reads whole without a script: nothing is missing, no dead control is seen", async () => {
    const { page, trouble } = await open(EVERYTHING, { javaScriptEnabled: false });
    expect(await page.locator("h1").textContent()).toBe("Plan for environment prod");
    expect(await shown(page)).toBe(9);
    expect(await page.locator("form").isVisible()).toBe(false);
    await page.locator("summary", { hasText: "/app/data-changer/config" }).click();
    expect(await page.getByText("log: debug").isVisible()).toBe(true);
    expect(trouble).toEqual([]);
  });

  test("search and filter narrow what is shown, and say how much", async () => {
    const { page, trouble } = await open(EVERYTHING);
    const status = page.locator("output");
    expect(await status.textContent()).toBe("9 of 9 shown");
    await page.getByLabel("Search").fill("mysql url");
    expect([await shown(page), await status.textContent()]).toEqual([1, "1 of 9 shown"]);
    await page.getByLabel("Search").fill("");
    await page.getByLabel("update").uncheck();
    expect(await status.textContent()).toBe("3 of 9 shown");
    await page.getByRole("button", { name: "Close all" }).click();
    expect(await page.locator("details[open]:visible").count()).toBe(0);
    await page.getByRole("button", { name: "Open all" }).click();
    expect(await page.locator("details[open]:visible").count()).toBe(3);
    expect(trouble).toEqual([]);
  });

  test("a search finds the folded followers of a cause too", async () => {
    const { page } = await open(FOURTEEN);
    await page.getByLabel("Search").fill("service-9/");
    expect(await shown(page)).toBe(1);
  });

  test("the keyboard does all: skip, search, clear, open", async () => {
    const { page, trouble } = await open(EVERYTHING);
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate("document.activeElement.textContent");
    expect(await focused()).toBe("Skip to the plan");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await page.keyboard.press("/");
    await page.keyboard.type("token");
    expect(await shown(page)).toBe(1);
    await page.keyboard.press("Escape");
    expect(await shown(page)).toBe(9);
    await page.locator("#changes summary").first().focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("#changes details[open]").count()).toBe(1);
    expect(trouble).toEqual([]);
  });

  test.each(["light", "dark"] as const)(
    "every text has the contrast of WCAG AA in %s",
    async (colorScheme) => {
      const { page } = await open(EVERYTHING, { colorScheme });
      await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
      const measured = (await page.evaluate(CONTRASTS)) as { text: string; ratio: number }[];
      expect(measured.length).toBeGreaterThan(60);
      expect(measured.filter(({ ratio }) => !(ratio >= 4.5))).toEqual([]);
      const back = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(back).toBe(colorScheme === "dark" ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
    },
  );

  test("headings, landmarks, names and ids are in order", async () => {
    const { page } = await open(EVERYTHING);
    const levels = await page
      .locator("h1,h2,h3,h4")
      .evaluateAll((all) => all.map((each) => Number(each.tagName[1])));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.every((level, index) => index === 0 || level <= (levels[index - 1] ?? 0) + 1)).toBe(true);
    for (const role of ["banner", "main", "contentinfo", "navigation", "search"] as const) {
      expect(await page.getByRole(role).count(), role).toBe(1);
    }
    const unnamed =
      await page.evaluate(`[...document.querySelectorAll("button,input,a,summary,[role=region],[role=img],fieldset")]
      .filter((each) => !((each.labels && each.labels.length) || each.ariaLabel || each.textContent.trim())).length`);
    expect(unnamed).toBe(0);
    const ids = await page.locator("[id]").evaluateAll((all) => all.map((each) => each.id));
    expect(new Set(ids).size).toBe(ids.length);
    const targets = await page
      .locator('a[href^="#"]')
      .evaluateAll((all) => all.map((each) => each.getAttribute("href")));
    expect(targets.filter((target) => !ids.includes((target ?? "").slice(1)))).toEqual([]);
    expect(await page.evaluate("document.documentElement.lang")).toBe("en");
  });

  test("the picture marks what changes with more than a colour", async () => {
    const { page } = await open(FOURTEEN);
    expect(await page.locator("svg g.changes").count()).toBe(15);
    expect(await page.locator("svg text").first().textContent()).toMatch(/^~ \//);
    expect(await page.locator("svg path[marker-end]").count()).toBe(14);
  });

  test("a narrow window scrolls nowhere sideways but in the picture", async () => {
    const { page } = await open(EVERYTHING, { viewport: { width: 360, height: 700 } });
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(overflow).toBeLessThanOrEqual(0);
  });

  test("what others wrote runs nothing, fetches nothing and makes no element", async () => {
    const text = HOSTILE_PARTS.join(" ");
    const { page, trouble } = await open(hostilePlan(text, `${text}2`));
    expect(await page.locator("[data-evil],img,iframe,object,a[href*=evil]").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(1);
    expect(trouble).toEqual([]);
  });

  test("even a tag that got through would run nothing: the policy stops it", async () => {
    const file = join(folder, "forged.html");
    writeFileSync(
      file,
      renderHtmlPlan(FOURTEEN).replace(
        "</main>",
        '<script>document.title="evil"</script><img src="https://evil.example/x.png" onerror="document.title=\'evil\'"></main>',
      ),
    );
    const page = await browser.newPage();
    const stopped: string[] = [];
    page.on("console", (message) => stopped.push(message.text()));
    await page.goto(pathToFileURL(file).href);
    expect(await page.title()).not.toBe("evil");
    expect(stopped.filter((text) => /Content Security Policy/.test(text)).length).toBeGreaterThanOrEqual(2);
  });
});

/** In the page: each text with its contrast to what lies behind it, by WCAG's formula. */
const CONTRASTS = `(() => {
  const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    const box = element.parentElement?.querySelector?.(":scope > rect");
    if (element.tagName === "text" && box) return parse(getComputedStyle(box).fill);
    for (let at = element; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ""))
    .filter((element) => !["SCRIPT", "STYLE", "title", "desc"].includes(element.tagName))
    .map((element) => {
      const style = getComputedStyle(element);
      const front = light(parse(element.tagName === "text" ? style.fill : style.color));
      const back = light(behind(element));
      return { text: element.textContent.trim().slice(0, 40), ratio: (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05) };
    });
})()`;
