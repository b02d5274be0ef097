// SPDX-License-Identifier: LGPL-2.1-or-later
/** The commands of the palette, and those that the server leaves to its client. */
import * as vscode from "vscode";
import type { Session } from "./session";
import { addToList, setEnabled } from "./settings";

const wordPattern = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/u;

/** The selected word, or the one that the cursor is in. */
export function wordHere(editor: vscode.TextEditor): string | undefined {
    const { document, selection } = editor;
    const range = selection.isEmpty
        ? document.getWordRangeAtPosition(selection.active, wordPattern) : selection;
    const word = range === undefined ? "" : document.getText(range).trim();

    return word === "" || /\s/u.test(word) ? undefined : word;
}

async function withWord(use: (word: string) => Promise<unknown>): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const word = editor === undefined ? undefined : wordHere(editor);

    if (word === undefined)
        void vscode.window.showInformationMessage(
            vscode.l10n.t("Put the cursor in a word, or select one word."));
    else
        await use(word);
}

async function tellDisabled(rule: string): Promise<void> {
    const { t } = vscode.l10n;
    const change = t("Change Settings");
    const chosen = await vscode.window.showInformationMessage(
        t("The rule {0} is turned off in the setting proofd.disable.", rule), change);

    if (chosen === change)
        await vscode.commands.executeCommand("workbench.action.openWorkspaceSettings", "proofd.disable");
}

/** The server's "turn rule off": its diagnostics go as soon as it hears of the new setting. */
async function disableRule(rule: unknown): Promise<void> {
    if (typeof rule !== "string" || rule === "")
        throw new TypeError("proofd.disableRule: needs a rule, such as \"spelling/unknown\"");
    if (await addToList("disable", rule))
        void tellDisabled(rule);
}

async function showMenu(session: Session): Promise<void> {
    const { t } = vscode.l10n;
    const running = session.state === "running";
    const off = session.state === "off";
    const items = [
        ...(running ? [{ label: t("Go to Next Finding"), command: "editor.action.marker.next" }] : []),
        off ? { label: t("Turn On in This Workspace"), command: "proofd.turnOn" }
            : { label: t("Turn Off in This Workspace"), command: "proofd.turnOff" },
        ...(off ? [] : [{ label: t("Restart Language Server"), command: "proofd.restart" }]),
        { label: t("Show Log"), command: "proofd.showLog" },
        { label: t("Settings"), command: "workbench.action.openSettings", argument: "proofd." },
    ];
    const chosen = await vscode.window.showQuickPick(items, { title: "proofd" });

    if (chosen !== undefined)
        await vscode.commands.executeCommand(chosen.command,
            ...("argument" in chosen ? [chosen.argument] : []));
}

export function registerCommands(session: Session, log: vscode.OutputChannel): vscode.Disposable {
    const commands: Record<string, (argument: unknown) => unknown> = {
        "proofd.turnOff": () => setEnabled(false),
        "proofd.turnOn": () => setEnabled(true),
        "proofd.addWordHere": () => withWord((word) => session.execute("proofd.addWord", word)),
        "proofd.addWordToWorkspace": () => withWord((word) => addToList("words", word)),
        "proofd.restart": () => session.restart(),
        "proofd.showLog": () => { log.show(true); },
        "proofd.showMenu": () => showMenu(session),
        "proofd.disableRule": disableRule,
    };

    return vscode.Disposable.from(...Object.entries(commands).map(([name, run]) =>
        vscode.commands.registerCommand(name, run)));
}
