// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type * as vscode from "vscode";
import { registerCommands, wordHere } from "../src/commands";
import { Session, type Client } from "../src/session";
import { fake, reset } from "./vscode";

const sent: unknown[] = [];
const client: Client = {
    start: () => Promise.resolve(),
    end: () => Promise.resolve(),
    execute: (command, args) => Promise.resolve(sent.push([command, ...args])),
};

let session: Session;

beforeEach(async () => {
    reset();
    sent.length = 0;
    fake.folders = [{}];
    fake.documents = [{ languageId: "markdown", uri: { scheme: "file" } }];
    fake.defaults = { enable: true, path: process.execPath, enabledLanguages: ["markdown"] };
    session = new Session(() => client, () => undefined);
    registerCommands(session, { show: () => sent.push(["log"]) } as unknown as vscode.OutputChannel);
    await session.update();
});

/** An editor on one line, with the cursor or a selection in it. */
function editor(line: string, start: number, end = start): vscode.TextEditor {
    return {
        selection: { isEmpty: start === end, active: start, start, end },
        document: {
            getText: (range: { start: number; end: number }) => line.slice(range.start, range.end),
            getWordRangeAtPosition(position: number, pattern: RegExp): unknown {
                const found = [...line.matchAll(new RegExp(pattern, "gu"))].find((match) =>
                    match.index <= position && position <= match.index + match[0].length);
                return found && { start: found.index, end: found.index + found[0].length };
            },
        },
    } as unknown as vscode.TextEditor;
}

const run = (name: string, ...args: unknown[]): unknown => fake.commands.get(name)?.(...args);

test("the word is the one at the cursor, or the selected one", () => {
    assert.equal(wordHere(editor("It isn't naïve.", 5)), "isn't");
    assert.equal(wordHere(editor("It isn't naïve.", 14)), "naïve");
    assert.equal(wordHere(editor("It isn't naïve.", 0, 3)), "It");
    assert.equal(wordHere(editor("It isn't naïve.", 0, 8)), undefined, "two words");
    assert.equal(wordHere(editor("...", 1)), undefined, "none");
});

test("a word goes to the server, or to the workspace", async () => {
    fake.editor = editor("I tehed it.", 3);
    await run("proofd.addWordHere");
    assert.deepEqual(sent, [["proofd.addWord", "tehed"]]);
    await run("proofd.addWordToWorkspace");
    assert.deepEqual(fake.workspace["words"], ["tehed"]);
});

test("without a word there is a message", async () => {
    fake.editor = editor("  ", 1);
    await run("proofd.addWordHere");
    assert.deepEqual(sent, []);
    assert.equal(fake.messages.length, 1);
});

test("a rule is turned off in the workspace, and the setting can be opened", async () => {
    fake.answer = "Change Settings";
    await run("proofd.disableRule", "spelling/unknown");
    assert.deepEqual(fake.workspace["disable"], ["spelling/unknown"]);
    assert.deepEqual(fake.executed, [["workbench.action.openWorkspaceSettings", "proofd.disable"]]);
    await run("proofd.disableRule", "spelling/unknown");
    assert.equal(fake.messages.length, 1, "told once");
    await assert.rejects(run("proofd.disableRule", undefined) as Promise<void>, /needs a rule/);
});

test("off and on are settings of the workspace", async () => {
    await run("proofd.turnOff");
    assert.equal(fake.workspace["enable"], false);
    await run("proofd.turnOn");
    assert.equal(fake.workspace["enable"], true);
});

test("the menu runs what is chosen", async () => {
    fake.answer = "Turn Off in This Workspace";
    await run("proofd.showMenu");
    assert.equal(fake.workspace["enable"], false);
    fake.answer = "Settings";
    await run("proofd.showMenu");
    assert.deepEqual(fake.executed.at(-1), ["workbench.action.openSettings", "proofd."]);
    fake.answer = undefined; // closed without a choice
    await run("proofd.showMenu");
    assert.equal(fake.executed.length, 2);
});
