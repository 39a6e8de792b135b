// The gallery: of thousands of cards only those exist that are on the screen.

const GAP = 14;
const gallery = { list: [], cards: new Map(), columns: 1, height: 1, width: 1, grid: null, layers: null, open: null, grow: 0 };

/** The card of a capture. */
function card(row, at) {
  const detail = detailOf(row);
  const first = row.outcomes ? firstOf(row) : null;
  const lines = [el("div", { class: "top" }, badge(row.verdict), detail.standard && detail.standard.name && standardWord(detail.standard)), el("bdi", { class: "name", title: row.id }, row.id)];
  if (row.error) lines.push(el("p", { class: "advice" }, row.error));
  if (first) {
    const measured = detail.findings[first.check];
    lines.push(el("p", { class: "advice" }, texts(first.advice)));
    lines.push(el("p", { class: "numbers" }, `${say(first.title)} ${Array.isArray(measured) ? measured[0] : ""}`, row.reasons.length > 1 && el("span", { class: "more" }, say([`另有 ${row.reasons.length - 1} 项`, `+${row.reasons.length - 1} more`]))));
  }
  return el("button", { class: `photo ${row.verdict}`, type: "button", role: "listitem", "data-at": at, "aria-label": `${row.id}: ${t(row.verdict)}`, onclick: () => gallery.open(row) },
    seen(row, detail, gallery.layers), el("div", { class: "below" }, lines));
}

function standardWord(standard) {
  return el("span", { class: "made", title: `${t("standard")}: ${t(standard.verdict)}` }, `${t("standard")} ${SIGNS[standard.verdict]}`);
}

/** Show these captures from the top, or where the page stands now. */
function showGallery(grid, list, layers, open) {
  Object.assign(gallery, { grid, list, layers, open });
  gallery.cards.clear();
  grid.replaceChildren();
  measure();
  place();
}

function measure() {
  const { grid } = gallery;
  const narrow = grid.clientWidth < 520;
  const wanted = narrow ? 158 : 216;
  const width = grid.clientWidth || 1;
  gallery.columns = Math.max(1, Math.floor((width + GAP) / (wanted + GAP)));
  gallery.width = (width - GAP * (gallery.columns - 1)) / gallery.columns;
  const picture = narrow ? 190 : 250;
  // Room for a badge, a name, three lines of advice (five in two languages) and a line of numbers.
  gallery.height = picture + (language === "both" ? 168 : 128) + (narrow && language === "both" ? 40 : 0);
  grid.style.setProperty("--picture", `${picture}px`);
  const lines = Math.ceil(gallery.list.length / gallery.columns);
  grid.style.height = `${Math.max(lines * (gallery.height + GAP) - GAP, 0)}px`;
}

/** Make the cards on the screen and a line of cards around it, take the others away. */
function place() {
  const { grid, list, cards, columns } = gallery;
  if (!grid) return;
  const pitch = gallery.height + GAP;
  const top = -grid.getBoundingClientRect().top;
  const from = Math.max(0, Math.floor(top / pitch) - 1) * columns;
  const to = Math.min(list.length, (Math.ceil((top + window.innerHeight) / pitch) + 1) * columns);
  for (const [at, node] of cards) {
    if (at >= from && at < to) continue;
    node.remove();
    cards.delete(at);
  }
  let after = null;
  for (let at = from; at < to; at++) {
    let node = cards.get(at);
    if (!node) {
      node = card(list[at], at);
      const [x, y] = [(at % columns) * (gallery.width + GAP), Math.floor(at / columns) * pitch];
      node.style.cssText = `width:${gallery.width}px;height:${gallery.height}px;transform:translate(${x}px,${y}px)`;
      cards.set(at, node);
      // In the order of the captures also for a keyboard and for a screen reader.
      grid.insertBefore(node, after ? after.nextSibling : grid.firstChild);
    }
    after = node;
  }
}

/** Arrow keys go from card to card. */
function galleryKey(event) {
  const node = event.target.closest && event.target.closest(".photo");
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -gallery.columns, ArrowDown: gallery.columns }[event.key];
  if (!node || !step) return;
  event.preventDefault();
  focusCard(Number(node.dataset.at) + step);
}

function focusCard(at) {
  if (at < 0 || at >= gallery.list.length) return;
  const pitch = gallery.height + GAP;
  const start = gallery.grid.getBoundingClientRect().top + window.scrollY;
  const y = start + Math.floor(at / gallery.columns) * pitch;
  const bar = document.querySelector(".toolbar").offsetHeight + GAP;
  if (y - bar < window.scrollY) window.scrollTo(0, y - bar);
  else if (y + pitch > window.scrollY + window.innerHeight) window.scrollTo(0, y + pitch - window.innerHeight);
  place();
  const node = gallery.cards.get(at);
  if (node) node.focus({ preventScroll: true });
}
