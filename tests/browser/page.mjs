// Looks at pages in a real browser: what they load, what they say, how they are used. Takes a file with a list
// of pages, each with a name, a file, and texts that have to be seen; prints a JSON object of failures by page.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(resolve(process.env.RAFT_LINT_MODULES, "here.js"));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** Of a big page, so many obligations are walked along. */
const MOST = 8;
const WIDTHS = [360, 900, 1600];

const pages = JSON.parse(readFileSync(process.argv[2], "utf8"));
const browser = await chromium.launch({
  executablePath: process.env.RAFT_LINT_CHROMIUM,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});

/** A page in a context of its own; whatever goes wrong in it is a failure. */
async function opened(page, fail, { hash = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });
  const tab = await context.newPage();
  const address = pathToFileURL(page.file).href;
  await tab.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
    });
  });
  tab.on("console", (message) => fail(`console: ${message.type()}: ${message.text()}`));
  tab.on("pageerror", (error) => fail(`error: ${error.message}`));
  tab.on("dialog", (dialog) => {
    fail(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  tab.on("request", (request) => {
    const url = request.url();
    if (url.split("#")[0] !== address && !url.startsWith("data:")) fail(`loads ${url}`);
  });
  await tab.goto(address + hash, { waitUntil: "load" });
  return {
    tab,
    async close() {
      if (options.javaScriptEnabled !== false) {
        for (const violation of await tab.evaluate(() => window.violations)) fail(`policy: ${violation}`);
      }
      await context.close();
    },
  };
}

/** Nothing in it acts, loads or hides; names are there once, and links lead somewhere. */
async function documentIsClosed(page, fail) {
  const { tab, close } = await opened(page, fail);
  const found = await tab.evaluate((scripts) => {
    const wrong = [];
    const known = new Set([
      "html", "head", "body", "meta", "title", "link", "style", "script", "a", "header", "section", "form", "nav", "main", "div", "p",
      "span", "h1", "h2", "h3", "h4", "h5", "h6", "button", "kbd", "dl", "dt", "dd", "label", "input", "select", "option", "fieldset",
      "legend", "output", "ul", "ol", "li", "b", "small", "code", "pre", "mark", "details", "summary", "table", "caption", "thead",
      "tbody", "tfoot", "tr", "th", "td", "article", "em", "strong", "blockquote", "hr", "br", "wbr", "svg", "rect", "text", "path",
      "desc", "figure", "figcaption", "footer",
    ]);
    const ids = new Set();
    for (const element of document.querySelectorAll("*")) {
      const name = element.localName;
      if (!known.has(name)) wrong.push(`an element <${name}>`);
      if (element.id && ids.has(element.id)) wrong.push(`the id ${element.id} is there twice`);
      ids.add(element.id);
      for (const { name: attribute, value } of element.attributes) {
        if (/^on|^style$|^srcdoc$|^formaction$/i.test(attribute) && !(element === document.documentElement)) wrong.push(`${name} has ${attribute}`);
        if (/^(src|href|action|xlink:href)$/i.test(attribute)) {
          const inside = value.startsWith("#") || (name === "link" && value === "data:,");
          const outside = /^https?:/.test(value) && element.closest(".rule-page, .caveats");
          if (!inside && !outside) wrong.push(`${name} leads to ${value}`);
        }
      }
    }
    if (document.querySelectorAll("script").length !== scripts) wrong.push(`there are not ${scripts} scripts`);
    if (document.querySelectorAll("style").length !== 1) wrong.push("there is not one style");
    for (const link of document.querySelectorAll("a[href^='#']")) {
      if (!document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)))) wrong.push(`${link.getAttribute("href")} leads nowhere`);
    }
    // eslint-disable-next-line no-control-regex
    const hidden = document.body.textContent.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/);
    if (hidden) wrong.push(`a character that is not seen: ${hidden[0].codePointAt(0).toString(16)}`);
    if (typeof window.owned !== "undefined") wrong.push("a script of the input has run");
    return wrong;
  }, page.kind === "document" ? 0 : 1);
  found.slice(0, 20).forEach(fail);
  const text = await tab.evaluate(() => document.body.textContent);
  for (const wanted of page.texts ?? []) if (!text.includes(wanted)) fail(`lacks ${JSON.stringify(wanted)}`);
  const policy = await tab.getAttribute("meta[http-equiv]", "content");
  if (!policy.startsWith("default-src 'none'; style-src 'sha256-")) fail(`the policy is ${policy}`);
  await close();
}

