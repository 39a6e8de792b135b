// The summary: counts, reasons in order of their number, and where the captures stand to a limit.

const VERDICTS = ["review", "fail", "pass", "error"];
let allReasons = false;

function percent(n) {
  const share = rows.length ? (100 * n) / rows.length : 0;
  return `${share > 0 && share < 10 ? share.toFixed(1) : Math.round(share)} %`;
}

/** The four counts, and how they add up. */
function tiles(state, set) {
  const tile = (verdict) => el("button", {
    class: `tile ${verdict}`, type: "button", "aria-pressed": String(state.verdict === verdict),
    onclick: () => set({ verdict: state.verdict === verdict ? "" : verdict }),
  }, badge(verdict), el("strong", {}, about.counts[verdict].toLocaleString("en")), el("small", {}, percent(about.counts[verdict])));
  const parts = VERDICTS.filter((v) => about.counts[v] > 0);
  const bar = el("div", { class: "bar", role: "img", "aria-label": parts.map((v) => `${t(v)} ${about.counts[v]}`).join(", ") },
    parts.map((v) => el("span", { class: v, style: `flex-grow:${about.counts[v]}` })));
  return el("section", { class: "tiles" }, VERDICTS.map(tile), bar);
}

/** Reasons, the most frequent first. */
function reasonChart(state, set) {
  const shown = allReasons ? ranked : ranked.slice(0, 10);
  const most = ranked.length ? ranked[0].fail + ranked[0].review : 1;
  const line = (r) => el("li", {}, el("button", {
    type: "button", "aria-pressed": String(state.reason === r.code), title: `${r.code}\n${say(checks[r.check].title)}`,
    onclick: () => set({ reason: state.reason === r.code ? "" : r.code, chart: checks[r.check].id }),
  },
  el("span", { class: "what" }, say(r.words)),
  el("span", { class: "track" },
    el("span", { class: "fail", style: `width:${(100 * r.fail) / most}%` }), el("span", { class: "review", style: `width:${(100 * r.review) / most}%` })),
  el("span", { class: "count" }, String(r.fail + r.review)),
  el("span", { class: "split" }, [r.fail && `${r.fail} ${t("byRetake")}`, r.review && `${r.review} ${t("byLook")}`].filter(Boolean).join(", "))));
  const rest = ranked.length > 10 && el("button", { class: "plain", type: "button", onclick: () => { allReasons = !allReasons; set({}); } },
    allReasons ? t("fewer") : `${t("more")} (${ranked.length})`);
  return el("section", { class: "card reasons" }, el("h2", {}, t("reasons")),
    ranked.length ? el("ol", {}, shown.map(line)) : el("p", { class: "faint" }, t("reasonsNone")), rest);
}

/** Steps of 1, 2 or 5 times a power of ten. */
function niceStep(span, most) {
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((f) => f * power).find((s) => s >= raw) || raw;
}

/** How many captures lie how far inside or outside the limit of a check. */
function slackChart(state, set) {
  const i = checkAt.get(state.chart) ?? 0;
  const check = checks[i];
  const name = (c, n) => `${say(c.title)}${notPassed[n] ? ` (${notPassed[n]})` : ""}`;
  const choice = el("select", { "aria-label": t("check"), onchange: (e) => set({ chart: e.target.value }) },
    checks.map((c, n) => el("option", { value: c.id, selected: n === i }, name(c, n))));
  const card = (...body) => el("section", { class: "card slack" }, el("div", { class: "head" }, el("h2", {}, t("distribution")), choice), body);
  if (!check) return card();
  const limit = el("p", { class: "faint" }, `${t("limit")} ${check.limit}`, check.review ? `; ${t("reviewBand")} ${check.review}` : "");
  const points = rows.filter((r) => r.outcomes && r.slack[i] !== null);
  const unmeasured = rows.filter((r) => r.outcomes && r.outcomes[i] === "n").length;
  const missing = unmeasured > 0 && el("p", { class: "faint" }, `${unmeasured} ${t("notMeasuredN")}`);
  if (!points.length) return card(limit, el("p", { class: "faint" }, t("noNumber")), missing);
  const slacks = points.map((r) => r.slack[i]);
  const low = Math.min(0, slacks.reduce((a, b) => Math.min(a, b)));
  const high = Math.max(0, slacks.reduce((a, b) => Math.max(a, b)));
  const step = niceStep(high - low || 1, 28);
  const [from, to] = [Math.floor(low / step), Math.max(Math.floor(high / step), Math.floor(low / step))];
  const bins = Array.from({ length: to - from + 1 }, () => ({ f: 0, r: 0, p: 0, n: 0 }));
  for (const r of points) bins[Math.floor(r.slack[i] / step) - from][r.outcomes[i]]++;
  const tallest = Math.max(...bins.map((b) => b.f + b.r + b.p + b.n));
  const [W, H] = [560, 180];
  const wide = W / bins.length;
  const bars = bins.flatMap((bin, k) => {
    let y = H;
    return ["p", "r", "n", "f"].filter((o) => bin[o]).map((o) => {
      const h = Math.max((bin[o] / tallest) * (H - 8), 1.5);
      y -= h;
      const range = `${number((from + k) * step)} … ${number((from + k + 1) * step)} ${check.unit}`;
      return svg("rect", { x: k * wide + 0.75, y, width: Math.max(wide - 1.5, 1), height: h, class: OUTCOMES[o] },
        svg("title", {}, `${range}: ${bin[o]} ${t(OUTCOMES[o])}`));
    });
  });
  const zero = -from * wide;
  // Labels that would stand over each other are left out.
  const label = (k, anchor) => svg("text", { x: k * wide, y: H + 18, "text-anchor": anchor }, `${k + from > 0 ? "+" : ""}${number((k + from) * step)}${check.unit === "°" ? "°" : ""}`);
  const axis = [svg("line", { x1: 0, y1: H, x2: W, y2: H, class: "axis" }), svg("line", { x1: zero, y1: 0, x2: zero, y2: H + 4, class: "zero" }),
    svg("text", { x: zero, y: H + 18, "text-anchor": "middle", class: "strong" }, "0")];
  if (zero > 60) axis.push(label(0, "start"));
  if (W - zero > 60) axis.push(label(bins.length, "end"));
  const sides = [];
  if (zero > 90) sides.push(svg("text", { x: zero - 8, y: H + 36, "text-anchor": "end" }, `← ${t("outside")}`));
  if (W - zero > 90) sides.push(svg("text", { x: zero + 8, y: H + 36 }, `${t("inside")} →`));
  return card(limit, svg("svg", { viewBox: `-14 0 ${W + 28} ${H + 42}`, class: "chart", role: "img", "aria-label": `${t("distribution")}: ${say(check.title)}` }, bars, axis, sides), missing);
}

/** Files that could not be read, each with its reason. */
function unreadable() {
  const bad = rows.filter((r) => r.verdict === "error");
  if (!bad.length) return null;
  const some = bad.slice(0, 200).map((r) => el("li", {}, el("bdi", { class: "name" }, r.id), el("span", { class: "faint" }, ` ${r.error}`)));
  if (bad.length > 200) some.push(el("li", {}, `${t("andMore")} ${bad.length - 200}`));
  return el("details", { class: "card unreadable" }, el("summary", {}, `${t("unreadableList")} (${bad.length})`), el("ul", {}, some));
}
