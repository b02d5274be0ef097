// SPDX-License-Identifier: LGPL-2.1-or-later
/** The language client: one process of proofd-lsp, spoken to over its standard input and output. */
import type * as vscode from "vscode";
import { ErrorAction, ExecuteCommandRequest, LanguageClient, RevealOutputChannelOn,
    State as ClientState, type ErrorHandler, type StaticFeature }
    from "vscode-languageclient/node";
import type { Client, ClientFactory, State } from "./session";
import { documentSelector } from "./settings";

/** Commands of code actions that the server leaves to the extension, as they change settings. */
const clientCommands = ["proofd.disableRule"];

const stateOf: Record<ClientState, State> = {
    [ClientState.Stopped]: "failed",
    [ClientState.Starting]: "starting",
    [ClientState.Running]: "running",
};

/**
 * Diagnostics are to be pushed. The client pulls them for tabs alone, so the message box of source
 * control would have none, and a long document would have its first ones last.
 */
const pushOnly: StaticFeature = {
    fillClientCapabilities(capabilities): void {
        delete capabilities.textDocument?.diagnostic;
    },
    initialize: () => undefined,
    getState: () => ({ kind: "static" }),
    clear: () => undefined,
};

export function clientFactory(log: vscode.OutputChannel): ClientFactory {
    return (program, settings, changed): Client => {
        const client: LanguageClient = new LanguageClient("proofd", "proofd", { command: program }, {
            documentSelector: documentSelector(settings.enabledLanguages),
            initializationOptions: { clientCommands },
            outputChannel: log,
            revealOutputChannelOn: RevealOutputChannelOn.Never,
            diagnosticCollectionName: "proofd",
            errorHandler: {
                // a write that fails: the server is gone, which closed() hears of, too
                error: () => ({ action: ErrorAction.Continue, handled: true }),
                closed: () => restarts.closed(),
            },
        });
        const restarts: ErrorHandler = client.createDefaultErrorHandler();
        client.registerFeature(pushOnly);
        const watch = client.onDidChangeState((event) => { changed(stateOf[event.newState]); });

        return {
            start: () => client.start(),
            async end(): Promise<void> {
                watch.dispose();
                if (!client.needsStop())
                    return;
                try {
                    await client.start(); // it cannot be stopped while it starts
                    await client.stop();
                } catch {
                    // the client has logged why, and soon kills the process
                }
            },
            execute: (command, args) => client.sendRequest(ExecuteCommandRequest.type,
                { command, arguments: [...args] }),
        };
    };
}
