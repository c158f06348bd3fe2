// Bundles scripts and styles, copies our pictures and makes the icon sprite, all into static/dist/.
// `node static/build.mjs` builds once, `--watch` goes on, `--strict` fails on an unknown icon,
// `--icons` writes nothing and prints the names it cannot find.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { purge } from "./purge.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const dist = path.join(here, "dist");
const iconDir = path.join(root, "node_modules/@tabler/icons/icons");
const watching = process.argv.includes("--watch");
const strict = process.argv.includes("--strict");
const iconsOnly = process.argv.includes("--icons");

const SOURCES = [
  "templates",
  "kam",
  "accounts",
  "interactions",
  "settlements",
  "plans",
  "static/js",
];
const SKIPPED = new Set(["node_modules", "dist", "__pycache__", "migrations", "locale", "demo"]);
const PATTERNS = [
  /\{%\s*icon\s+["']([a-z0-9-]+)["']/g,
  /\bicon["']?(?::\s*\w+)?\s*[=:(]\s*["']([a-z0-9-]+)["']/g,
  /\bicons: ([a-z0-9 -]+)/g,
];

async function* filesUnder(dir) {
  for (const entry of await readdir(dir, { withFileTypes: true }).catch(() => [])) {
    if (SKIPPED.has(entry.name)) continue;
    const full = path.join(dir, entry.name);
    if (entry.isDirectory()) yield* filesUnder(full);
    else if (/\.(html|py|js)$/.test(entry.name)) yield full;
  }
}

// Where Python hands names on through tables and variables, any word that is an icon counts.
const CARRIERS = /\b(NavItem|Panel|Badge|BulkAction|SearchHit|SearchProvider|Empty)\b/;
const WORDS = /["']([a-z][a-z0-9-]{2,})["']/g;

async function wordsThatAreIcons(text) {
  const outline = new Set(await readdir(path.join(iconDir, "outline")));
  const found = [...text.matchAll(WORDS)].map((match) => match[1]);
  return found.filter((word) => outline.has(`${word}.svg`));
}

async function usedIcons() {
  const names = new Set();
  for (const source of SOURCES) {
    for await (const file of filesUnder(path.join(root, source))) {
      const text = await readFile(file, "utf8");
      if (file.endsWith(".py") && CARRIERS.test(text)) {
        for (const name of await wordsThatAreIcons(text)) names.add(name);
      }
      for (const pattern of PATTERNS) {
        for (const match of text.matchAll(pattern)) {
          for (const name of match[1].split(" ").filter(Boolean)) names.add(name);
        }
      }
    }
  }
  return [...names].sort();
}

async function symbol(name) {
  const own = path.join(here, "img/symbols", `${name}.svg`);
  const filled = name.endsWith("-filled");
  const theirs = filled
    ? path.join(iconDir, "filled", `${name.slice(0, -"-filled".length)}.svg`)
    : path.join(iconDir, "outline", `${name}.svg`);
  const text = await readFile(own, "utf8").catch(() => readFile(theirs, "utf8").catch(() => null));
  if (text === null) return null;
  const inner = text.slice(text.indexOf(">", text.indexOf("<svg")) + 1, text.lastIndexOf("</svg>"));
  const paint = filled
    ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${inner.replace(/\s+/g, " ").trim()}</symbol>`;
}

async function drawIcons() {
  const symbols = [];
  const unknown = [];
  for (const name of await usedIcons()) {
    const drawn = await symbol(name);
    if (drawn) symbols.push(drawn);
    else unknown.push(name);
  }
  return { symbols, unknown };
}

async function buildSprite() {
  const { symbols, unknown } = await drawIcons();
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  await writeFile(path.join(dist, "icons.svg"), sprite);
  if (unknown.length > 0) {
    console.error(`Not among the icons: ${unknown.join(", ")}`);
    if (strict) process.exitCode = 1;
  }
}

async function copyPictures() {
  for (const name of await readdir(path.join(here, "img"))) {
    if (/\.(svg|png|webmanifest)$/.test(name)) {
      await copyFile(path.join(here, "img", name), path.join(dist, name));
    }
  }
}

/** Fonts for documents that leave the house as PDF. */
async function copyFonts() {
  const fonts = path.join(dist, "fonts");
  await mkdir(fonts, { recursive: true });
  for (const name of ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]) {
    const from = path.join(root, "node_modules/dejavu-fonts-ttf/ttf", name);
    await copyFile(from, path.join(fonts, name));
  }
}

/** Every word of our sources: whatever class a page may have is among them. */
async function allWords() {
  const words = new Set();
  for (const source of SOURCES) {
    for await (const file of filesUnder(path.join(root, source))) {
      for (const [word] of (await readFile(file, "utf8")).matchAll(/[A-Za-z_][\w-]*/g))
        words.add(word);
    }
  }
  return words;
}

const onlyWhatIsUsed = {
  name: "only-what-is-used",
  setup(build) {
    build.onLoad({ filter: /tabler\.css$/ }, async ({ path: file }) => ({
      contents: purge(await readFile(file, "utf8"), await allWords()),
      loader: "css",
    }));
  },
};

const shared = {
  bundle: true,
  minify: !watching,
  sourcemap: watching,
  outdir: dist,
  target: ["chrome123", "firefox125", "safari17.5"],
  logLevel: "warning",
  legalComments: "none",
};
const bundles = [
  { ...shared, entryPoints: [path.join(here, "js/main.js")], format: "esm", splitting: true },
  { ...shared, entryPoints: [path.join(here, "js/head.js")], format: "iife" },
  {
    ...shared,
    entryPoints: [path.join(here, "css/main.css")],
    loader: { ".woff2": "file" },
    plugins: [onlyWhatIsUsed],
    assetNames: "[name]-[hash]",
  },
];

if (iconsOnly) {
  console.info((await drawIcons()).unknown.join("\n"));
  process.exit();
}
await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([buildSprite(), copyPictures(), copyFonts()]);
if (watching) {
  for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
  console.info("Watching static/ for changes. Start again for new icons.");
} else {
  await Promise.all(bundles.map((bundle) => esbuild.build(bundle)));
}
