// What was seen, drawn over a picture. Coordinates are halves of a thumbnail's pixel.

const LAYERS = ["faults", "lines", "ears", "mesh", "crop"];
const LAYER_WORDS = { faults: "layerFaults", lines: "layerLines", ears: "layerEars", mesh: "layerMesh", crop: "layerCrop" };

function pairs(flat) {
  const all = [];
  for (let i = 0; i + 1 < flat.length; i += 2) all.push(`${flat[i]},${flat[i + 1]}`);
  return all.join(" ");
}

/** One shape: points, a line or a closed outline. */
function shape([kind, flat], css) {
  if (kind === "l") return svg("line", { x1: flat[0], y1: flat[1], x2: flat[2], y2: flat[3], class: css });
  if (kind === "r") return svg("polygon", { points: pairs(flat), class: css });
  const dots = [];
  // A line of no length with round ends is a dot of the same size at any scale.
  for (let i = 0; i + 1 < flat.length; i += 2) dots.push(`M${flat[i]} ${flat[i + 1]}h0`);
  return svg("path", { d: dots.join(""), class: `${css} dots` });
}

/** The shapes that a finding was taken from. */
function evidence(detail, i, css) {
  const finding = detail.findings && detail.findings[i];
  if (!Array.isArray(finding)) return [];
  return finding[3].map((s) => shape(detail.shapes[s], css));
}

/** The drawing over a capture: the wanted layers, and the evidence of one finding on top. */
function overlay(row, detail, layers, marked) {
  const [w, h] = row.size;
  const node = svg("svg", { viewBox: `0 0 ${2 * w} ${2 * h}`, class: "overlay", "aria-hidden": "true" });
  if (!detail.findings) return node;
  const has = (layer) => layers.has(layer);
  if (has("crop") && detail.crop) {
    const [x0, y0, x1, y1] = detail.crop;
    node.append(svg("rect", { x: x0, y: y0, width: x1 - x0, height: y1 - y0, class: "crop" }));
  }
  if (has("mesh")) node.append(...(detail.mesh || []).map((flat) => svg("polyline", { points: pairs(flat), class: "mesh" })));
  if (has("ears")) {
    for (const [ear, id] of [[0, "right_ear"], [1, "left_ear"]]) {
      const outcome = row.outcomes[checkAt.get(id)];
      if (detail.ears) node.append(svg("polygon", { points: pairs(detail.ears[ear]), class: `ear ${OUTCOMES[outcome] || ""}` }));
    }
  }
  if (has("lines")) {
    for (const [name, flat] of Object.entries(detail.lines || {})) node.append(shape(["l", flat], `line ${name}`));
  }
  if (has("faults")) {
    checks.forEach((check, i) => {
      const outcome = row.outcomes[i];
      if (check.required && (outcome === "f" || outcome === "r")) node.append(...evidence(detail, i, `fault ${OUTCOMES[outcome]}`));
    });
  }
  if (marked !== undefined && marked !== null) {
    // A dark line below the bright one: it shows on skin and on hair.
    node.append(...evidence(detail, marked, "marked under"), ...evidence(detail, marked, "marked"));
  }
  return node;
}

/** The picture of a capture with its drawing. */
function seen(row, detail, layers, { eager = false, marked = null } = {}) {
  const source = row.size && picture(row, detail);
  if (!source) {
    return el("div", { class: "seen empty" }, el("span", { class: `sign ${row.verdict}`, "aria-hidden": "true" }, SIGNS[row.verdict]), t("noPicture"));
  }
  const image = el("img", { src: source, alt: "", width: row.size[0], height: row.size[1], loading: eager ? "eager" : "lazy", decoding: "async" });
  return el("div", { class: "seen" }, image, overlay(row, detail, layers, marked));
}