/** The obligations that are looked at: all that are violated, and the first of the others. */
const sample = (tab) => tab.evaluate((most) => {
  const all = Array.from(document.querySelectorAll(".obligation"));
  const order = [...all.filter((o) => o.dataset.status === "violated"), ...all.filter((o) => o.dataset.status !== "violated")];
  return order.slice(0, most).map((o) => ({
    id: o.querySelector(".body").id,
    status: o.dataset.status,
    rule: o.dataset.rule,
    steps: Array.from(o.querySelectorAll(".step")).map((step) => step.getAttribute("href").slice(1)),
  }));
}, MOST);

/** The line that is marked as the step's, if it is in sight. */
const current = (tab) => tab.evaluate(() => {
  const line = document.querySelector(".line.current");
  if (!line) return "none";
  const box = line.getBoundingClientRect();
  const inSight = box.top >= 0 && box.bottom <= innerHeight && box.height > 0;
  return inSight ? line.id : `${line.id}, out of sight at ${box.top}`;
});

/** Each step is reached by a click and by the keyboard, in whichever file it is. */
async function isWalked(page, fail) {
  const { tab, close } = await opened(page, fail);
  for (const { id, steps } of await sample(tab)) {
    if (!steps.length) fail(`${id} has no steps`);
    await tab.evaluate((hash) => { location.hash = hash; }, id);
    await tab.waitForFunction((of) => document.getElementById(of).closest("details").classList.contains("chosen"), id);
    for (const [index, line] of steps.entries()) {
      await tab.locator(`[id="${id}"] .step`).nth(index).click();
      const at = await current(tab);
      if (at !== line) fail(`a click on step ${index + 1} of ${id} leads to ${at}`);
    }
    await tab.keyboard.press("Escape");
    if (await current(tab) !== "none") fail("Escape does not end the walk");
    for (const [index, line] of steps.entries()) {
      await tab.keyboard.press("n");
      const at = await current(tab);
      if (at !== line) fail(`n leads to ${at} instead of step ${index + 1} of ${id}`);
      const told = await tab.textContent("#walk-text");
      if (!told.startsWith(`Step ${index + 1} of ${steps.length}: `)) fail(`step ${index + 1} is told as ${told}`);
    }
    for (const line of steps.slice(0, -1).reverse()) {
      await tab.keyboard.press("p");
      const at = await current(tab);
      if (at !== line) fail(`p leads to ${at} instead of ${line}`);
    }
    await tab.keyboard.press("Escape");
  }
  if (page.crossing) {
    const files = await tab.evaluate(() => {
      const paths = Array.from(document.querySelectorAll(".obligation.violated .steps"));
      const file = (step) => step.getAttribute("href").split("-").at(-2);
      return Math.max(...paths.map((path) => new Set(Array.from(path.querySelectorAll(".step"), file)).size));
    });
    if (files < 2) fail("every path stays in one file");
  }
  const first = await tab.evaluate(() => document.querySelector(".obligation .body")?.id);
  if (first) {
    await tab.evaluate(() => { history.replaceState(null, "", "#"); });
    await tab.reload();
    await tab.keyboard.press("j");
    const chosen = await tab.evaluate(() => document.querySelector(".chosen")?.querySelector(".body").id);
    if (chosen !== first) fail(`j chooses ${chosen} and not ${first}`);
    const before = await tab.evaluate(() => document.querySelector(".chosen").open);
    await tab.keyboard.press("Enter");
    const after = await tab.evaluate(() => document.querySelector(".chosen").open);
    if (before === after) fail("Enter does not fold");
  }
  await close();
}

