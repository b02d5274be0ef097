// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type * as vscode from "vscode";
import { addToList, documentSelector, isChecked, setEnabled } from "../src/settings";
import { fake, reset } from "./vscode";

beforeEach(reset);

const document = (languageId: string, scheme: string): vscode.TextDocument =>
    ({ languageId, uri: { scheme } }) as unknown as vscode.TextDocument;

test("files and new files of the enabled languages are checked, no others", () => {
    assert.ok(isChecked(document("markdown", "file"), ["markdown"]));
    assert.ok(isChecked(document("markdown", "untitled"), ["markdown"]));
    assert.ok(!isChecked(document("markdown", "git"), ["markdown"]));
    assert.ok(!isChecked(document("json", "file"), ["markdown"]));
    assert.ok(isChecked(document("scminput", "vscode-scm"), ["scminput"]));
    assert.deepEqual(documentSelector(["latex"]), ["file", "untitled", "vscode-scm"].map((scheme) =>
        ({ language: "latex", scheme })));
});

test("a workspace's list begins with the user's", async () => {
    fake.folders = [{}];
    fake.user["disable"] = ["spelling"];
    assert.ok(await addToList("disable", "extra-word/model"));
    assert.deepEqual(fake.workspace["disable"], ["spelling", "extra-word/model"]);
    assert.ok(await addToList("disable", "agreement"));
    assert.deepEqual(fake.workspace["disable"], ["spelling", "extra-word/model", "agreement"]);
    assert.deepEqual(fake.user["disable"], ["spelling"]);
});

test("nothing is added twice", async () => {
    fake.folders = [{}];
    fake.workspace["words"] = ["teh"];
    assert.ok(!await addToList("words", "teh"));
    assert.deepEqual(fake.workspace["words"], ["teh"]);
});

test("without a folder, the user's settings are changed", async () => {
    await addToList("words", "teh");
    await setEnabled(false);
    assert.deepEqual(fake.user, { words: ["teh"], enable: false });
    assert.deepEqual(fake.workspace, {});
});

test("with a folder, the workspace's settings are changed", async () => {
    fake.folders = [{}];
    await setEnabled(false);
    assert.deepEqual(fake.workspace, { enable: false });
    assert.deepEqual(fake.user, {});
});
