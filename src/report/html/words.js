"use strict";
// Words of the page in both languages, and small tools to build it. Names of files are only ever set as
// text or through attributes, never parsed as HTML.

const WORDS = {
  pass: ["通过", "Pass"], review: ["待复核", "To look at"], fail: ["重拍", "Retake"], error: ["读不了", "Unreadable"],
  not_assessed: ["未测出", "Not measured"],
  all: ["全部", "All"], captures: ["张照片", "captures"],
  reasons: ["原因排行", "Reasons, ranked"], reasonsNone: ["没有需要处理的照片。", "Nothing needs attention."],
  byRetake: ["重拍", "retake"], byLook: ["待复核", "to look at"], more: ["显示全部", "Show all"], fewer: ["收起", "Show fewer"],
  distribution: ["余量分布", "Room to the limit"], outside: ["超出", "outside"], inside: ["合格", "inside"],
  limit: ["标准", "Limit"], value: ["测得", "Value"], slack: ["差", "Off by"], confidence: ["把握", "Sure"],
  check: ["检查项", "Check"], reason: ["原因", "Reason"], search: ["查找文件名", "Search names"],
  anyCheck: ["全部检查项", "Any check"], anyReason: ["全部原因", "Any reason"],
  sort: ["排序", "Sort"], sortLook: ["先看要处理的", "To look at first"], sortWorst: ["偏差最大", "Worst slack first"],
  sortInput: ["输入顺序", "Input order"], sortName: ["文件名", "Name"],
  drawn: ["标注", "Drawn"], layerFaults: ["问题处", "Faults"], layerLines: ["头顶/眼/下巴/肩线", "Crown, eye, chin, shoulder lines"],
  layerEars: ["耳朵", "Ears"], layerMesh: ["面部网格", "Mesh"], layerCrop: ["裁切框", "Crop"],
  reset: ["清除筛选", "Clear filters"], none: ["没有符合条件的照片。", "No capture matches."],
  print: ["打印", "Print"], language: ["语言", "Language"],
  unreadableList: ["读不了的文件", "Files that could not be read"], andMore: ["还有", "and more:"],
  provenance: ["判定依据", "Judged by"], profile: ["规格", "Profile"], stage: ["阶段", "Stage"],
  capture: ["原片", "capture"], finished: ["成品", "finished file"], engine: ["引擎", "Engine"],
  program: ["程序", "Program"], models: ["模型", "Models"], files: ["标准照", "standard files"],
  notPassing: ["还没通过，要再试的：", "do not pass"],
  unmeasuredOf: ["未测出", "not measured"], unsureOf: ["没把握", "not sure"], notMeasuredN: ["张未测出", "not measured"],
  noNumber: ["这一项不是数值。", "This check gives a name, not a number."],
  previous: ["上一张", "Previous"], next: ["下一张", "Next"], close: ["关闭", "Close"],
  toMend: ["要处理的", "What decides"], noted: ["仅供参考", "Noted, does not decide"], passing: ["已通过", "Inside the limit"],
  notAssessed: ["尚不能测", "Not measured"], allGood: ["必查项全部合格。", "Every required check is inside its limit."],
  hint: ["指向一行，就在照片上标出测的地方。点击照片（或按 z）放大。←→ 翻页，Esc 关闭。", "Point at a row to see where it was measured. Click the picture (or press z) to zoom. ← → to go on, Esc to close."],
  photo: ["照片", "Photo"], standard: ["标准照", "Standard file"], notMade: ["未制作", "Not made"],
  reviewBand: ["复核范围", "looked at within"], clause: ["依据", "Source"],
  printNote: ["未通过的照片", "Captures that do not pass"], printNone: ["全部通过。", "All pass."],
  quality: ["质量", "quality"], filtered: ["（按当前筛选）", "(as filtered)"],
  stopped: ["运行中途停止：这里只有停止前看过的照片。", "The run was stopped: only what was looked at before is here."],
  noPicture: ["没有图片", "No picture"], showPicture: ["查看", "Open"],
};

let language = "both";

/** One of two texts, or both. */
function say(pair) {
  const [zh, en] = Array.isArray(pair) ? pair : [pair.zh, pair.en];
  if (language === "zh") return zh;
  if (language === "en") return en;
  return zh === en ? zh : `${zh} ${en}`;
}

/** A word of the page. */
const t = (key) => say(WORDS[key]);

/** The text of one or both languages as elements: long texts stand below each other. */
function texts(pair) {
  if (language !== "both") return [el("span", { lang: language === "zh" ? "zh-CN" : "en" }, say(pair))];
  return [el("span", { lang: "zh-CN" }, pair.zh), el("span", { class: "second", lang: "en" }, pair.en)];
}

/** An element with attributes, listeners (`onclick: f`) and children (elements or text). */
function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for a drawing. */
function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

/** A number for people. */
function number(value) {
  const size = Math.abs(value);
  return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)));
}

const SIGNS = { pass: "✓", review: "?", fail: "✕", error: "!", not_assessed: "–" };

/** A verdict or an outcome: sign and word, never the colour alone. */
function badge(outcome) {
  return el("span", { class: `badge ${outcome}` }, el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[outcome]), t(outcome));
}
