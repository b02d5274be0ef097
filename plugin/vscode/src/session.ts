// SPDX-License-Identifier: LGPL-2.1-or-later
/** The life of the language server: started for the first document that it can check. */
import * as vscode from "vscode";
import { findProgram } from "./program";
import { isChecked, readSettings, type Settings } from "./settings";

/**
 * idle: no document to check was opened yet; off: turned off in the settings; missing: there is no
 * such program; failed: it ended, or did not start
 */
export type State = "idle" | "off" | "missing" | "failed" | "starting" | "running";

/** What a session needs of a LanguageClient. */
export interface Client {
    start(): Promise<void>;
    /** Also where it never ran. */
    end(): Promise<void>;
    execute(command: string, args: readonly unknown[]): Promise<unknown>;
}

/** Tells `changed` when the server goes away and comes back by itself. */
export type ClientFactory = (program: string, settings: Settings,
    changed: (state: State) => void) => Client;

export class Session implements vscode.Disposable {
    private client: Client | undefined;
    private current: State = "idle";
    private last: Promise<void> = Promise.resolve();
    private readonly changed = new vscode.EventEmitter<State>();
    readonly onDidChangeState = this.changed.event;

    constructor(private readonly makeClient: ClientFactory,
        private readonly onMissing: (path: string) => void) {}

    get state(): State {
        return this.current;
    }

    /** Starts or ends the server as settings and open documents want it; tries nothing again. */
    update(): Promise<void> {
        return this.enqueue(() => this.adapt());
    }

    /** Ends the server and begins anew, also after a failure. */
    restart(): Promise<void> {
        return this.enqueue(async () => {
            await this.end("idle");
            await this.adapt();
        });
    }

    stop(): Promise<void> {
        return this.enqueue(() => this.end("idle"));
    }

    /** Runs a command of the server; fails where it is not running. */
    async execute(command: string, ...args: unknown[]): Promise<unknown> {
        if (this.client === undefined || this.current !== "running")
            throw new Error(vscode.l10n.t("proofd is not running here."));
        return this.client.execute(command, args);
    }

    dispose(): void {
        this.changed.dispose();
    }

    private enqueue(job: () => Promise<void>): Promise<void> {
        this.last = this.last.then(job, job);
        return this.last;
    }

    private setState(state: State): void {
        this.current = state;
        this.changed.fire(state);
    }

    private async adapt(): Promise<void> {
        const settings = readSettings();

        if (!settings.enable) {
            await this.end("off");
            return;
        }
        if (this.current === "off")
            this.setState("idle");
        if (this.current === "idle" && vscode.workspace.textDocuments.some((document) =>
            isChecked(document, settings.enabledLanguages)))
            await this.begin(settings);
    }

    private async begin(settings: Settings): Promise<void> {
        const program = await findProgram(settings.path, process.env);

        if (program === undefined) {
            this.setState("missing");
            this.onMissing(settings.path);
            return;
        }
        this.setState("starting");
        this.client = this.makeClient(program, settings, (state) => { this.setState(state); });
        try {
            await this.client.start();
            this.setState("running");
        } catch {
            await this.end("failed"); // the client has shown and logged why
        }
    }

    private async end(state: State): Promise<void> {
        const client = this.client;

        this.client = undefined;
        await client?.end();
        if (this.current !== state)
            this.setState(state);
    }
}
