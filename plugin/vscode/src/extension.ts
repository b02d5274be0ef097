// SPDX-License-Identifier: LGPL-2.1-or-later
/** Where VS Code enters: puts the parts together. */
import * as vscode from "vscode";
import { clientFactory } from "./client";
import { registerCommands } from "./commands";
import { Session } from "./session";
import { needsRestart } from "./settings";
import { Status } from "./status";

let session: Session | undefined;

async function tellMissing(path: string): Promise<void> {
    const { t } = vscode.l10n;
    const settings = t("Open Settings");
    const again = t("Try Again");
    const chosen = await vscode.window.showErrorMessage(
        t("proofd cannot check your text: there is no program {0} that can be run. Install proofd with "
            + "its language server, proofd-lsp, or give the program's whole path in the setting proofd.path.",
        path || "proofd-lsp"), settings, again);

    if (chosen === settings)
        await vscode.commands.executeCommand("workbench.action.openSettings", "proofd.path");
    else if (chosen === again)
        await session?.restart();
}

export function activate(context: vscode.ExtensionContext): void {
    const log = vscode.window.createOutputChannel("proofd");
    const started = new Session(clientFactory(log), (path) => void tellMissing(path));

    session = started;
    context.subscriptions.push(log, started, new Status(started), registerCommands(started, log),
        vscode.workspace.onDidOpenTextDocument(() => started.update()),
        vscode.workspace.onDidChangeConfiguration(async (event) => {
            if (needsRestart(event))
                await started.restart();
        }));
    void started.update();
}

export async function deactivate(): Promise<void> {
    await session?.stop();
}
