// A headless Chromium spoken to over a pipe: nothing to install but Node and Chromium themselves.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** The browser to use: $CHROMIUM, or one of the usual names on the path; none is null. */
export function findBrowser() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const places = (process.env.PATH ?? "").split(delimiter).flatMap((dir) => names.map((name) => join(dir, name)));
  return places.find((place) => existsSync(place)) ?? null;
}

/** Start it, with one page. Everything that the page complains about is gathered in `complaints`. */
export async function start(executable) {
  const home = mkdtempSync(join(tmpdir(), "photogate-browser-"));
  const flags = ["--headless=new", "--remote-debugging-pipe", `--user-data-dir=${home}`, "--no-first-run", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"];
  // The sandbox cannot be had by root in a container, and the page is our own.
  if (process.getuid?.() === 0) flags.push("--no-sandbox");
  const child = spawn(executable, flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const [toBrowser, fromBrowser] = [child.stdio[3], child.stdio[4]];
  const waiting = new Map();
  const complaints = [];
  const listeners = new Map();
  let next = 1;
  let rest = Buffer.alloc(0);
  fromBrowser.on("data", (part) => {
    rest = Buffer.concat([rest, part]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const message = JSON.parse(rest.subarray(0, end).toString());
      rest = rest.subarray(end + 1);
      if (message.id) {
        const { resolve, reject } = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error) reject(new Error(message.error.message));
        else resolve(message.result);
      } else {
        const { method, params } = message;
        if (method === "Runtime.exceptionThrown") complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        if (method === "Runtime.consoleAPICalled" && ["error", "warning"].includes(params.type)) complaints.push(params.args.map((a) => a.value ?? a.description).join(" "));
        if (method === "Log.entryAdded" && ["error", "warning"].includes(params.entry.level)) complaints.push(`${params.entry.text} ${params.entry.url ?? ""}`);
        if (method === "Network.requestWillBeSent" && !/^(file|data):/.test(params.request.url)) complaints.push(`asked the network for ${params.request.url}`);
        listeners.get(method)?.(params);
        listeners.delete(method);
      }
    }
  });
  const raw = (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    waiting.set(next, { resolve, reject });
    toBrowser.write(`${JSON.stringify({ id: next++, method, params, sessionId })}\0`);
  });
  const { targetId } = await raw("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await raw("Target.attachToTarget", { targetId, flatten: true });
  const send = (method, params) => raw(method, params, sessionId);
  await Promise.all(["Page", "Runtime", "Log", "Network"].map((domain) => send(`${domain}.enable`)));

  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    complaints,
    evaluate,
    send,
    async open(url) {
      const loaded = new Promise((resolve) => { listeners.set("Page.loadEventFired", resolve); });
      await send("Page.navigate", { url });
      await loaded;
    },
    size: (width, height, mobile = false, dark = false) => Promise.all([
      send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: mobile ? 2 : 1, mobile }),
      send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] }),
    ]),
    /** Wait until two frames were drawn. */
    settle: () => evaluate("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(r, 60))))"),
    async key(key) {
      const codes = { Escape: 27, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, Enter: 13 };
      const event = { key, code: key, windowsVirtualKeyCode: codes[key] };
      await send("Input.dispatchKeyEvent", { type: "keyDown", ...event, text: key === "Enter" ? "\r" : undefined });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    },
    async screenshot(path) {
      const { data } = await send("Page.captureScreenshot", { format: "png" });
      writeFileSync(path, Buffer.from(data, "base64"));
    },
    async pdf(path) {
      const { data } = await send("Page.printToPDF", { preferCSSPageSize: true, printBackground: true });
      writeFileSync(path, Buffer.from(data, "base64"));
    },
    async stop() {
      const ended = new Promise((resolve) => child.on("exit", resolve));
      await raw("Browser.close").catch(() => child.kill());
      await ended;
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
