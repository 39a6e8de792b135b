// The large view of one capture: the picture with what was seen, and every finding.

const large = { dialog: null, list: [], at: -1, row: null, marked: null, layers: null, closed: null };

/** Open the large view on a capture of a list. */
function openDetail(row, list, layers, closed) {
  Object.assign(large, { dialog: document.getElementById("detail"), list, at: list.indexOf(row), row, marked: null, layers, closed });
  drawDetail();
  if (!large.dialog.open) large.dialog.showModal();
  large.dialog.querySelector(".close").focus();
}

/** Go on to another capture of the list. */
function turn(step) {
  const at = large.at + step;
  if (at < 0 || at >= large.list.length) return;
  Object.assign(large, { at, row: large.list[at], marked: null });
  large.closed(large.row);
  drawDetail();
  large.dialog.querySelector(".close").focus();
}

function drawDetail() {
  const { row, dialog } = large;
  const detail = detailOf(row);
  const step = (by, word, sign) => el("button", { type: "button", class: `turn ${word}`, "aria-label": t(word), title: t(word), disabled: !large.list[large.at + by], onclick: () => turn(by) }, sign);
  const head = el("header", {},
    badge(row.verdict), el("bdi", { class: "name" }, row.id),
    el("span", { class: "place" }, `${large.at + 1} / ${large.list.length}`),
    step(-1, "previous", "‹"), step(1, "next", "›"),
    el("button", { type: "button", class: "close", "aria-label": t("close"), title: t("close"), onclick: () => dialog.close() }, "×"));
  const stage = el("div", { class: "stage" }, pictureOf(row, detail), el("p", { class: "faint hint" }, t("hint")), factsOf(detail));
  const side = el("div", { class: "side" }, row.error ? el("p", { class: "notice" }, row.error) : findingsOf(row, detail), detail.standard && standardOf(row, detail));
  dialog.replaceChildren(el("article", {}, head, el("div", { class: "body" }, stage, side)));
}

function pictureOf(row, detail) {
  const node = el("div", { class: "large" }, seen(row, detail, large.layers, { eager: true, marked: large.marked }));
  const image = node.querySelector("img");
  if (!image) return node;
  if (detail.file) sharpen(image, row, detail.file);
  Object.assign(node, { onclick: (event) => { node.classList.toggle("zoomed"); pan(node, event); }, onpointermove: (event) => pan(node, event) });
  return node;
}

/** Show the capture itself in place of its thumbnail, where it still lies and the browser knows its format. */
function sharpen(image, row, file) {
  const whole = new Image();
  // Another picture may lie there by now; of the same shape it is at least the same kind of picture.
  const shape = row.size[0] / row.size[1];
  whole.onload = () => {
    if (Math.abs(whole.naturalWidth / whole.naturalHeight / shape - 1) < 0.02) image.src = whole.src;
  };
  whole.src = file.split("/").map(encodeURIComponent).join("/");
}

/** Move an enlarged picture so that what the pointer is at stays below it. */
function pan(node, event) {
  const box = node.getBoundingClientRect();
  const share = (at, from, length) => Math.min(1, Math.max(0, (at - from) / length));
  node.style.setProperty("--x", share(event.clientX, box.left, box.width));
  node.style.setProperty("--y", share(event.clientY, box.top, box.height));
}

/** Draw the evidence of a finding, or none. */
function mark(i) {
  if (large.marked === i) return;
  large.marked = i;
  const { row, dialog } = large;
  const old = dialog.querySelector(".large svg");
  // While one finding is pointed at, the places of the others would only be in the way.
  const layers = i === null ? large.layers : new Set([...large.layers].filter((l) => l === "crop"));
  if (old) old.replaceWith(overlay(row, detailOf(row), layers, i));
}

function factsOf(detail) {
  const p = detail.photo;
  if (!p) return null;
  const facts = [p.format, `${p.size[0]} × ${p.size[1]} px`, `${number(p.bytes / 1024)} KB`, p.quality && `${t("quality")} ${p.quality}`];
  return el("p", { class: "faint" }, facts.filter(Boolean).join(" · "));
}

