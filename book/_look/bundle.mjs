// Called by book/_extensions/lean_pages.py with one JSON argument:
// { scripts: {to: [from, ...]}, sheets: {to: [from, ...]}, pages: [...] }, all paths of files. The rules of a sheet
// that no page and no script can ever match are left out, and everything is minified.

import { readFileSync, writeFileSync } from "node:fs";
import { buildSync, transformSync } from "esbuild";
import { PurgeCSS } from "purgecss";

const { scripts, sheets, pages } = JSON.parse(readFileSync(0, "utf-8"));
for (const [to, from] of Object.entries(scripts)) {
  const joined = from.map((file) => readFileSync(file, "utf-8")).join(";\n");
  writeFileSync(to, transformSync(joined, { minify: true, charset: "utf8" }).code);
}
for (const [to, from] of Object.entries(sheets)) {
  const contents = from.map((file) => `@import ${JSON.stringify(file)};`).join("\n");
  const options = { bundle: true, write: false, external: ["*.woff", "*.woff2", "*.ttf", "*.svg", "*.png"], logLevel: "error" };
  const raw = buildSync({ stdin: { contents, loader: "css", resolveDir: "/" }, ...options }).outputFiles[0].text;
  const [{ css }] = await new PurgeCSS().purge({ content: [...pages, ...Object.keys(scripts)], css: [{ raw }] });
  writeFileSync(to, transformSync(css, { minify: true, loader: "css", charset: "utf8" }).code);
}
