// Opens a report from disk as its reader would: node tests/browser/report.mjs REPORT.html [PICTURES_DIR]
//
// Filters, changes the language, opens the large view, uses the keyboard, prints; then a report of ten
// thousand captures made of the same one. Exit code 1 when something is not as it should be; where there
// is no Chromium it says so and tests nothing.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { findBrowser, start } from "./browser.mjs";
import { blow } from "./many.mjs";

const [report, pictures] = process.argv.slice(2);
if (!report) {
  console.error("usage: node tests/browser/report.mjs REPORT.html [PICTURES_DIR]");
  process.exit(64);
}
const executable = findBrowser();
if (!executable) {
  console.log("SKIPPED: no Chromium on the path and none in $CHROMIUM, so the report was not opened");
  process.exit(0);
}
const tally = { passed: 0, failed: 0 };
function expect(what, good, seen = "") {
  tally[good ? "passed" : "failed"]++;
  console.log(`${good ? "ok  " : "FAIL"} ${what}${good ? "" : `: ${JSON.stringify(seen)}`}`);
}
const scratch = mkdtempSync(join(tmpdir(), "photogate-report-"));
if (pictures) mkdirSync(pictures, { recursive: true });
const page = await start(executable);
const js = page.evaluate;
const snap = async (name) => { await page.settle(); if (pictures) await page.screenshot(join(pictures, `${name}.png`)); };
const cards = () => js("[...document.querySelectorAll('.photo')].map((c) => c.className.replace('photo ', ''))");
const shown = () => js("document.getElementById('shown').textContent");
const pick = (id, value) => js(`(() => { const s = document.getElementById(${JSON.stringify(id)}); s.value = ${JSON.stringify(value)}; s.dispatchEvent(new Event('change')); })()`);
const click = (selector) => js(`document.querySelector(${JSON.stringify(selector)}).click()`);

