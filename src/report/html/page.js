// The page as a whole: its state stands behind the # of its address, so that a view can be sent to others.

const DEFAULTS = { lang: about.language, verdict: "", check: "", reason: "", q: "", sort: "look", draw: "faults,lines,crop", chart: "", photo: "" };
let state = { ...DEFAULTS };
let shownNow = [];

function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  const next = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS)) if (given.has(key)) next[key] = given.get(key);
  if (!["zh", "en", "both"].includes(next.lang)) next.lang = DEFAULTS.lang;
  if (!ORDERS[next.sort]) next.sort = DEFAULTS.sort;
  if (!(next.verdict in about.counts)) next.verdict = "";
  if (!checkAt.has(next.check)) next.check = "";
  if (!reasons.has(next.reason)) next.reason = "";
  if (!checkAt.has(next.chart)) next.chart = ranked.length ? checks[ranked[0].check].id : checks.length ? checks[0].id : "";
  state = next;
}

function writeState() {
  const kept = Object.entries(state).filter(([key, value]) => value !== DEFAULTS[key] && !(key === "chart" && ranked.length && value === checks[ranked[0].check].id));
  const hash = `#${new URLSearchParams(kept)}`;
  // Some browsers refuse this to a page from disk; then the address stays as it is.
  try { history.replaceState(null, "", hash === "#" ? location.pathname : hash); } catch { /* the view works without */ }
}

/** Change the state and show it. */
function set(change) {
  const filtering = ["verdict", "check", "reason", "q", "sort"].some((k) => k in change && change[k] !== state[k]);
  if (change.check) change.chart = change.check;
  Object.assign(state, change);
  writeState();
  render();
  if (filtering) toTop();
}

/** After a filter the first cards, not those where the page happened to stand. */
function toTop() {
  const bar = document.querySelector(".toolbar");
  const top = document.getElementById("gallery").getBoundingClientRect().top - bar.offsetHeight;
  if (top < 0) window.scrollBy(0, top - GAP);
}

const layersNow = () => new Set(state.draw.split(",").filter((l) => LAYERS.includes(l)));

function render() {
  language = state.lang;
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  document.title = `Photogate – ${say(about.profile.title)}`;
  const app = document.getElementById("app");
  const focus = document.activeElement && document.activeElement.id;
  app.replaceChildren(
    header(), ...(about.stopped ? [el("p", { class: "notice" }, t("stopped"))] : []), el("div", { class: "summary" }, tiles(state, set), reasonChart(state, set), slackChart(state, set), unreadable()),
    toolbar(), el("p", { class: "shown", role: "status", id: "shown" }), el("div", { id: "gallery", class: "gallery", role: "list" }));
  if (focus && document.getElementById(focus)) document.getElementById(focus).focus();
  showRows();
  if (large.dialog && large.dialog.open) { large.layers = layersNow(); drawDetail(); }
}

/** The gallery alone: what typing into the search changes. */
function showRows() {
  shownNow = chosen(state);
  const status = shownNow.length ? say([`共 ${rows.length} 张，显示 ${shownNow.length} 张`, `${shownNow.length} of ${rows.length} captures`]) : t("none");
  document.getElementById("shown").textContent = status;
  showGallery(document.getElementById("gallery"), shownNow, layersNow(), open);
}

function open(row) {
  const remember = (at) => { state.photo = String(at.n + 1); writeState(); };
  remember(row);
  openDetail(row, shownNow.includes(row) ? shownNow : rows, layersNow(), remember);
}

function header() {
  const choose = (lang, word) => el("button", { type: "button", id: `lang-${lang}`, "aria-pressed": String(state.lang === lang), onclick: () => set({ lang }) }, word);
  const { profile } = about;
  const fact = (word, ...value) => [el("dt", {}, t(word)), el("dd", {}, value)];
  const files = about.files && `${about.files.written} ${t("files")}${about.files.written > about.files.passed ? ` (${t("notPassing")} ${about.files.written - about.files.passed})` : ""}`;
  return el("header", { class: "page" },
    el("div", { class: "title" }, el("h1", {}, say(profile.title)),
      el("p", { class: "faint" }, [`${rows.length} ${t("captures")}`, profile.name, t(profile.stage), files].filter(Boolean).join(" · "))),
    el("div", { class: "tools" },
      el("div", { class: "segments", role: "group", "aria-label": t("language") }, choose("zh", "中文"), choose("en", "English"), choose("both", "中 + En")),
      el("button", { type: "button", class: "plain", onclick: print_ }, t("print"))),
    el("details", { class: "provenance" }, el("summary", {}, t("provenance")), el("dl", {},
      fact("profile", `${profile.name} (${profile.sha256.slice(0, 12)})`), fact("program", about.program), fact("engine", about.engine),
      fact("models", about.models.map((m) => `${m.name} ${m.sha256.slice(0, 12)}`).join(", ")))));
}

