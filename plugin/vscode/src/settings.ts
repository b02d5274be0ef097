// SPDX-License-Identifier: LGPL-2.1-or-later
/** The settings `proofd.*` that the extension itself reads or writes; the server asks for the rest. */
import * as vscode from "vscode";

/**
 * Files, files to be, and the message box of source control. Documents that are shown only, such as
 * the old side of a comparison, are not checked.
 */
const schemes = ["file", "untitled", "vscode-scm"];

/** Settings that take a new start of the server. */
const restarting = ["proofd.enable", "proofd.path", "proofd.enabledLanguages"];

export interface Settings {
    readonly enable: boolean;
    readonly path: string;
    readonly enabledLanguages: readonly string[];
}

export function readSettings(): Settings {
    const section = vscode.workspace.getConfiguration("proofd");

    return {
        enable: section.get("enable", true),
        path: section.get("path", ""),
        enabledLanguages: section.get("enabledLanguages", []),
    };
}

export function needsRestart(event: vscode.ConfigurationChangeEvent): boolean {
    return restarting.some((name) => event.affectsConfiguration(name));
}

/** Which documents the server gets to see. */
export function documentSelector(languages: readonly string[]): { language: string; scheme: string }[] {
    return languages.flatMap((language) => schemes.map((scheme) => ({ language, scheme })));
}

export function isChecked(document: vscode.TextDocument, languages: readonly string[]): boolean {
    return languages.includes(document.languageId) && schemes.includes(document.uri.scheme);
}

/** The workspace's settings, or the user's where no folder is open. */
function target(): vscode.ConfigurationTarget {
    return vscode.workspace.workspaceFolders === undefined
        ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
}

export async function setEnabled(enable: boolean): Promise<void> {
    await vscode.workspace.getConfiguration("proofd").update("enable", enable, target());
}

/**
 * Adds to a list in the workspace's settings. As these hide the user's, they begin as a copy of them.
 * @returns whether it was new
 */
export async function addToList(name: "disable" | "words", value: string): Promise<boolean> {
    const section = vscode.workspace.getConfiguration("proofd");
    const found = section.inspect<string[]>(name);
    const own = target() === vscode.ConfigurationTarget.Workspace ? found?.workspaceValue : undefined;
    const old = own ?? found?.globalValue ?? [];

    if (old.includes(value))
        return false;
    await section.update(name, [...old, value], target());
    return true;
}
