// SPDX-License-Identifier: LGPL-2.1-or-later
/** Stands in for VS Code's API in the unit tests: as much of it as src/ uses, and `fake` to steer it. */

type Listener = (event: unknown) => unknown;

export class Disposable {
    constructor(private readonly run: () => void) {}

    static from(...parts: { dispose(): void }[]): Disposable {
        return new Disposable(() => { parts.forEach((part) => { part.dispose(); }); });
    }

    dispose(): void {
        this.run();
    }
}

export class EventEmitter {
    private readonly listeners = new Set<Listener>();

    readonly event = (listener: Listener): Disposable => {
        this.listeners.add(listener);
        return new Disposable(() => this.listeners.delete(listener));
    };

    fire(event?: unknown): void {
        this.listeners.forEach((listener) => listener(event));
    }

    dispose(): void {
        this.listeners.clear();
    }
}

export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 };
export const StatusBarAlignment = { Left: 1, Right: 2 };

export class ThemeColor {
    constructor(readonly id: string) {}
}

type Values = Record<string, unknown>;

function newState() {
    return {
        defaults: {} as Values,
        user: {} as Values,
        workspace: {} as Values,
        documents: [] as unknown[],
        folders: undefined as unknown[] | undefined,
        editor: undefined as unknown,
        diagnostics: [] as unknown[],
        messages: [] as string[],
        answer: undefined as string | undefined,
        commands: new Map<string, (...args: unknown[]) => unknown>(),
        executed: [] as unknown[][],
        item: { text: "", tooltip: "", backgroundColor: undefined as unknown, visible: false },
        configured: new EventEmitter(),
        opened: new EventEmitter(),
        diagnosed: new EventEmitter(),
        activated: new EventEmitter(),
    };
}

/** What the tests see and steer. */
export let fake = newState();

export function reset(): void {
    fake = newState();
}

export const l10n = {
    t: (text: string, ...args: unknown[]): string =>
        text.replace(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)])),
};

export const workspace = {
    get textDocuments(): unknown[] { return fake.documents; },
    get workspaceFolders(): unknown[] | undefined { return fake.folders; },
    onDidChangeConfiguration: (listener: Listener) => fake.configured.event(listener),
    onDidOpenTextDocument: (listener: Listener) => fake.opened.event(listener),
    getConfiguration: () => ({
        get: (name: string, otherwise: unknown) =>
            fake.workspace[name] ?? fake.user[name] ?? fake.defaults[name] ?? otherwise,
        inspect: (name: string) => ({ defaultValue: fake.defaults[name], globalValue: fake.user[name],
            workspaceValue: fake.workspace[name] }),
        update: (name: string, value: unknown, target: number) => {
            (target === ConfigurationTarget.Workspace ? fake.workspace : fake.user)[name] = value;
            fake.configured.fire({ affectsConfiguration: (whole: string) => whole === `proofd.${name}` });
            return Promise.resolve();
        },
    }),
};

function say(text: string): Promise<string | undefined> {
    fake.messages.push(text);
    return Promise.resolve(fake.answer);
}

export const window = {
    get activeTextEditor(): unknown { return fake.editor; },
    onDidChangeActiveTextEditor: (listener: Listener) => fake.activated.event(listener),
    showInformationMessage: say,
    showErrorMessage: say,
    createStatusBarItem: () => Object.assign(fake.item, {
        show(): void { fake.item.visible = true; },
        hide(): void { fake.item.visible = false; },
        dispose(): void { fake.item.visible = false; },
    }),
    showQuickPick: (items: { label: string }[]) =>
        Promise.resolve(items.find(({ label }) => label === fake.answer)),
};

export const languages = {
    getDiagnostics: () => fake.diagnostics,
    onDidChangeDiagnostics: (listener: Listener) => fake.diagnosed.event(listener),
};

export const commands = {
    registerCommand(name: string, run: (...args: unknown[]) => unknown): Disposable {
        fake.commands.set(name, run);
        return new Disposable(() => fake.commands.delete(name));
    },
    executeCommand(...call: unknown[]): Promise<unknown> {
        fake.executed.push(call);
        return Promise.resolve(fake.commands.get(String(call[0]))?.(...call.slice(1)));
    },
};
