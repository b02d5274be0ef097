// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * Tests of the installed extension that run inside VS Code, with the real language server.
 * Environment: PROOFD_EDITOR_TEST: a file with a Plan.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";

/** A place in UTF-16 units, and the rule: as `proof --json` has them. */
type Finding = [start: number, end: number, rule: string];

interface Plan {
    /** Files, and what proof finds in them. */
    files: Record<string, Finding[]>;
    /** Where to write the outcomes: a JSON object of test names and errors, "" for none. */
    results: string;
}

const patience_ms = 60_000;
const plan = JSON.parse(readFileSync(String(process.env["PROOFD_EDITOR_TEST"]), "utf8")) as Plan;
const section = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration("proofd");

function ruleOf({ code }: vscode.Diagnostic): string {
    return String(typeof code === "object" ? code.value : code);
}

function findings(document: vscode.TextDocument): Finding[] {
    return vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === "proofd")
        .map((diagnostic): Finding => [document.offsetAt(diagnostic.range.start),
            document.offsetAt(diagnostic.range.end), ruleOf(diagnostic)])
        .sort(([a], [b]) => a - b);
}

/** The words that are reported, in their order. */
const words = (document: vscode.TextDocument): string[] =>
    findings(document).map(([start, end]) => document.getText().slice(start, end));

/** Waits until what is seen is as wanted; fails with what there is instead. */
async function until<T>(wanted: T, look: () => T): Promise<void> {
    const deadline = Date.now() + patience_ms;

    while (!isDeepStrictEqual(look(), wanted) && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(look(), wanted);
}

async function open(text: string, language = "markdown"): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument({ content: text, language });

    await vscode.window.showTextDocument(document);
    return document;
}

/** The quick fixes at a word, as the light bulb shows them. */
async function fixes(document: vscode.TextDocument, word: string): Promise<vscode.CodeAction[]> {
    const start = document.getText().indexOf(word);
    const range = new vscode.Range(document.positionAt(start), document.positionAt(start + word.length));

    return vscode.commands.executeCommand<vscode.CodeAction[]>("vscode.executeCodeActionProvider",
        document.uri, range, vscode.CodeActionKind.QuickFix.value, 50);
}

async function fixWith(document: vscode.TextDocument, word: string, command: string): Promise<void> {
    const actions = await fixes(document, word);
    const found = actions.find((action) => action.command?.command === command)?.command;

    assert.ok(found, `no ${command} in: ${actions.map(({ title }) => title).join("; ")}`);
    await vscode.commands.executeCommand(found.command, ...(found.arguments ?? []) as unknown[]);
}

