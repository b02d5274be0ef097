// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Session } from "../src/session";
import { describe, Status } from "../src/status";
import { fake, reset } from "./vscode";

beforeEach(() => {
    reset();
    fake.defaults = { enabledLanguages: ["markdown"] };
});

const newStatus = (): Status =>
    new Status(new Session(() => { throw new Error("not asked for"); }, () => undefined));

test("each state has its text", () => {
    assert.deepEqual(describe("running", 0),
        { text: "$(check) proofd", tooltip: "No findings in this file." });
    assert.deepEqual(describe("running", 1),
        { text: "$(pencil) proofd: 1", tooltip: "1 finding in this file." });
    assert.deepEqual(describe("running", 12),
        { text: "$(pencil) proofd: 12", tooltip: "12 findings in this file." });
    assert.match(describe("off", 0).tooltip, /turned off/);
    assert.ok(describe("missing", 0).trouble);
    assert.ok(describe("failed", 0).trouble);
});

test("it is shown beside files that are checked", () => {
    const status = newStatus();

    assert.ok(!fake.item.visible);
    fake.editor = { document: { languageId: "markdown", uri: { scheme: "file" } } };
    fake.activated.fire(fake.editor);
    assert.ok(fake.item.visible);
    fake.editor = { document: { languageId: "json", uri: { scheme: "file" } } };
    fake.activated.fire(fake.editor);
    assert.ok(!fake.item.visible);
    status.dispose();
});