/** All findings: what decides, what is only noted, and what is inside its limit. */
function findingsOf(row, detail) {
  const all = checks.map((check, i) => ({ check, i, outcome: row.outcomes[i] }));
  // What is said first stands first, what fails before what is to be looked at.
  const weight = (f) => (f.i === row.first ? 0 : { f: 1, r: 2, n: 3 }[f.outcome]);
  const decides = all.filter((f) => f.check.required && f.outcome !== "p").sort((a, b) => weight(a) - weight(b));
  const noted = all.filter((f) => !f.check.required && (f.outcome === "f" || f.outcome === "r"));
  const silent = all.filter((f) => !f.check.required && f.outcome === "n");
  const passing = all.filter((f) => f.outcome === "p");
  const table = (list) => el("table", { class: "findings" }, head(), el("tbody", {}, list.map((f) => line(row, detail, f))));
  const folded = (word, list) => list.length > 0 && el("details", {}, el("summary", {}, `${t(word)} (${list.length})`), table(list));
  return [
    decides.length ? [el("h3", {}, t("toMend")), table(decides)] : el("p", { class: "good" }, t("allGood")),
    folded("noted", noted), folded("notAssessed", silent), folded("passing", passing),
  ];
}

function head() {
  return el("thead", {}, el("tr", {}, ["check", "value", "limit", "slack", "confidence"].map((w, i) => el("th", { scope: "col", class: i > 0 && "n" }, t(w)))));
}

function line(row, detail, { check, i, outcome }) {
  const finding = detail.findings[i];
  const measured = Array.isArray(finding);
  const word = OUTCOMES[outcome];
  const show = measured && finding[3].length > 0;
  const fault = row.faults.find(([c]) => c === i);
  const cells = [
    el("th", { scope: "row" }, el("span", { class: `sign ${word}`, title: t(word) }, SIGNS[word], el("span", { class: "hidden" }, t(word))), el("span", {}, say(check.title))),
    el("td", { class: "n strong" }, measured ? finding[0] : "–"),
    el("td", { class: "n", title: `${check.review ? `${t("reviewBand")} ${check.review}\n` : ""}${t("clause")}: ${check.clause}` }, check.limit),
    el("td", { class: "n" }, (measured && finding[1]) || ""),
    el("td", { class: "n faint" }, measured ? `${finding[2]}%` : ""),
  ];
  const tip = { onmouseenter: () => mark(show ? i : null), onmouseleave: () => mark(null), onfocus: () => mark(show ? i : null), onblur: () => mark(null), onclick: () => mark(show ? i : null) };
  const main = el("tr", { class: `finding ${word}`, tabindex: 0, "data-check": check.id, ...tip }, cells);
  if (outcome === "p") return main;
  const reason = fault && el("span", { class: "desk" }, say(about.said[fault[1]].reason));
  const why = measured ? null : el("div", { class: "faint" }, texts(finding));
  return [main, el("tr", { class: "tell", ...tip, onfocus: undefined, onblur: undefined }, el("td", { colspan: 5 }, texts(adviceOf(row, i)), reason, why))];
}

/** The standard file beside its capture, or why there is none. */
function standardOf(row, detail) {
  const made = detail.standard;
  if (made.not_made) return el("section", { class: "standard" }, el("h3", {}, t("standard")), el("p", {}, `${t("notMade")}: ${made.not_made}`));
  const wrong = made.wrong.map(([title, value, limit]) => el("li", {}, `${say(title)} ${value} (${t("limit")} ${limit})`));
  return el("section", { class: "standard" }, el("h3", {}, t("standard")),
    el("img", { src: picture(row, detail, true), alt: "" }),
    el("div", {}, badge(made.verdict), el("bdi", { class: "name" }, `${made.name}.jpg`),
      el("p", { class: "faint" }, `${made.size ? `${made.size[0]} × ${made.size[1]} px · ` : ""}${number(made.bytes / 1024)} KB · ${t("quality")} ${made.quality}`), el("ul", {}, wrong)));
}

/** Keys of the large view; Esc closes a dialog by itself. */
function detailKey(event) {
  if (event.key === "z") return large.dialog.querySelector(".large").classList.toggle("zoomed");
  const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  turn(step);
}
