// The captures: read from the blocks of the page, and what filters and orders need of them.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const about = read("about");
const rows = read("index");
const checks = about.checks;
const checkAt = new Map(checks.map((c, i) => [c.id, i]));
const OUTCOMES = { p: "pass", n: "not_assessed", r: "review", f: "fail" };
const LOOK_FIRST = { review: 0, error: 1, fail: 2, pass: 3 };

/** Everything that the large view and the drawings need; read when it is wanted, the last ones kept. */
const details = new Map();
function detailOf(row) {
  let detail = details.get(row.n);
  if (!detail) {
    detail = read(`d${row.n}`);
    if (details.size > 400) details.delete(details.keys().next().value);
    details.set(row.n, detail);
  }
  return detail;
}

/** Address of a picture: in the page, or in the folder beside it. */
function picture(row, detail, standard = false) {
  const inside = standard ? detail.standard.thumb : detail.thumb;
  if (inside) return inside;
  if (!about.folder) return null;
  const name = String(row.n + 1).padStart(5, "0") + (standard ? "s" : "");
  return `${encodeURIComponent(about.folder)}/${name}.jpg`;
}

/** A reason why a capture does not pass, by its code. */
const reasons = new Map();
function reasonOf(row, i, fault) {
  const check = checks[i];
  const unsure = row.outcomes[i] === "n" ? "unmeasured" : "unsure";
  const code = fault === undefined ? `${check.id}:${unsure}` : about.said[fault].code;
  if (!reasons.has(code)) {
    const words = fault === undefined
      ? { zh: `${check.title.zh}：${WORDS[unsure + "Of"][0]}`, en: `${check.title.en}: ${WORDS[unsure + "Of"][1]}` }
      : about.said[fault].reason;
    reasons.set(code, { code, words, check: i, fail: 0, review: 0 });
  }
  return reasons.get(code);
}

rows.forEach((row, n) => {
  row.n = n;
  row.text = row.id.toLowerCase();
  row.reasons = [];
  row.worst = row.verdict === "error" ? -Infinity : Infinity;
  if (!row.outcomes) return;
  const fault = new Map(row.faults);
  // What could not be measured is a reason only where no fault is known: without a face nothing can be.
  const known = checks.some((c, i) => c.required && fault.has(i) && row.outcomes[i] !== "p");
  for (let i = 0; i < checks.length; i++) {
    const outcome = row.outcomes[i];
    if (!checks[i].required) continue;
    const slack = row.slack[i];
    if (slack !== null) row.worst = Math.min(row.worst, slack / checks[i].width);
    // A wrong name has no distance: as far as a whole band.
    else if (outcome === "f") row.worst = Math.min(row.worst, -1);
    if (outcome === "p" || (known && !fault.has(i))) continue;
    const reason = reasonOf(row, i, fault.get(i));
    if (row.reasons.includes(reason.code)) continue;
    row.reasons.push(reason.code);
    reason[outcome === "f" ? "fail" : "review"]++;
  }
});

const ranked = [...reasons.values()].sort((a, b) => b.fail + b.review - a.fail - a.review || b.fail - a.fail || a.check - b.check);

// A desk may have one word for two faults (未露耳 for either ear): then the check is named with it.
for (const lang of ["zh", "en"]) {
  const times = new Map();
  for (const r of ranked) times.set(r.words[lang], (times.get(r.words[lang]) || 0) + 1);
  for (const r of ranked) {
    if (times.get(r.words[lang]) < 2) continue;
    const title = checks[r.check].title[lang];
    r.words = { ...r.words, [lang]: lang === "zh" ? `${r.words.zh}（${title}）` : `${r.words.en} (${title})` };
  }
}

/** Of how many captures a check did not pass. */
const notPassed = checks.map((_, i) => rows.reduce((n, r) => n + (r.outcomes && r.outcomes[i] !== "p" ? 1 : 0), 0));

/** What is said first of a capture: title, and the instruction in both languages. */
function firstOf(row) {
  const i = row.first;
  if (i === null || i === undefined) return null;
  return { check: i, title: checks[i].title, advice: adviceOf(row, i) };
}

/** The instruction of a finding that does not pass. */
function adviceOf(row, i) {
  const fault = row.faults.find(([check]) => check === i);
  if (fault) return about.said[fault[1]].advice;
  return row.outcomes[i] === "n" ? about.unmeasured : about.unsure;
}

const byName = new Intl.Collator("zh-CN", { numeric: true });
const ORDERS = {
  look: (a, b) => LOOK_FIRST[a.verdict] - LOOK_FIRST[b.verdict] || a.worst - b.worst || a.n - b.n,
  worst: (a, b) => a.worst - b.worst || a.n - b.n,
  input: (a, b) => a.n - b.n,
  name: (a, b) => byName.compare(a.id, b.id) || a.n - b.n,
};
const ordered = new Map();

/** The captures that the filters leave, in the wanted order. */
function chosen(state) {
  if (!ordered.has(state.sort)) ordered.set(state.sort, [...rows].sort(ORDERS[state.sort]));
  const check = checkAt.get(state.check);
  const wanted = state.q.trim().toLowerCase();
  return ordered.get(state.sort).filter((row) =>
    (!state.verdict || row.verdict === state.verdict)
    && (check === undefined || (row.outcomes && row.outcomes[check] !== "p"))
    && (!state.reason || row.reasons.includes(state.reason))
    && (!wanted || row.text.includes(wanted)));
}
