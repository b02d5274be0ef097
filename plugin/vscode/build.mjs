// SPDX-License-Identifier: LGPL-2.1-or-later
// build.mjs [--tests] - bundles src/ to out/extension.js; with --tests, what is below test/ too
import { chmod, copyFile, readFile, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const common = { bundle: true, platform: "node", target: "node18", format: "cjs", logLevel: "warning" };

/** The licence texts of the packages that are part of the bundle, which they ask for. */
async function notices(inputs) {
    const packages = new Set(Object.keys(inputs).map((path) =>
        /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean));
    const texts = [];
    for (const folder of [...packages].sort()) {
        const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
        const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
        const text = file === undefined ? "" : await readFile(join(folder, file), "utf8");
        texts.push(`${name} ${version} (${license})\n\n${text}`);
    }
    return texts.join("\n----\n\n");
}

const bundle = await build({ ...common, entryPoints: ["src/extension.ts"], outfile: "out/extension.js",
    external: ["vscode"], minify: true, metafile: true });
await writeFile("out/THIRD-PARTY.txt", await notices(bundle.metafile.inputs));
// vscode-languageclient runs it beside the bundle, to kill a server that does not end
await copyFile("node_modules/vscode-languageclient/lib/node/terminateProcess.sh", "out/terminateProcess.sh");
await chmod("out/terminateProcess.sh", 0o755);
await copyFile("../../LICENSES/LGPL-2.1-or-later.txt", "LICENSE.txt");

if (process.argv.includes("--tests")) {
    const tests = (await readdir("test")).filter((name) => name.endsWith(".test.ts"));
    await build({ ...common, entryPoints: tests.map((name) => join("test", name)), outdir: "out/test",
        sourcemap: "inline", external: ["typescript"], alias: { vscode: resolve("test/vscode.ts") } });
    await build({ ...common, entryPoints: ["test/editor/main.ts"], outfile: "test/editor/out/main.js",
        external: ["vscode"], sourcemap: "inline" });
}
