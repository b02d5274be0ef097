// SPDX-License-Identifier: LGPL-2.1-or-later
/** The status bar item: how many findings the file in front has, or why it has none. */
import * as vscode from "vscode";
import type { Session, State } from "./session";
import { isChecked, readSettings } from "./settings";

export function countFindings(uri: vscode.Uri): number {
    return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "proofd").length;
}

interface Shown {
    readonly text: string;
    readonly tooltip: string;
    readonly trouble?: boolean;
}

/** What stands in the status bar. */
export function describe(state: State, findings: number): Shown {
    const { t } = vscode.l10n;

    switch (state) {
    case "off":
        return { text: "$(circle-slash) proofd", tooltip: t("proofd is turned off here.") };
    case "missing":
        return { text: "$(error) proofd", tooltip: t("The program proofd-lsp was not found."), trouble: true };
    case "failed":
        return { text: "$(error) proofd", tooltip: t("proofd-lsp ended. Its log may say why."), trouble: true };
    case "idle":
    case "starting":
        return { text: "$(loading~spin) proofd", tooltip: t("proofd is starting.") };
    case "running":
        return findings === 0
            ? { text: "$(check) proofd", tooltip: t("No findings in this file.") }
            : { text: `$(pencil) proofd: ${findings}`, tooltip: findings === 1
                ? t("1 finding in this file.") : t("{0} findings in this file.", findings) };
    }
}

export class Status implements vscode.Disposable {
    private readonly item = vscode.window.createStatusBarItem("proofd.status",
        vscode.StatusBarAlignment.Right, 100);
    private readonly watches: vscode.Disposable[];

    constructor(private readonly session: Session) {
        const show = (): void => { this.show(); };

        this.item.name = "proofd";
        this.item.command = "proofd.showMenu";
        this.watches = [
            session.onDidChangeState(show),
            vscode.window.onDidChangeActiveTextEditor(show),
            vscode.workspace.onDidChangeConfiguration(show),
            vscode.workspace.onDidOpenTextDocument(show), // also when a document's language changes
            vscode.languages.onDidChangeDiagnostics(show),
        ];
        this.show();
    }

    dispose(): void {
        vscode.Disposable.from(...this.watches, this.item).dispose();
    }

    private show(): void {
        const document = vscode.window.activeTextEditor?.document;

        if (document === undefined || !isChecked(document, readSettings().enabledLanguages)) {
            this.item.hide();
            return;
        }
        const shown = describe(this.session.state, countFindings(document.uri));
        this.item.text = shown.text;
        this.item.tooltip = shown.tooltip;
        this.item.backgroundColor = shown.trouble === true
            ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
        this.item.show();
    }
}