/** What is shown, what is said, and what is in the address. */
const state = (tab) => tab.evaluate(() => {
  const all = Array.from(document.querySelectorAll(".obligation"));
  const shown = all.filter((o) => o.checkVisibility());
  return {
    all: all.length,
    shown: shown.map((o) => o.querySelector(".body").id),
    rules: [...new Set(shown.map((o) => o.dataset.rule))],
    statuses: [...new Set(shown.map((o) => o.dataset.status))],
    told: document.querySelector("#shown").textContent,
    hash: location.hash,
  };
});

async function isFiltered(page, fail) {
  const { tab, close } = await opened(page, fail);
  const whole = await state(tab);
  if (!whole.all) return close();
  const expect = (now, what) => {
    const left = now.all - now.shown.length;
    const told = left ? `${now.shown.length} of ${now.all} obligations shown, ${left} hidden by filters` : `${now.all} obligations shown`;
    if (now.told !== told) fail(`${what}: says ${now.told}, and it is ${told}`);
  };
  expect(whole, "unfiltered");
  const values = (name) => tab.evaluate((n) => Array.from(document.querySelector(`[name=${n}]`).options).map((o) => o.value).filter(Boolean), name);
  for (const rule of (await values("rule")).slice(0, MOST)) {
    await tab.selectOption("[name=rule]", rule);
    const now = await state(tab);
    expect(now, rule);
    if (now.rules.some((shown) => shown !== rule)) fail(`the filter ${rule} shows ${now.rules}`);
    if (!now.hash.includes(`rule=${rule}`)) fail(`the address ${now.hash} lacks the rule ${rule}`);
    const again = await opened(page, fail, { hash: now.hash });
    const same = await state(again.tab);
    if (String(same.shown) !== String(now.shown)) fail(`the address ${now.hash} shows ${same.shown.length} obligations`);
    await again.close();
    if (now.shown.length && now.shown.length < now.all) break;
  }
  await tab.click("button[type=reset]");
  await tab.waitForTimeout(20);
  if ((await state(tab)).shown.length !== whole.all) fail("`Show all` does not show all");
  for (const file of (await values("file")).slice(0, 3)) {
    await tab.selectOption("[name=file]", file);
    const now = await state(tab);
    expect(now, `file ${file}`);
    const wrong = await tab.evaluate((f) => Array.from(document.querySelectorAll(".obligation")).filter((o) => o.checkVisibility() !== o.dataset.files.split(" ").includes(f)).length, file);
    if (wrong) fail(`the filter of a file is wrong about ${wrong} obligations`);
  }
  await tab.click("button[type=reset]");
  for (const status of whole.statuses) {
    await tab.uncheck(`[name=status][value=${status}]`);
    const now = await state(tab);
    expect(now, `without ${status}`);
    if (now.statuses.includes(status)) fail(`${status} is shown although it is not wished for`);
    await tab.check(`[name=status][value=${status}]`);
  }
  await tab.keyboard.press("/");
  await tab.keyboard.type("no obligation has these words");
  const none = await state(tab);
  expect(none, "a text that is nowhere");
  if (none.shown.length) fail("a text that is nowhere is found");
  await tab.emulateMedia({ media: "print" });
  if (!await tab.isVisible("#shown")) fail("what is printed does not say that filters hide something");
  await tab.emulateMedia({ media: "screen" });
  const to = whole.shown[0];
  await tab.evaluate((id) => { location.hash = id; }, to);
  await tab.waitForFunction((id) => document.getElementById(id).checkVisibility(), to);
  if (!(await tab.textContent("#said")).includes("Filters were taken off")) fail("filters go away in silence");
  await close();
  await staysFiltered(page, fail);
}

/** The address keeps the filters wherever a link leads, and says what it asks for in vain. */
async function staysFiltered(page, fail) {
  const { tab, close } = await opened(page, fail);
  const rule = await tab.evaluate(() => document.querySelector(".obligation").dataset.rule);
  await tab.selectOption("[name=rule]", rule);
  const before = await state(tab);
  const section = await tab.evaluate(() => Array.from(document.querySelectorAll(".handler")).find((s) => !s.hidden).id);
  await tab.locator(`.contents [href="#${section}"]`).click();
  await tab.waitForFunction((id) => location.hash.includes(id), section);
  await tab.reload();
  const again = await state(tab);
  if (String(again.shown) !== String(before.shown)) fail(`${again.hash} has lost the filters`);
  await close();
  for (const vain of ["#rule=no-such-rule", "#file=no/such.rs", "#status=no-such", "#o-0"]) {
    const old = await opened(page, fail, { hash: vain });
    const said = await old.tab.textContent("#said");
    if (!/on this page|of this page/.test(said)) fail(`${vain} is passed over: ${said}`);
    await old.close();
  }
}

