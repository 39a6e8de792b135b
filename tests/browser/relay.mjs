// Puts the page's text as it is now in src/ around the data of a report that is there: what is written
// can be looked at without building the program. node tests/browser/relay.mjs REPORT.html NEW.html

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const [report, out] = process.argv.slice(2);
const source = (name) => readFileSync(new URL(`../../src/report/html/${name}`, import.meta.url), "utf8");
const order = readFileSync(new URL("../../src/report/html.rs", import.meta.url), "utf8").match(/html\/\w+\.js/g);
const script = order.map((name) => source(name.slice(5))).join("");
const text = readFileSync(report, "utf8");
const data = text.slice(text.indexOf('<script type="application/json"'), text.lastIndexOf("<script>"));
const [before, after] = source("page.html").split("<!--rows-->");
const hash = createHash("sha256").update(script).digest("base64");
const head = before.replace("/*style*/", () => source("page.css")).replace("SCRIPT_HASH", hash);
writeFileSync(out, `${head}${data}<script>${script}</script>\n${after}`);
