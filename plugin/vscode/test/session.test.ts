// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Session, type Client, type ClientFactory, type State } from "../src/session";
import { fake, reset } from "./vscode";

const markdown = { languageId: "markdown", uri: { scheme: "file" } };

let log: string[];
let states: State[];
let fails: boolean;
let tell: (state: State) => void;

const factory: ClientFactory = (_program, _settings, changed): Client => {
    tell = changed;
    return {
        async start(): Promise<void> {
            await Promise.resolve();
            log.push("start");
            if (fails)
                throw new Error("no server");
        },
        async end(): Promise<void> {
            await Promise.resolve();
            log.push("end");
        },
        execute(command, args): Promise<unknown> {
            log.push(`${command} ${args.join(" ")}`);
            return Promise.resolve(null);
        },
    };
};

function newSession(): Session {
    const session = new Session(factory, (path) => { log.push(`no ${path}`); });

    session.onDidChangeState((state) => states.push(state));
    return session;
}

beforeEach(() => {
    reset();
    log = [];
    states = [];
    fails = false;
    fake.defaults = { enable: true, path: process.execPath, enabledLanguages: ["markdown"] };
});

test("the server starts with the first document that it can check, once", async () => {
    const session = newSession();

    await session.update();
    fake.documents = [{ ...markdown, languageId: "json" }];
    await session.update();
    assert.deepEqual(log, []);
    assert.equal(session.state, "idle");
    fake.documents.push(markdown);
    await Promise.all([session.update(), session.update()]);
    assert.deepEqual(log, ["start"]);
    assert.deepEqual(states, ["starting", "running"]);
});

test("turned off it ends, turned on it starts again", async () => {
    const session = newSession();

    fake.documents = [markdown];
    await session.update();
    fake.user["enable"] = false;
    await session.restart();
    assert.equal(session.state, "off");
    await session.update();
    fake.user["enable"] = true;
    await session.restart();
    assert.deepEqual(log, ["start", "end", "start"]);
    assert.equal(session.state, "running");
});

test("a missing program is told once, until a restart", async () => {
    const session = newSession();

    fake.documents = [markdown];
    fake.user["path"] = "/nonexistent/proofd-lsp";
    await session.update();
    await session.update();
    assert.deepEqual(log, ["no /nonexistent/proofd-lsp"]);
    assert.equal(session.state, "missing");
    delete fake.user["path"];
    await session.restart();
    assert.equal(session.state, "running");
});

test("a server that does not start is not tried again by the next document", async () => {
    const session = newSession();

    fails = true;
    fake.documents = [markdown];
    await session.update();
    await session.update();
    assert.deepEqual(log, ["start", "end"]);
    assert.equal(session.state, "failed");
    fails = false;
    await session.restart();
    assert.equal(session.state, "running");
});

test("a restart waits for the start before it", async () => {
    const session = newSession();

    fake.documents = [markdown];
    await Promise.all([session.update(), session.restart()]);
    assert.deepEqual(log, ["start", "end", "start"]);
});

test("commands reach a running server only", async () => {
    const session = newSession();

    await assert.rejects(session.execute("proofd.addWord", "teh"), /not running/);
    fake.documents = [markdown];
    await session.update();
    await session.execute("proofd.addWord", "teh");
    tell("failed"); // it ended by itself
    assert.equal(session.state, "failed");
    await assert.rejects(session.execute("proofd.addWord", "teh"), /not running/);
    tell("running"); // the client has started another one
    await session.stop();
    assert.deepEqual(log, ["start", "proofd.addWord teh", "end"]);
});