async function hasDeepLinks(page, fail) {
  const first = await opened(page, fail);
  const some = (await sample(first.tab)).slice(0, 3);
  await first.close();
  for (const { id } of some) {
    const { tab, close } = await opened(page, fail, { hash: `#${id}` });
    const seen = await tab.evaluate((at) => {
      const details = document.getElementById(at).closest("details");
      const box = details.getBoundingClientRect();
      return { open: details.open, inSight: box.top >= 0 && box.top < innerHeight, focused: details.contains(document.activeElement) };
    }, id);
    if (!seen.open || !seen.inSight || !seen.focused) fail(`#${id} leads to ${JSON.stringify(seen)}`);
    await close();
  }
  const { tab, close } = await opened(page, fail);
  const link = tab.locator("main a[href^='#o-']").first();
  if (await link.count()) {
    await link.click();
    await tab.waitForFunction(() => location.hash.startsWith("#o-"));
    await tab.goBack();
    if (!tab.url().startsWith("file:") || tab.url().includes("#o-")) fail(`the way back leads to ${tab.url()}`);
  }
  await close();
}

/** The rule's page, help, themes. */
async function hasPanels(page, fail) {
  const { tab, close } = await opened(page, fail);
  const [one] = await sample(tab);
  if (one) {
    await tab.evaluate((hash) => { location.hash = hash; }, one.id);
    await tab.waitForSelector(".chosen");
    await tab.keyboard.press("r");
    const open = await tab.evaluate(() => document.querySelector(".rule-page.open")?.id);
    if (open !== `rule-${one.rule}`) fail(`r opens ${open}`);
    const beside = await tab.evaluate(() => document.querySelector(".chosen > summary").getBoundingClientRect());
    if (beside.bottom <= 0 || beside.top >= 900) fail(`with the rule beside it the obligation is at ${beside.top}`);
    await tab.keyboard.press("Escape");
    const back = await tab.evaluate(() => !document.querySelector(".rule-page.open") && document.querySelector(".chosen").contains(document.activeElement));
    if (!back) fail("Escape does not lead back from the rule");
    await tab.locator(`[id="${one.id}"] .to-rule`).click();
    if (!await tab.isVisible(`[id="rule-${one.rule}"].open [data-close]`)) fail("a click does not open the rule");
    await tab.click(`[id="rule-${one.rule}"] [data-close]`);
  }
  await tab.keyboard.press("?");
  if (!await tab.isVisible("#help")) fail("? does not help");
  await tab.keyboard.press("Escape");
  if (await tab.isVisible("#help")) fail("Escape does not close the help");
  const colour = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await colour();
  await tab.keyboard.press("t");
  const dark = await colour();
  await tab.click("#theme");
  if (light === dark || await colour() !== light) fail("themes do not change");
  await close();
  const night = await opened(page, fail, { colorScheme: "dark" });
  const wished = await night.tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  if (wished !== dark) fail("the system's wish for dark is not followed");
  await night.close();
}

/** No page scrolls to the side; code does so in its box. */
async function fits(page, fail) {
  const { tab, close } = await opened(page, fail);
  for (const width of WIDTHS) {
    await tab.setViewportSize({ width, height: 800 });
    await tab.evaluate(unfold);
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) {
      const culprit = await tab.evaluate((w) => {
        const inBox = (e) => e.closest(".code, .scroll, pre, .table");
        const out = Array.from(document.querySelectorAll("body *")).find((e) => e.getBoundingClientRect().right > w + 1 && !inBox(e));
        return out ? out.outerHTML.slice(0, 120) : "?";
      }, width);
      fail(`at ${width} it is ${wide} wide: ${culprit}`);
    }
  }
  await close();
}

