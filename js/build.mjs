/**
 * Builds what the browser runs. `node build.mjs` writes the bundle into the Python package and fails above the size budget;
 * `--watch` does the same at every change until it is stopped; `--dev` writes a page of made-up recordings to build/dev.
 */
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, context } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const target = join(root, "microlog_nb", "widget", "static");

/** Bytes a notebook may load to paint the timeline: the script and the style sheet. */
const MOST_MINIFIED = 120_000;
const MOST_GZIPPED = 40_000;

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

/** A style sheet that a script imports is its minified text, with all that it imports itself. */
const styleAsText = {
  name: "style-as-text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { outputFiles } = await build({ ...shared, entryPoints: [path], write: false });
      return { contents: outputFiles[0].text, loader: "text" };
    });
  },
};
const script = { ...shared, plugins: [styleAsText] };

/** What the app is built to, in the Python package. `widget.js` and `more.js` import what they share from `common.js`. */
const BUNDLES = [
  {
    ...script,
    entryPoints: ["src/widget.ts", "src/more.ts"],
    outdir: target,
    format: "esm",
    splitting: true,
    chunkNames: "common",
  },
  { ...shared, entryPoints: ["src/style.css"], outfile: join(target, "widget.css") },
  { ...script, entryPoints: ["src/standalone.ts"], outfile: join(target, "standalone.js"), format: "esm" },
  { ...shared, entryPoints: ["src/loader.ts", "src/packed.ts"], outdir: target, format: "esm" },
];

async function sizeOf(...files) {
  const texts = await Promise.all(files.map((file) => readFile(join(target, file))));
  const bytes = Buffer.concat(texts);
  return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
}

/** Prints every size; true when what a page loads to paint the timeline is within the budget. */
async function withinBudget() {
  const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  const say = (name, { minified, gzipped }) => console.log(`${name}: ${kb(minified)} minified, ${kb(gzipped)} gzipped`);
  const first = await sizeOf("widget.css", "common.js", "widget.js");
  say("widget.css, common.js and widget.js, packed as one", first);
  say("more.js, at the first use of another tab", await sizeOf("more.js"));
  say("standalone.js, in a report", await sizeOf("standalone.js"));
  say("loader.js, in every widget", await sizeOf("loader.js"));
  if (first.minified <= MOST_MINIFIED && first.gzipped <= MOST_GZIPPED) return true;
  console.error(`over the budget of ${kb(MOST_MINIFIED)} minified, ${kb(MOST_GZIPPED)} gzipped`);
  return false;
}

async function buildDev() {
  const out = join(root, "build", "dev");
  await mkdir(out, { recursive: true });
  await build({
    ...script,
    minify: false,
    sourcemap: "inline",
    entryPoints: ["dev/page.ts"],
    outfile: join(out, "page.js"),
  });
  await build({ ...shared, minify: false, entryPoints: ["src/style.css"], outfile: join(out, "style.css") });
  await copyFile(join(here, "dev", "index.html"), join(out, "index.html"));
  console.log(`open ${relative(process.cwd(), join(out, "index.html"))}`);
}

async function watch() {
  const dev = { ...script, entryPoints: ["src/dev.ts"], outdir: target, format: "esm" };
  const contexts = await Promise.all(
    [dev, ...BUNDLES].map((options) => context({ ...options, minify: false, logLevel: "info" })),
  );
  await Promise.all(contexts.map((each) => each.watch()));
}

if (process.argv.includes("--dev")) await buildDev();
else if (process.argv.includes("--watch")) await watch();
else {
  await Promise.all(BUNDLES.map((options) => build(options)));
  if (!(await withinBudget())) process.exitCode = 1;
}
