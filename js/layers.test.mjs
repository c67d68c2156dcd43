import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";

/** [folder of the importing file, what it imports, whether the layers allow it] */
const IMPORTS = [
  ["data", "../logic/format", false],
  ["logic", "../state/store", false],
  ["logic", "../theme/theme", false],
  ["state", "../views/app", false],
  ["render", "../views/context", false],
  ["views", "../host/kernel", false],
  ["views", "../widget", false],
  ["theme", "../data/types", false],
  ["host", "../data/types", false],
  ["logic", "../data/types", true],
  ["render", "../theme/theme", true],
  ["views", "../host/host", true],
  [".", "./host/kernel", true],
];

/** The files, among those of a made-up app, that the linter refuses. */
function refused(files) {
  const root = mkdtempSync(join(tmpdir(), "layers-"));
  try {
    copyFileSync("biome.json", join(root, "biome.json"));
    for (const [path, text] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const biome = resolve("node_modules/@biomejs/biome/bin/biome");
    const args = [
      biome,
      "lint",
      "--only=style/noRestrictedImports",
      "--reporter=github",
      "--max-diagnostics=none",
      "src",
    ];
    const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    return files.map(([path]) => path).filter((path) => stdout.includes(path));
  } finally {
    rmSync(root, { recursive: true });
  }
}

it("the linter refuses exactly the imports that go up or across a layer", () => {
  const files = IMPORTS.map(([folder, imported], i) => [
    join("src", folder, `probe${i}.ts`),
    `import { x } from "${imported}";\n\nexport const y = x;\n`,
  ]);
  const expected = files.filter((_, i) => !IMPORTS[i][2]).map(([path]) => path);
  expect(refused(files)).toEqual(expected);
});
