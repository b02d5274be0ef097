// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { findProgram } from "../src/program";

let home: string;
let program: string;

beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "proofd-vscode-"));
    program = join(home, "bin", "proofd-lsp");
    await mkdir(join(home, "bin"));
    await mkdir(join(home, "empty"));
    await writeFile(program, "#!/bin/sh\n");
    await chmod(program, 0o755);
});

afterEach(() => rm(home, { recursive: true }));

test("a program is found on PATH, by its path, and below the home", async () => {
    const env = { HOME: home, PATH: `${home}/empty:${home}/bin` };

    assert.equal(await findProgram("proofd-lsp", env), program);
    assert.equal(await findProgram("  ", env), program);
    assert.equal(await findProgram(program, { PATH: "" }), program);
    assert.equal(await findProgram("~/bin/proofd-lsp", env), program);
});

test("what cannot be run is not found", async () => {
    const env = { HOME: home, PATH: `${home}/empty:${home}/bin` };

    assert.equal(await findProgram("proofd-lsp", { PATH: `${home}/empty` }), undefined);
    assert.equal(await findProgram("proofd-lsp", {}), undefined);
    assert.equal(await findProgram(join(home, "bin"), env), undefined, "a folder");
    await chmod(program, 0o644);
    assert.equal(await findProgram("proofd-lsp", env), undefined, "a file that is no program");
});

test("a relative path is not found, not on PATH either", async () => {
    assert.equal(await findProgram("bin/proofd-lsp", { HOME: home, PATH: home }), undefined);
    assert.equal(await findProgram("proofd-lsp", { PATH: "bin:." }), undefined);
});