function toolbar() {
  const choice = (word, key, options) => el("label", {}, el("span", { class: "hidden" }, t(word)),
    el("select", { id: `by-${key}`, class: state[key] && state[key] !== DEFAULTS[key] && "set", onchange: (e) => set({ [key]: e.target.value }) },
      options.map(([value, text]) => el("option", { value, selected: value === state[key] }, text))));
  const verdict = (id, word, n) => el("button", { type: "button", id: `v-${id || "all"}`, class: id, "aria-pressed": String(state.verdict === id), onclick: () => set({ verdict: id }) }, word, el("small", {}, ` ${n}`));
  const byCheck = checks.map((c, i) => [c.id, `${say(c.title)} (${notPassed[i]})`, notPassed[i]]).filter((c) => c[2] > 0 || c[0] === state.check);
  const filtered = ["verdict", "check", "reason", "q"].some((k) => state[k]);
  const layer = (id) => el("label", { class: "layer" }, el("input", {
    type: "checkbox", id: `layer-${id}`, checked: layersNow().has(id),
    onchange: (e) => { const now = layersNow(); now[e.target.checked ? "add" : "delete"](id); set({ draw: LAYERS.filter((l) => now.has(l)).join(",") }); },
  }), t(LAYER_WORDS[id]));
  return el("div", { class: "toolbar" },
    el("div", { class: "segments", role: "group" }, verdict("", t("all"), rows.length), VERDICTS.filter((v) => about.counts[v]).map((v) => verdict(v, t(v), about.counts[v]))),
    choice("check", "check", [["", t("anyCheck")], ...byCheck]),
    choice("reason", "reason", [["", t("anyReason")], ...ranked.map((r) => [r.code, `${say(r.words)} (${r.fail + r.review})`])]),
    choice("sort", "sort", [["look", t("sortLook")], ["worst", t("sortWorst")], ["input", t("sortInput")], ["name", t("sortName")]]),
    el("input", { type: "search", id: "search", placeholder: t("search"), "aria-label": t("search"), value: state.q, oninput: (e) => { state.q = e.target.value; writeState(); showRows(); } }),
    filtered && el("button", { type: "button", class: "plain", id: "reset", onclick: () => set({ verdict: "", check: "", reason: "", q: "" }) }, t("reset")),
    el("div", { class: "layers" }, el("span", { class: "faint" }, t("drawn")), LAYERS.map(layer)));
}

/** What is printed below the summary: the captures that do not pass, of those that the filters leave. */
function preparePrint() {
  const list = shownNow.filter((r) => r.verdict !== "pass");
  const line = (row) => {
    const detail = detailOf(row);
    const told = row.outcomes ? checks.map((c, i) => i).filter((i) => checks[i].required && row.outcomes[i] !== "p") : [];
    told.sort((a, b) => (a === row.first ? -1 : b === row.first ? 1 : 0));
    const say_ = (i) => {
      const finding = detail.findings[i];
      return el("li", {}, el("strong", {}, say(checks[i].title)), ` ${Array.isArray(finding) ? `${finding[0]} (${t("limit")} ${checks[i].limit})` : t("not_assessed")} `, texts(adviceOf(row, i)));
    };
    return el("tr", {}, el("td", {}, seen(row, detail, new Set(["faults"]), { eager: true })), el("td", {}, badge(row.verdict), el("bdi", { class: "name" }, row.id)),
      el("td", {}, row.error || el("ul", {}, told.map(say_))));
  };
  const filtered = shownNow.length < rows.length ? ` ${t("filtered")}` : "";
  document.getElementById("print").replaceChildren(el("h2", {}, `${t("printNote")}: ${list.length}${filtered}`),
    list.length ? el("table", {}, el("tbody", {}, list.map(line))) : el("p", {}, t("printNone")));
}

/** Print when every picture is there. */
async function print_() {
  preparePrint();
  await Promise.all([...document.querySelectorAll("#print img")].map((i) => i.decode().catch(() => {})));
  window.print();
}

let waiting = false;
const later = (then) => { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; then(); }); } };
window.addEventListener("scroll", () => later(place), { passive: true });
let wide = window.innerWidth;
window.addEventListener("resize", () => {
  // A phone that hides its address bar changes the height alone: the cards may stay.
  if (window.innerWidth === wide) return later(place);
  wide = window.innerWidth;
  showGallery(gallery.grid, gallery.list, gallery.layers, gallery.open);
});
window.addEventListener("hashchange", () => { readState(); render(); });
window.addEventListener("beforeprint", preparePrint);
window.addEventListener("afterprint", () => document.getElementById("print").replaceChildren());
document.addEventListener("keydown", (event) => {
  if (large.dialog && large.dialog.open) return detailKey(event);
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    document.getElementById("search").focus();
  } else galleryKey(event);
});
document.getElementById("detail").addEventListener("close", () => {
  state.photo = "";
  writeState();
  const at = shownNow.indexOf(large.row);
  if (at >= 0) focusCard(at);
});
document.getElementById("detail").addEventListener("click", (event) => { if (event.target === event.currentTarget) event.currentTarget.close(); });

readState();
render();
document.getElementById("loading").remove();
performance.mark("photogate-shown");
const asked = rows[Number(state.photo) - 1];
if (asked) open(asked);
