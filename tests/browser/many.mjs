// A report of many captures out of one of few: the same captures again and again under other names.

import { closeSync, linkSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { basename, join } from "node:path";

const BLOCK = (id) => `<script type="application/json" id="${id}">`;

/** Write a report of `n` captures to `path`, made of the text of another. */
export function blow(text, n, path) {
  const between = (id) => text.split(BLOCK(id))[1].split("</script>")[0];
  const few = JSON.parse(between("index"));
  const about = JSON.parse(between("about"));
  const details = few.map((row, i) => JSON.stringify(slim(row, JSON.parse(between(`d${i}`)))));
  const folder = path.replace(/\.html$/, "_files");
  mkdirSync(folder);
  const thumbs = few.map((_, i) => JSON.parse(between(`d${i}`)).thumb);
  thumbs.forEach((thumb, i) => thumb && writeFileSync(join(folder, `from${i}`), Buffer.from(thumb.split(",")[1], "base64")));
  const file = openSync(path, "w");
  const head = text.split(BLOCK("d0"))[0];
  writeSync(file, head);
  const counts = { pass: 0, review: 0, fail: 0, error: 0 };
  const index = [];
  for (let i = 0; i < n; i++) {
    const row = few[i % few.length];
    counts[row.verdict]++;
    if (thumbs[i % few.length]) linkSync(join(folder, `from${i % few.length}`), join(folder, `${String(i + 1).padStart(5, "0")}.jpg`));
    // Slacks that differ a little, as those of other people would.
    const slack = row.slack?.map((s) => (s === null ? null : Number((s * (1 + (i % 97) / 970)).toFixed(4))));
    index.push(JSON.stringify({ ...row, slack, id: `class ${i % 40}/${String(i).padStart(5, "0")} ${row.id}` }).replaceAll("<", "\\u003c"));
    writeSync(file, `${BLOCK(`d${i}`)}${details[i % few.length].replaceAll("<", "\\u003c")}</script>\n`);
  }
  writeSync(file, `${BLOCK("index")}[${index.join(",\n")}]</script>\n`);
  writeSync(file, `${BLOCK("about")}${JSON.stringify({ ...about, counts, folder: basename(folder) }).replaceAll("<", "\\u003c")}</script>\n`);
  writeSync(file, text.slice(text.lastIndexOf("<script>")));
  closeSync(file);
}

/** A capture as a large report has it: its picture in a folder, and no places where passing checks looked. */
function slim(row, detail) {
  const shapes = [];
  const findings = detail.findings?.map((finding, i) => {
    if (!Array.isArray(finding)) return finding;
    const places = row.outcomes[i] === "p" ? [] : finding[3].map((s) => shapes.push(detail.shapes[s]) - 1);
    return [...finding.slice(0, 3), places];
  });
  return { ...detail, findings, shapes, thumb: undefined, standard: undefined };
}