function unfold() {
  for (const details of document.querySelectorAll("details")) details.open = true;
  document.documentElement.classList.add("whole");
}

async function isAccessible(page, fail) {
  for (const colorScheme of ["light", "dark"]) {
    const { tab, close } = await opened(page, fail, { colorScheme });
    await tab.evaluate(unfold);
    await tab.evaluate(() => {
      for (const section of document.querySelectorAll(".handler")) section.style.contentVisibility = "visible";
    });
    await tab.evaluate(AXE);
    const found = await tab.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
      return violations.map((v) => `${v.impact}: ${v.id}: ${v.help}: ${v.nodes.length}, first ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].any[0]?.message ?? ""}`);
    });
    found.forEach((violation) => fail(`${colorScheme}: ${violation}`));
    await close();
  }
}

/** Without a script everything can be read, and links lead into what is folded. */
async function needsNoScript(page, fail) {
  const first = await opened(page, fail);
  const some = await sample(first.tab);
  await first.close();
  const { tab, close } = await opened(page, fail, { javaScriptEnabled: false, hash: some[0] ? `#${some[0].id}` : "" });
  if (await tab.isVisible(".filters")) fail("filters are shown that do nothing");
  if (!await tab.isVisible("main h2")) fail("there is no content");
  if (some[0] && !await tab.isVisible(`[id="${some[0].id}"]`)) fail("a link to an obligation does not unfold it");
  for (const { id, steps } of some.slice(0, 3)) {
    const item = tab.locator(".obligation", { has: tab.locator(`[id="${id}"]`) });
    if (!await tab.isVisible(`[id="${id}"]`)) await item.locator("summary").first().click();
    for (const line of steps) if (!await tab.locator(`[id="${line}"]`).count()) fail(`${line} is not there`);
    if (!await tab.isVisible(`[id="${id}"] .step`)) fail(`${id} does not unfold`);
  }
  await close();
}

/** On paper everything is open, and there is nothing to press. */
async function prints(page, fail) {
  const { tab, close } = await opened(page, fail);
  await tab.emulateMedia({ media: "print" });
  const wrong = await tab.evaluate(() => {
    const seen = (element) => element.getBoundingClientRect().height > 0;
    const folded = Array.from(document.querySelectorAll("details > :not(summary)")).filter((element) => !seen(element));
    const pressed = Array.from(document.querySelectorAll("button, input, select")).filter(seen);
    const cut = Array.from(document.querySelectorAll(".code, .obligations, .scroll")).filter((e) => e.scrollHeight > e.clientHeight + 2);
    return [
      ...folded.slice(0, 5).map((e) => `folded: ${e.outerHTML.slice(0, 100)}`),
      ...pressed.slice(0, 5).map((e) => `to press: ${e.outerHTML.slice(0, 100)}`),
      ...cut.slice(0, 5).map((e) => `cut: ${e.className}`),
    ];
  });
  wrong.forEach(fail);
  await close();
}

const QUICK = [documentIsClosed];
// What does not depend on the texts is not tried again on a page that is long.
const LONG = [documentIsClosed, isWalked, isFiltered, hasDeepLinks, fits, prints];
// A page without a script.
const DOCUMENT = [documentIsClosed, fits, isAccessible];
const ALL = [
  documentIsClosed, isWalked, isFiltered, hasDeepLinks, hasPanels, fits, isAccessible, needsNoScript, prints,
];
const results = {};
for (const page of pages) {
  const failures = [];
  const times = [];
  const fail = (text) => failures.push(text);
  try {
    for (const check of { quick: QUICK, long: LONG, document: DOCUMENT }[page.kind] ?? ALL) {
      const began = Date.now();
      await check(page, (text) => fail(`${check.name}: ${text}`));
      times.push(`${check.name} ${Date.now() - began}`);
    }
  } catch (error) {
    fail(`${error}`);
  }
  results[page.name] = failures;
  if (process.env.RAFT_LINT_TIMES) console.error(page.name, times.join(", "));
}
await browser.close();
console.log(JSON.stringify(results));