try {
  const text = readFileSync(report, "utf8");
  const block = (id) => JSON.parse(text.split(`<script type="application/json" id="${id}">`)[1].split("</script>")[0]);
  const [rows, about] = [block("index"), block("about")];
  const of = (verdict) => rows.filter((r) => r.verdict === verdict).length;

  await page.size(1400, 1000);
  await page.open(`${pathToFileURL(resolve(report))}#lang=en`);
  await page.settle();
  expect("all captures are shown", (await shown()).startsWith(`${rows.length} of ${rows.length} `), await shown());
  expect("counts stand in the tiles", (await js("[...document.querySelectorAll('.tile strong')].map((n) => n.textContent).join()")) === ["review", "fail", "pass", "error"].map(of).join());
  const order = await cards();
  const first = ["review", "error", "fail", "pass"].find(of);
  expect("what a person must look at stands first", order[0] === first, order);
  expect("thumbnails are drawn", await js("[...document.querySelectorAll('.photo img')].filter((i) => i.getBoundingClientRect().top < innerHeight).every((i) => i.complete && i.naturalWidth > 0)"));
  await snap("desktop");
  await js("window.scrollTo(0, document.querySelector('.toolbar').offsetTop)");
  await snap("gallery");

  for (const verdict of ["fail", "pass"].filter(of)) {
    await click(`#v-${verdict}`);
    await page.settle();
    expect(`filter by verdict ${verdict}`, (await shown()).startsWith(`${of(verdict)} of `) && (await cards()).every((c) => c === verdict), await shown());
  }
  await click("#v-all");
  const ranked = await js("ranked.map((r) => [r.code, r.fail + r.review, checks[r.check].id])");
  if (ranked.length) {
    const [code, n, check] = ranked[0];
    await pick("by-reason", code);
    expect(`filter by reason ${code}`, (await shown()).startsWith(`${n} of `), await shown());
    await pick("by-reason", "");
    const at = about.checks.findIndex((c) => c.id === check);
    const without = rows.filter((r) => r.outcomes && r.outcomes[at] !== "p").length;
    await pick("by-check", check);
    expect(`filter by check ${check}`, (await shown()).startsWith(`${without} of `), await shown());
    expect("the address keeps the view", (await js("location.hash")).includes(`check=${check}`));
    await click("#reset");
  }
  await js("(() => { const s = document.getElementById('search'); s.value = 'no such name'; s.dispatchEvent(new Event('input')); })()");
  expect("a search that finds nothing says so", (await cards()).length === 0 && (await shown()).includes("No capture"));
  await js("(() => { const s = document.getElementById('search'); s.value = ''; s.dispatchEvent(new Event('input')); })()");
  for (const sort of ["worst", "input", "name", "look"]) await pick("by-sort", sort);
  await pick("by-sort", "input");
  expect("input order", (await js("document.querySelector('.photo .name').textContent")) === rows[0].id);
  await pick("by-sort", "look");

  await click("#lang-zh");
  expect("Chinese", (await js("document.documentElement.lang + document.querySelector('.tile .badge').textContent")).includes("待复核"));
  await js("window.scrollTo(0, 0)");
  await snap("chinese");
  await click("#lang-both");
  await js("window.scrollTo(0, document.querySelector('.toolbar').offsetTop)");
  await snap("both");
  const cut = await js("[...document.querySelectorAll('.photo .below')].filter((b) => b.scrollHeight > b.clientHeight + 1).length");
  expect("no card in two languages is cut off", cut === 0, cut);
  await click("#lang-en");
  await page.settle();

  await js("window.scrollTo(0, 0)");
  await js("focusCard(0)");
  await page.key("ArrowRight");
  expect("arrow keys go from card to card", (await js("document.activeElement.dataset.at")) === (rows.length > 1 ? "1" : "0"));
  await page.key("Enter");
  await page.settle();
  expect("Enter opens the large view", await js("document.getElementById('detail').open"));
  await page.key("ArrowRight");
  expect("arrows go on", (await js("document.querySelector('dialog .place').textContent")).startsWith(`${Math.min(3, rows.length)} / `));
  await page.key("ArrowLeft");
  const turned = rows.findIndex((r) => r.verdict === "fail" && r.size && r.outcomes[r.first] === "f");
  if (turned >= 0) {
    await js(`open(rows[${turned}])`);
    await snap("detail");
    const marked = await js("(() => { const r = document.querySelector('.finding'); r.focus(); return document.querySelectorAll('.overlay .marked').length; })()");
    expect("a finding shows its evidence", marked > 0, marked);
    await snap("evidence");
    const beside = block(`d${turned}`).file;
    if (beside) {
      const wide = await js("(async () => { const i = document.querySelector('.large img'); for (let k = 0; k < 50 && i.src.startsWith('data:'); k++) await new Promise((r) => setTimeout(r, 100)); return i.naturalWidth; })()");
      expect("the large view shows the capture itself", wide === block(`d${turned}`).photo.size[0], wide);
    }
    await page.key("z");
    expect("z enlarges it", await js("(() => { const i = document.querySelector('.large img').getBoundingClientRect(); return i.width > 3 * document.querySelector('.large').getBoundingClientRect().width; })()"));
    await snap("zoomed");
    await page.key("z");
    expect("and lets go of it", (await js("(document.activeElement.blur(), document.querySelectorAll('.overlay .marked').length)")) === 0);
  }
  await page.key("Escape");
  await page.settle();
  expect("Esc closes it, and the card has the focus", (await js("!document.getElementById('detail').open && document.activeElement.classList.contains('photo')")));
  await page.open("about:blank");
  await page.open(`${pathToFileURL(resolve(report))}#lang=zh&photo=1`);
  expect("an address opens a capture", await js("document.getElementById('detail').open && language === 'zh'"));
  await click(".close");

  await page.size(390, 844, true);
  await page.open("about:blank");
  await page.open(`${pathToFileURL(resolve(report))}#lang=both`);
  await snap("phone");
  expect("a phone needs no scrolling sideways", await js("document.documentElement.scrollWidth <= innerWidth"), await js("document.documentElement.scrollWidth"));
  await js("window.scrollTo(0, document.querySelector('.gallery').offsetTop - 60)");
  await snap("phone_gallery");
  if (turned >= 0) await js(`open(rows[${turned}])`);
  await snap("phone_detail");

  await page.size(1400, 1000, false, true);
  await page.open("about:blank");
  await page.open(`${pathToFileURL(resolve(report))}#lang=en`);
  await snap("dark");
  const pdf = join(pictures ?? scratch, "print.pdf");
  await page.size(1400, 1000);
  await page.pdf(pdf);
  expect("it prints", statSync(pdf).size > 20_000, statSync(pdf).size);

  const many = join(scratch, "many.html");
  blow(text, 10_000, many);
  const began = performance.now();
  await page.open("about:blank");
  await page.open(pathToFileURL(many));
  await page.settle();
  const wall = performance.now() - began;
  const first10k = await js("performance.getEntriesByName('photogate-shown')[0].startTime");
  const time = (work) => js(`(async () => { const t = performance.now(); ${work}; await new Promise((r) => requestAnimationFrame(() => setTimeout(r))); return performance.now() - t; })()`);
  const filter = await time("set({ verdict: 'fail' })");
  const sort = await time("set({ verdict: '', sort: 'name' })");
  const type = await time("(() => { const s = document.getElementById('search'); s.value = '99'; s.dispatchEvent(new Event('input')); })()");
  await js("set({ q: '', sort: 'input' })");
  const scroll = await time("window.scrollTo(0, document.body.scrollHeight / 2); place()");
  const nodes = await js("document.querySelectorAll('.photo').length");
  const heap = await js("performance.memory.usedJSHeapSize / 1e6");
  console.log(`10,000 captures (${(statSync(many).size / 1e6).toFixed(0)} MB page): gallery after ${first10k.toFixed(0)} ms (${wall.toFixed(0)} ms with the load), filter ${filter.toFixed(0)} ms, sort by name ${sort.toFixed(0)} ms, search ${type.toFixed(0)} ms, jump ${scroll.toFixed(0)} ms; ${nodes} cards in the page, heap ${heap.toFixed(0)} MB`);
  // Generous: the machine may be busy with other things.
  expect("ten thousand open within 20 s", first10k < 20_000, first10k);
  expect("and filter within 2 s", Math.max(filter, sort, type, scroll) < 2000, [filter, sort, type, scroll]);
  expect("with few cards at a time", nodes > 0 && nodes < 120, nodes);
  await snap("many");
  expect("nothing complained and nothing was asked of the network", page.complaints.length === 0, page.complaints);
} finally {
  await page.stop();
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed ? 1 : 0);
