// The pages in a real browser: no error, nothing asked of another machine, readable by everybody (axe-core).
// node pages.mjs AMPARO QUICKSTART_DIR SCREENSHOT_DIR
import assert from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.NODE_PREFIX, "package.json"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [amparo, quickstart, screenshots] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });

// A name that nobody has is asked of no network: where names are looked up slowly, a page would wait for it.
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP *.invalid ~NOTFOUND"];
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

const server = spawn(amparo, ["serve", "--listen", "127.0.0.1:0", "--registry", join(quickstart, "registry"), "--log",
  `sqlite:${join(quickstart, "browser.sqlite")}`, "--default-model", "vpr@challenger"], { stdio: ["ignore", "pipe", "ignore"] });
process.on("exit", () => server.kill());
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, headless: true, args: FLAGS });
try {
  const [line] = await once(createInterface(server.stdout), "line", { signal: AbortSignal.timeout(20_000) });
  const origin = line.match(/http:\/\/127\.0\.0\.1:\d+/)[0];
  const report = (name) => pathToFileURL(join(quickstart, "report", name)).href;
  await controls(origin);
  await visit("docs", `${origin}/docs/`, origin, { ready: ".opblock", accessible: false });
  for (const [name, file] of [["report.en", "report.html"], ["report.es", "report.es.html"], ["lethality.en", "lethality.html"]]) {
    await visit(name, report(file), origin, { unfold: true });
    await print(name, report(file));
  }
} finally {
  await browser.close();
  server.kill("SIGTERM");
}
const [code] = server.exitCode === null ? await once(server, "exit") : [server.exitCode];
assert.equal(code, 0, "amparo serve did not stop cleanly");

/** Opens a page and gives all that is wrong with it. */
async function problems(page, open, origin) {
  const found = [];
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const local = /^(file|data|blob):/.test(request.url()) || request.url().startsWith(`${origin}/`);
    if (local) return request.continue();
    found.push(`asks another machine: ${request.url()}`);
    return request.abort();
  });
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && found.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => found.push(`script: ${error.message}`));
  page.on("response", (reply) => reply.status() >= 400 && found.push(`${reply.status()}: ${reply.url()}`));
  page.on("requestfailed", (request) => found.push(`failed: ${request.url()}`));
  await open(page);
  return found;
}

/** What a person who cannot see, or not well, would stumble over. */
async function barriers(page) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run());
  assert(passes.length > 0, "axe-core checked nothing");
  return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target} (${v.help})`));
}

async function visit(name, url, origin, { ready = "body", accessible = true, unfold = false } = {}) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const page = await browser.newPage();
    await page.setViewport(viewport);
    const found = await problems(page, async () => {
      await page.goto(url, { waitUntil: "networkidle0" });
      await page.waitForSelector(ready, { timeout: 10_000 });
    }, origin);
    if (unfold) {
      // What is folded is not checked: the page is looked at as a reader who opens everything sees it.
      const folds = await page.evaluate(() => [...document.querySelectorAll("details")].map((fold) => (fold.open = true)).length);
      assert(folds > 0, `${name} has no folds`);
    }
    if (accessible) {
      found.push(...await barriers(page));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) found.push(`the page is ${wide} px wider than the screen`);
    }
    await page.screenshot({ path: join(screenshots, `${name}.${size}.png`), fullPage: true });
    await page.close();
    assert.deepEqual(found, [], `${name}, ${size}`);
    console.log(`  ${name}, ${size}: nothing wrong`);
  }
}

/** On paper nothing is cut off at the right, and what is folded on the screen is there. */
async function print(name, url) {
  const page = await browser.newPage();
  await page.setViewport({ width: 703, height: 1000 }); // A4 less its margins, at 96 dots an inch
  await page.emulateMediaType("print");
  await page.goto(url, { waitUntil: "networkidle0" });
  const { wide, hidden } = await cutOff(page);
  await page.pdf({ path: join(screenshots, `${name}.pdf`), format: "A4", preferCSSPageSize: true });
  await page.close();
  assert.deepEqual({ wide, hidden }, { wide: [], hidden: 0 }, `${name}, printed`);
  console.log(`  ${name}, printed: nothing cut off`);
}

/** What reaches beyond the right edge, and how many folded tables are not there. */
function cutOff(page) {
  return page.evaluate(() => ({
    wide: [...document.querySelectorAll("table, svg, p, h1, h2, h3")]
      .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .map((element) => element.querySelector("caption")?.textContent ?? element.textContent.slice(0, 60)),
    hidden: [...document.querySelectorAll("details table")].filter((table) => !table.checkVisibility()).length,
  }));
}

/** A page that does everything wrong is found out: the checks can fail. */
async function controls(origin) {
  const page = await browser.newPage();
  const html = `<html><body><img src="http://elsewhere.invalid/x.png"><script>console.error("e"); throw new Error("t")</script>`;
  const found = await problems(page, () => page.setContent(html, { waitUntil: "networkidle0" }), origin);
  for (const sign of ["asks another machine", "console", "script", "failed"]) {
    assert(found.some((problem) => problem.startsWith(sign)), `the check for "${sign}" cannot fail`);
  }
  assert((await barriers(page)).some((b) => b.startsWith("image-alt")), "axe-core cannot fail");
  await page.setContent(`<table style="width: 9000px"><tr><td>wide</td></tr></table><details><table><tr><td>folded</td></tr></table></details>`);
  const { wide, hidden } = await cutOff(page);
  assert(wide.length === 1 && hidden === 1, "the check of the printed page cannot fail");
  await page.close();
}