/** The processes of the language server that this extension host has started. */
function servers(): number[] {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => {
        try {
            const [, name, , parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(
                readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
            return name?.startsWith("proofd-lsp") === true && Number(parent) === process.pid;
        } catch {
            return false; // it has just ended
        }
    }).map(Number);
}

const tests: Record<string, () => Promise<void>> = {
    async "finds what proof finds"() {
        for (const [path, expected] of Object.entries(plan.files)) {
            const document = await vscode.workspace.openTextDocument(path);
            await vscode.window.showTextDocument(document);
            await until({ path, found: expected }, () => ({ path, found: findings(document) }));
        }
    },

    async "a replacement repairs the text"() {
        const document = await open("I will recieve the letter.\n");

        await until(["recieve"], () => words(document));
        const action = (await fixes(document, "recieve")).find(({ edit }) => edit !== undefined);
        assert.ok(action?.edit, "no replacement");
        assert.match(action.title, /receive/);
        await vscode.workspace.applyEdit(action.edit);
        assert.equal(document.getText(), "I will receive the letter.\n");
        await until([], () => words(document));
    },

    async "findings move with edits"() {
        const document = await open("All is well.\n\nI will recieve the letter.\n");

        await until(["recieve"], () => words(document));
        const edit = new vscode.WorkspaceEdit();
        edit.insert(document.uri, new vscode.Position(0, 0), "A 😀 was here. Nobody saw teh cat.\n\n");
        await vscode.workspace.applyEdit(edit);
        await until(["teh", "recieve"], () => words(document));
    },

    async "a word becomes one of the user's, by quick fix and by command"() {
        const document = await open("She likes plorfing.\n\nHe hates wibbling.\n");

        await until(["plorfing", "wibbling"], () => words(document));
        await fixWith(document, "plorfing", "proofd.addWord");
        await until(["wibbling"], () => words(document));
        const end = document.positionAt(document.getText().indexOf("wibbling") + 2);
        const editor = await vscode.window.showTextDocument(document);
        editor.selection = new vscode.Selection(end, end);
        await vscode.commands.executeCommand("proofd.addWordHere");
        await until([], () => words(document));
    },

    async "a word becomes one of the workspace's"() {
        const document = await open("He hates frobbling.\n");

        await until(["frobbling"], () => words(document));
        const place = document.positionAt(document.getText().indexOf("frobbling"));
        const editor = await vscode.window.showTextDocument(document);
        editor.selection = new vscode.Selection(place, place);
        await vscode.commands.executeCommand("proofd.addWordToWorkspace");
        await until([], () => words(document));
        assert.deepEqual(section().inspect("words")?.workspaceValue, ["frobbling"]);
    },

    async "a rule is turned off in the workspace's settings"() {
        const document = await open("I will recieve the letter.\n");

        await until(["recieve"], () => words(document));
        await fixWith(document, "recieve", "proofd.disableRule");
        await until([], () => words(document));
        assert.deepEqual(section().inspect("disable")?.workspaceValue, ["spelling/unknown"]);
        await section().update("disable", undefined, vscode.ConfigurationTarget.Workspace);
        await until(["recieve"], () => words(document));
    },

    async "severity is a setting"() {
        const document = await open("I will recieve the letter.\n");
        const severities = (): number[] =>
            vscode.languages.getDiagnostics(document.uri).map(({ severity }) => severity);

        await until([vscode.DiagnosticSeverity.Error], severities);
        await section().update("severity", { spelling: "hint" }, vscode.ConfigurationTarget.Workspace);
        await until([vscode.DiagnosticSeverity.Hint], severities);
        await section().update("severity", undefined, vscode.ConfigurationTarget.Workspace);
        await until([vscode.DiagnosticSeverity.Error], severities);
    },

    async "turned off there is no server, turned on there is one"() {
        const document = await open("I will recieve the letter.\n");

        await until(["recieve"], () => words(document));
        await vscode.commands.executeCommand("proofd.turnOff");
        await until([], () => words(document));
        assert.equal(section().inspect("enable")?.workspaceValue, false);
        await vscode.commands.executeCommand("proofd.turnOn");
        await until(["recieve"], () => words(document));
        await until(1, () => servers().length);
    },

    async "a server that is killed is started again"() {
        const document = await open("I will recieve the letter.\n");

        await until(["recieve"], () => words(document));
        const [old] = servers();
        assert.ok(old);
        process.kill(old, "SIGKILL");
        await until([true, "recieve"], () =>
            [servers().length === 1 && servers()[0] !== old, ...words(document)]);
    },

    async "the message box of source control is checked as a commit message"() {
        const control = vscode.scm.createSourceControl("proofd-tests", "Tests");
        const box = (): vscode.TextDocument | undefined =>
            vscode.workspace.textDocuments.find(({ languageId }) => languageId === "scminput");

        await vscode.commands.executeCommand("workbench.view.scm");
        control.inputBox.value = "area: Recieve it\n\nI will recieve it.\n# I will recieve it.\n";
        await until(["Recieve", "recieve"], () => {
            const document = box();
            return document === undefined ? ["no message box"] : words(document);
        });
        control.dispose();
    },

    async "what the program cannot check is left alone"() {
        const document = await open("I will recieve the letter.\n", "json");
        const other = await open("I will recieve the letter.\n");

        await until(["recieve"], () => words(other));
        await until([], () => words(document)); // which may have the name of one closed before
    },

    async "without the program there are no findings, with it there are again"() {
        const document = await open("I will recieve the letter.\n");

        await until(["recieve"], () => words(document));
        await section().update("path", "/nonexistent/proofd-lsp", vscode.ConfigurationTarget.Global);
        await until([], () => words(document));
        await until([], servers);
        await section().update("path", undefined, vscode.ConfigurationTarget.Global);
        await until(["recieve"], () => words(document));
    },
};

export async function run(): Promise<void> {
    const outcomes: Record<string, string> = {};

    for (const [name, body] of Object.entries(tests)) {
        outcomes[name] = "did not end";
        try {
            await body();
            outcomes[name] = "";
        } catch (error) {
            outcomes[name] = error instanceof Error ? error.stack ?? error.message : String(error);
        }
        await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    }
    writeFileSync(plan.results, JSON.stringify(outcomes));
}
