// SPDX-License-Identifier: LGPL-2.1-or-later
/** package.json, its translations, and the source say the same. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import ts from "typescript";
import type * as vscode from "vscode";
import { registerCommands } from "../src/commands";
import { Session } from "../src/session";
import { fake } from "./vscode";

interface Manifest {
    version: string;
    contributes: {
        commands: { command: string }[];
        configuration: { properties: Record<string, { default?: unknown; scope?: string }> };
    };
}

const text = readFileSync("package.json", "utf8");
const manifest = JSON.parse(text) as Manifest;
const strings = (path: string): Record<string, string> =>
    JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;

/** The string literals, joined by + or not, that the calls of t() in the sources begin with. */
function messages(): string[] {
    const found: string[] = [];
    const literal = (node: ts.Node | undefined): string =>
        node !== undefined && ts.isBinaryExpression(node) ? literal(node.left) + literal(node.right)
            : node !== undefined && ts.isStringLiteralLike(node) ? node.text : assert.fail("no literal");
    const visit = (node: ts.Node): void => {
        if (ts.isCallExpression(node) && /^(t|vscode\.l10n\.t)$/.test(node.expression.getText()))
            found.push(literal(node.arguments[0]));
        ts.forEachChild(node, visit);
    };
    for (const name of readdirSync("src"))
        visit(ts.createSourceFile(name, readFileSync(`src/${name}`, "utf8"), ts.ScriptTarget.ES2022, true));
    return [...new Set(found)].sort();
}

test("the manifest's strings exist in English and German, and all are used", () => {
    const used = [...new Set([...text.matchAll(/"%([^%"]+)%"/g)].map((match) => String(match[1])))].sort();

    assert.ok(used.length > 40);
    assert.deepEqual(Object.keys(strings("package.nls.json")).sort(), used);
    assert.deepEqual(Object.keys(strings("package.nls.de.json")).sort(), used);
});

test("the sources' messages exist in German, with the same places, and all are used", () => {
    const german = strings("l10n/bundle.l10n.de.json");

    assert.ok(messages().length > 15);
    assert.deepEqual(Object.keys(german).sort(), messages());
    for (const [english, translated] of Object.entries(german))
        assert.deepEqual(translated.match(/\{\d\}/g), english.match(/\{\d\}/g), english);
});

test("each command of the manifest is there", () => {
    const session = new Session(() => { throw new Error("not asked for"); }, () => undefined);

    registerCommands(session, {} as vscode.OutputChannel);
    for (const { command } of manifest.contributes.commands)
        assert.ok(fake.commands.has(command), command);
});

test("a workspace cannot choose the program that is run", () => {
    assert.equal(manifest.contributes.configuration.properties["proofd.path"]?.scope, "machine");
});
